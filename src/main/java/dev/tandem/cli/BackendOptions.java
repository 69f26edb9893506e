package dev.tandem.cli;

import dev.tandem.engine.BackendProvider;
import dev.tandem.engine.Backends;
import dev.tandem.engine.Precision;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import java.util.List;
import picocli.CommandLine.Option;

/** What to compute on. */
final class BackendOptions {
    @Option(
            names = {"-b", "--backend"},
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "What computes: auto, or a name that `tandem devices` lists. Default: ${DEFAULT-VALUE}.")
    String backend;

    @Option(names = "--device", paramLabel = "DEVICE", description = "Device of the back-end, where it has several.")
    String device;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            description = "What a device stores: fp16 or fp32. Default: fp16 where it can; the CPU stores fp32.")
    String precision;

    @Option(names = "--threads", paramLabel = "N", description = "Worker threads on the CPU. Default: all processors.")
    Integer threads;

    /** A back-end and how it is to run. */
    record Chosen(BackendProvider provider, SessionOptions options) {
        Session open() {
            return provider.open(options);
        }
    }

    /** Chooses, and says on request why others were passed over. */
    Chosen choose(Terminal terminal, VerbosityOptions verbosity) {
        List<String> names =
                Backends.all().stream().map(BackendProvider::name).toList();
        if (!backend.equals("auto") && !names.contains(backend)) {
            throw new UsageException("no back-end is called '" + backend + "'; there are auto, "
                    + String.join(", ", names) + Suggestions.didYouMean(backend, names));
        }
        int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        if (workers < 1) {
            throw new UsageException("--threads must be at least 1, not " + workers);
        }
        Backends.Choice choice = Backends.choose(backend);
        if (verbosity.verbose) {
            choice.passedOver().forEach(reason -> terminal.err().println("passed over " + reason));
            terminal.err().println("back-end " + choice.provider().name() + ": " + choice.provider().description());
        }
        return new Chosen(choice.provider(), new SessionOptions(workers, device, precision()));
    }

    private Precision precision() {
        return switch (precision) {
            case null -> null;
            case "fp16" -> Precision.FP16;
            case "fp32" -> Precision.FP32;
            default -> throw new UsageException("--precision must be fp16 or fp32, not " + precision);
        };
    }
}
