package dev.tandem.cli.option;

import dev.tandem.cli.terminal.Terminal;
import dev.tandem.engine.Kernels;
import dev.tandem.engine.Precision;
import dev.tandem.pipeline.Compute;
import picocli.CommandLine.Option;

/** What to compute on. */
public final class BackendOptions {
    @Option(
            names = {"-b", "--backend"},
            paramLabel = "NAME",
            defaultValue = Compute.AUTO,
            description = "What computes: auto, or a name that `tandem devices` lists. Default: ${DEFAULT-VALUE}.")
    private String backend;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description = "Device of the back-end, where it has several; `tandem devices` lists them.")
    private String device;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            description = "How a device stores weights and activations: fp32 or fp16. Default: its best. The CPU stores"
                    + " fp32.")
    private Precision precision;

    @Option(
            names = "--gemm",
            paramLabel = "KERNELS",
            defaultValue = "auto",
            description = "Who multiplies matrices and convolves on an NVIDIA GPU: library (cuBLASLt, cuDNN), java, or"
                    + " auto for the library where it is installed. Default: ${DEFAULT-VALUE}.")
    private Kernels gemm;

    @Option(
            names = "--attention",
            paramLabel = "KERNELS",
            defaultValue = "auto",
            description = "Who computes attention there: library (cuDNN), java or auto. Default: ${DEFAULT-VALUE}.")
    private Kernels attention;

    @Option(
            names = "--kernel-cache",
            paramLabel = "DIR",
            description = "Where kernels compiled for a GPU are kept for the next start; none for nowhere. Default:"
                    + " tandem/kernels in $XDG_CACHE_HOME or ~/.cache.")
    private String kernelCache;

    @Option(names = "--threads", paramLabel = "N", description = "Worker threads on the CPU. Default: all processors.")
    private Integer threads;

    /** Worker threads that a person asked for; null where nobody did. */
    public Integer threads() {
        return threads;
    }

    /** Chooses, and says on request why others were passed over. */
    public Compute choose(Terminal terminal, VerbosityOptions verbosity) {
        Compute compute = new Compute.Choice(backend, device, precision, gemm, attention, kernelCache, threads)
                .choose(terminal.env());
        if (verbosity.verbose) {
            compute.passedOver().forEach(reason -> terminal.err().println(OptionNames.in("passed over " + reason)));
            terminal.err()
                    .println("back-end " + compute.provider().name() + ": "
                            + compute.provider().description());
        }
        return compute;
    }
}
