package dev.tandem.decode;

/**
 * What a picture is to be of: with model and settings, its label and seed determine every pixel.
 *
 * @param label class index; the number of classes means "none"
 */
public record Prompt(int label, long seed) {}
