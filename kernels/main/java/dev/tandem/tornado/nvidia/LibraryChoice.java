package dev.tandem.tornado.nvidia;

import dev.tandem.engine.DeviceProvider.Device;
import dev.tandem.engine.Kernels;
import dev.tandem.engine.SessionOptions;
import java.util.Optional;

/**
 * Which operations NVIDIA's libraries compute in place of our own kernels.
 *
 * @param gemm products and convolutions
 * @param attention attention
 */
public record LibraryChoice(boolean gemm, boolean attention) {
    /**
     * What was asked for, or what is there.
     *
     * @throws IllegalArgumentException where a library was asked for that can't be had, with the reason
     */
    public static LibraryChoice choose(SessionOptions options, Device device, boolean halves) {
        Optional<String> noGemm =
                missing(device, halves).or(NvidiaLibraries::withoutGemm).or(NvidiaLibraries::withoutCudnn);
        Optional<String> noAttention = missing(device, halves).or(NvidiaLibraries::withoutAttention);
        return new LibraryChoice(
                choose("gemm", options.gemm(), noGemm), choose("attention", options.attention(), noAttention));
    }

    private static boolean choose(String parameter, Kernels asked, Optional<String> missing) {
        if (asked == Kernels.LIBRARY && missing.isPresent()) {
            throw new IllegalArgumentException("‹" + parameter + "› library: " + missing.get());
        }
        return asked != Kernels.JAVA && missing.isEmpty();
    }

    private static Optional<String> missing(Device device, boolean halves) {
        if (!device.backend().equals("cuda")) {
            return Optional.of(
                    "libraries are for TornadoVM's CUDA back-end (‹device› cuda), not for " + device.backend());
        }
        return halves ? Optional.empty() : Optional.of("libraries compute in fp16, not in ‹precision› fp32");
    }

    public String describe() {
        return gemm && attention
                ? ", cuBLASLt and cuDNN"
                : gemm ? ", cuBLASLt and cuDNN without attention" : attention ? ", attention by cuDNN" : "";
    }
}
