package dev.tandem.pipeline;

import dev.tandem.engine.BackendProvider;
import dev.tandem.engine.Backends;
import dev.tandem.engine.DeviceProvider;
import dev.tandem.engine.Kernels;
import dev.tandem.engine.Precision;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.text.Suggestions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What computes: a back-end and how it is to run.
 *
 * @param passedOver back-ends that would have come first, and why each does not
 */
public record Compute(BackendProvider provider, SessionOptions options, List<String> passedOver) {
    /** The back-end that is chosen by what can run here. */
    public static final String AUTO = "auto";
    /** A folder of kernels that is none. */
    private static final String NOWHERE = "none";

    /**
     * What is asked for.
     *
     * @param backend its name, or {@link #AUTO}
     * @param device of the back-end, null for its default
     * @param precision null for the device's best
     * @param gemm by whom matrices are multiplied
     * @param attention by whom attention is computed
     * @param kernelCache where compiled kernels are kept, "none" for nowhere, null for the usual place
     * @param threads on the CPU, null for all processors
     */
    public record Choice(
            String backend,
            String device,
            Precision precision,
            Kernels gemm,
            Kernels attention,
            String kernelCache,
            Integer threads) {

        /** Whatever is best here. */
        public static Choice usual() {
            return new Choice(AUTO, null, null, Kernels.AUTO, Kernels.AUTO, null, null);
        }

        /**
         * Finds the back-end and checks that it can do what is asked for.
         *
         * @param env environment variables
         */
        public Compute choose(Map<String, String> env) {
            List<String> names =
                    Backends.all().stream().map(BackendProvider::name).toList();
            if (!backend.equals(AUTO) && !names.contains(backend)) {
                throw new InvalidRequestException(
                        "backend",
                        "no back-end is called '" + backend + "'; there are auto, " + String.join(", ", names)
                                + Suggestions.didYouMean(backend, names));
            }
            int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
            if (workers < 1) {
                throw new InvalidRequestException("threads", "‹threads› must be at least 1, not " + workers);
            }
            Backends.Choice choice = Backends.choose(backend);
            if (!(choice.provider() instanceof DeviceProvider)) {
                checkForCpu(choice.provider());
            }
            SessionOptions options = new SessionOptions(workers, device, precision, gemm, attention, kernelFolder(env));
            return new Compute(choice.provider(), options, choice.passedOver());
        }

        private void checkForCpu(BackendProvider provider) {
            if (device != null || precision == Precision.FP16) {
                throw new InvalidRequestException(
                        device != null ? "device" : "precision",
                        (device != null ? "‹device›" : "‹precision› fp16") + " is for back-ends with devices of their"
                                + " own; here " + provider.name() + " computes on the CPU");
            }
            if (gemm == Kernels.LIBRARY || attention == Kernels.LIBRARY) {
                String which = gemm == Kernels.LIBRARY ? "gemm" : "attention";
                throw new InvalidRequestException(
                        which,
                        "‹" + which + "› library is for NVIDIA GPUs; here " + provider.name() + " computes on the CPU");
            }
        }

        /** Null for none. */
        private Path kernelFolder(Map<String, String> env) {
            if (kernelCache != null) {
                return kernelCache.equals(NOWHERE) ? null : folder(kernelCache);
            }
            String caches = env.getOrDefault("XDG_CACHE_HOME", "");
            Path folder = caches.startsWith("/") ? Path.of(caches) : Path.of(System.getProperty("user.home"), ".cache");
            return folder.resolve("tandem").resolve("kernels");
        }

        private static Path folder(String name) {
            Path folder = Path.of(name);
            if (Files.exists(folder) && !Files.isDirectory(folder)) {
                throw new InvalidRequestException(
                        "kernel-cache", "‹kernel-cache› " + name + " is a file; name a folder, or none");
            }
            return folder;
        }
    }

    /** @throws InvalidRequestException where it has no such device or precision */
    public Session open() {
        try {
            return provider.open(options);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("device", e.getMessage(), e);
        }
    }
}
