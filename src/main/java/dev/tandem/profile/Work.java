package dev.tandem.profile;

/**
 * What one operation has to do at least, by the shapes that it was called with.
 *
 * @param operation its name: the checkpoint's for a projection ({@code fc1}), else what it does
 * @param flops of its products and convolutions, a multiplication and its addition being two; 0 where there are none
 * @param bytes inputs, weights and outputs, each counted once
 * @param crosses whether the bytes go between host and device, instead of between the device and its memory
 */
public record Work(String operation, double flops, long bytes, boolean crosses) {
    Work(String operation, double flops, long bytes) {
        this(operation, flops, bytes, false);
    }

    /** Both, under this one's name. */
    Work plus(Work other) {
        return new Work(operation, flops + other.flops, bytes + other.bytes, crosses);
    }

    static Work crossing(String operation, long bytes) {
        return new Work(operation, 0, bytes, true);
    }
}
