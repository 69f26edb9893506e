/** The mathematics of quality and of spectra, in double. Knows nothing of models, files and pictures' formats. */
package dev.tandem.analysis;
