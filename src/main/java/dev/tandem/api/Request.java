package dev.tandem.api;

import dev.tandem.request.SamplingChoice;
import java.util.Arrays;
import java.util.List;

/**
 * Which pictures to draw, and how; what is not said is the model's own choice. Immutable: every method gives a new
 * request. Settings take one value for all scales or one per scale.
 */
public final class Request {
    private final List<String> classes;
    private final int count;
    private final Long seed;
    private final SamplingChoice sampling;

    private Request(List<String> classes, int count, Long seed, SamplingChoice sampling) {
        this.classes = classes;
        this.count = count;
        this.seed = seed;
        this.sampling = sampling;
    }

    /**
     * Pictures of classes, one after another.
     *
     * @param classes names, numbers, ranges such as {@code 3..7}; {@code none} for no class
     */
    public static Request of(String... classes) {
        return new Request(List.copyOf(Arrays.asList(classes)), 1, null, SamplingChoice.NONE);
    }

    /** Pictures of classes by their numbers. */
    public static Request of(int... classes) {
        return of(Arrays.stream(classes).mapToObj(String::valueOf).toArray(String[]::new));
    }

    /** So many pictures of each class. */
    public Request count(int pictures) {
        return new Request(classes, pictures, seed, sampling);
    }

    /** The seed of each class's first picture, one more for each further; a random one where none is said. */
    public Request seed(long first) {
        return new Request(classes, count, first, sampling);
    }

    /** How strongly the class guides, at the last scale. */
    public Request cfg(double... perScale) {
        return with(new SamplingChoice(
                list(perScale), sampling.topK(), sampling.topP(), sampling.temperature(), sampling.smooth()));
    }

    /** Codes kept per position; 0: all, 1: always the likeliest. */
    public Request topK(int... perScale) {
        return with(new SamplingChoice(
                sampling.cfg(),
                list(Arrays.stream(perScale).asDoubleStream().toArray()),
                sampling.topP(),
                sampling.temperature(),
                sampling.smooth()));
    }

    /** Probability kept per position; 0: all. */
    public Request topP(double... perScale) {
        return with(new SamplingChoice(
                sampling.cfg(), sampling.topK(), list(perScale), sampling.temperature(), sampling.smooth()));
    }

    /** Higher is more varied. */
    public Request temperature(double... perScale) {
        return with(new SamplingChoice(
                sampling.cfg(), sampling.topK(), sampling.topP(), list(perScale), sampling.smooth()));
    }

    /** Whether code vectors are mixed instead of one chosen: softer pictures. */
    public Request smooth(boolean mixed) {
        return with(
                new SamplingChoice(sampling.cfg(), sampling.topK(), sampling.topP(), sampling.temperature(), mixed));
    }

    private Request with(SamplingChoice changed) {
        return new Request(classes, count, seed, changed);
    }

    private static List<Double> list(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    List<String> classes() {
        return classes;
    }

    int count() {
        return count;
    }

    /** Null for a random one. */
    Long seed() {
        return seed;
    }

    SamplingChoice sampling() {
        return sampling;
    }
}
