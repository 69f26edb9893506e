package dev.tandem.engine;

import java.nio.file.Path;

/**
 * How a session is to run.
 *
 * @param threads worker threads of a CPU back-end; at least 1
 * @param device which device of the back-end, as {@code --device} names it; null for its default
 * @param precision what a device stores; null for the device's best. CPU back-ends store fp32
 * @param gemm by whom products of matrices and convolutions are computed on a device
 * @param attention by whom attention is
 * @param kernelCache where compiled kernels are kept for the next process; null for nowhere
 */
public record SessionOptions(
        int threads, String device, Precision precision, Kernels gemm, Kernels attention, Path kernelCache) {
    public SessionOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
    }

    public SessionOptions(int threads, String device, Precision precision) {
        this(threads, device, precision, Kernels.AUTO, Kernels.AUTO, null);
    }

    public SessionOptions(int threads, String device) {
        this(threads, device, null);
    }

    /** All processors, the default device. */
    public static SessionOptions defaults() {
        return new SessionOptions(Runtime.getRuntime().availableProcessors(), null);
    }
}
