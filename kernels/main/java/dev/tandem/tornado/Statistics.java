package dev.tandem.tornado;

/** Counts of a session. */
final class Statistics {
    long uploaded;
    long convertNanos;
    long uploadNanos;
    int kernels;
    int storedKernels;
    long compileNanos;
    int programs;
    long firstNanos;
}
