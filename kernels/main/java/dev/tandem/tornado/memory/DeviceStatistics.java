package dev.tandem.tornado.memory;

/** Counts of a session. */
public final class DeviceStatistics {
    long uploaded;
    long convertNanos;
    long uploadNanos;
    int kernels;
    int storedKernels;
    long compileNanos;
    int programs;
    long firstNanos;
}
