package dev.tandem.tornado.memory;

/** Counts of a session. */
public final class DeviceStatistics {
    public long uploaded;
    public long convertNanos;
    public long uploadNanos;
    public int kernels;
    public int storedKernels;
    public long compileNanos;
    public int programs;
    public long firstNanos;
}
