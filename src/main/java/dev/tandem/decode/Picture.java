package dev.tandem.decode;

/**
 * A picture to be made: with model and settings, its label and seed determine every pixel.
 *
 * @param label class index; the number of classes means "none"
 */
public record Picture(int label, long seed) {}
