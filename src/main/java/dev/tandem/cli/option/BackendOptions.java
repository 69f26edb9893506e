package dev.tandem.cli.option;

import dev.tandem.cli.terminal.Terminal;
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
import picocli.CommandLine.Option;

/** What to compute on. */
public final class BackendOptions {
    @Option(
            names = {"-b", "--backend"},
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "What computes: auto, or a name that `tandem devices` lists. Default: ${DEFAULT-VALUE}.")
    String backend;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description = "Device of the back-end, where it has several; `tandem devices` lists them.")
    String device;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            description = "How a device stores weights and activations: fp32 or fp16. Default: its best. The CPU stores"
                    + " fp32.")
    Precision precision;

    @Option(
            names = "--gemm",
            paramLabel = "KERNELS",
            defaultValue = "auto",
            description = "Who multiplies matrices and convolves on an NVIDIA GPU: library (cuBLASLt, cuDNN), java, or"
                    + " auto for the library where it is installed. Default: ${DEFAULT-VALUE}.")
    Kernels gemm;

    @Option(
            names = "--attention",
            paramLabel = "KERNELS",
            defaultValue = "auto",
            description = "Who computes attention there: library (cuDNN), java or auto. Default: ${DEFAULT-VALUE}.")
    Kernels attention;

    @Option(
            names = "--kernel-cache",
            paramLabel = "DIR",
            description = "Where kernels compiled for a GPU are kept for the next start; none for nowhere. Default:"
                    + " tandem/kernels in $XDG_CACHE_HOME or ~/.cache.")
    String kernelCache;

    @Option(names = "--threads", paramLabel = "N", description = "Worker threads on the CPU. Default: all processors.")
    public Integer threads;

    /** A back-end and how it is to run. */
    public record Chosen(BackendProvider provider, SessionOptions options) {
        /** @throws InvalidRequestException where it has no such device or precision */
        public Session open() {
            try {
                return provider.open(options);
            } catch (IllegalArgumentException e) {
                throw new InvalidRequestException(e.getMessage(), e);
            }
        }
    }

    /** Null for none. */
    private Path kernelFolder(Map<String, String> env) {
        if (kernelCache != null) {
            return kernelCache.equals("none") ? null : folder(kernelCache);
        }
        String caches = env.getOrDefault("XDG_CACHE_HOME", "");
        Path folder = caches.startsWith("/") ? Path.of(caches) : Path.of(System.getProperty("user.home"), ".cache");
        return folder.resolve("tandem").resolve("kernels");
    }

    private static Path folder(String name) {
        Path folder = Path.of(name);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new InvalidRequestException("--kernel-cache " + name + " is a file; name a folder, or none");
        }
        return folder;
    }

    /** Chooses, and says on request why others were passed over. */
    public Chosen choose(Terminal terminal, VerbosityOptions verbosity) {
        List<String> names =
                Backends.all().stream().map(BackendProvider::name).toList();
        if (!backend.equals("auto") && !names.contains(backend)) {
            throw new InvalidRequestException("no back-end is called '" + backend + "'; there are auto, "
                    + String.join(", ", names) + Suggestions.didYouMean(backend, names));
        }
        int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        if (workers < 1) {
            throw new InvalidRequestException("--threads must be at least 1, not " + workers);
        }
        Backends.Choice choice = Backends.choose(backend);
        if (!(choice.provider() instanceof DeviceProvider) && (device != null || precision == Precision.FP16)) {
            throw new InvalidRequestException((device != null ? "--device" : "--precision fp16") + " is for back-ends with devices of"
                    + " their own; here " + choice.provider().name() + " computes on the CPU");
        }
        if (!(choice.provider() instanceof DeviceProvider)
                && (gemm == Kernels.LIBRARY || attention == Kernels.LIBRARY)) {
            throw new InvalidRequestException((gemm == Kernels.LIBRARY ? "--gemm" : "--attention") + " library is for NVIDIA GPUs; here "
                    + choice.provider().name() + " computes on the CPU");
        }
        if (verbosity.verbose) {
            choice.passedOver().forEach(reason -> terminal.err().println("passed over " + reason));
            terminal.err().println("back-end " + choice.provider().name() + ": " + choice.provider().description());
        }
        Path kernels = kernelFolder(terminal.env());
        return new Chosen(
                choice.provider(), new SessionOptions(workers, device, precision, gemm, attention, kernels));
    }
}
