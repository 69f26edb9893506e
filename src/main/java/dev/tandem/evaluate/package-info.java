/** Compares sets of pictures: reads them, computes their features, and applies {@code analysis} to these. */
package dev.tandem.evaluate;
