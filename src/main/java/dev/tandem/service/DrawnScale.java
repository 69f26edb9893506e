package dev.tandem.service;

import dev.tandem.decode.Schedule;
import dev.tandem.image.RgbImage;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A scale of some of a request's pictures is drawn.
 *
 * @param pictures which of the request's
 * @param preview decodes one of them as it stands, by its number in the request; while the listener is called
 */
public record DrawnScale(Schedule.Step step, List<Integer> pictures, IntFunction<RgbImage> preview) {}
