package dev.tandem.service;

import dev.tandem.decode.Prompt;
import dev.tandem.image.RgbImage;
import dev.tandem.pipeline.Timings;

/**
 * A finished picture.
 *
 * @param tokens its codes, all scales
 * @param timings of the batch it was made in
 * @param batch how many pictures that had
 */
public record Drawn(Prompt prompt, RgbImage image, int[] tokens, Timings timings, int batch) {}
