/** Studies of models: timings, spectra, plans compared, scores. */
package dev.tandem.study;
