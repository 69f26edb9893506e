package dev.tandem.engine;

/**
 * What a session did with its device so far. Times in nanoseconds.
 *
 * @param bytes allocated, the most at a time
 * @param uploaded bytes of parameters and inputs copied to the device
 * @param convertNanos making parameters of what the files hold
 * @param uploadNanos copying
 * @param kernels compiled, or taken from where earlier processes left them
 * @param storedKernels how many of them were taken
 * @param compileNanos compiling and taking them
 * @param programs how many ran for the first time
 * @param firstNanos their first runs: compiling, building, running
 */
public record DeviceUse(
        long bytes,
        long uploaded,
        long convertNanos,
        long uploadNanos,
        int kernels,
        int storedKernels,
        long compileNanos,
        int programs,
        long firstNanos) {}
