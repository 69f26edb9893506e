/** Plots as PNG and SVG files. Knows nothing of models. */
package dev.tandem.plot;
