package dev.tandem.decode;

/** Hears how a generation goes on. Durations are wall time in nanoseconds, work on the device included. */
public interface GenerationListener {
    /** Hears nothing. */
    GenerationListener NONE = new GenerationListener() {};

    /** A model's conditioning on the labels is done. */
    default void conditioned(String model, long nanos) {}

    /** A scale is decoded; the generator's buffers hold what it gave. */
    default void decodedScale(Schedule.Step step, Generator generator, long nanos) {}

    /** Some of the batch's pictures have become pixels. */
    default void madePixels(int pictures, long nanos) {}
}
