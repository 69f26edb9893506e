package dev.tandem.tornado.memory;

import dev.tandem.engine.DeviceUse;

/** Counts of a session: what went to the device, what was compiled, and how long programs took when they first ran. */
public final class DeviceStatistics {
    private long uploaded;
    private long uploadNanos;
    private long convertNanos;
    private int kernels;
    private int storedKernels;
    private long compileNanos;
    private int programs;
    private long firstNanos;

    void uploaded(long bytes, long nanos) {
        uploaded += bytes;
        uploadNanos += nanos;
    }

    void converted(long nanos) {
        convertNanos += nanos;
    }

    /** Kernels that became ready, and how many of these an earlier process had compiled. */
    public void compiled(int ready, int stored, long nanos) {
        kernels += ready;
        storedKernels += stored;
        compileNanos += nanos;
    }

    /** A program ran for the first time. */
    public void ran(long nanos) {
        programs++;
        firstNanos += nanos;
    }

    /** All so far, beside the bytes that are allocated. */
    public DeviceUse use(long bytes) {
        return new DeviceUse(
                bytes, uploaded, convertNanos, uploadNanos, kernels, storedKernels, compileNanos, programs, firstNanos);
    }
}
