package dev.tandem.cli;

import dev.tandem.cli.option.BackendOptions;
import dev.tandem.cli.option.ModelOptions;
import dev.tandem.cli.option.SamplingOptions;
import dev.tandem.cli.option.ScheduleOptions;
import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.report.BenchReport;
import dev.tandem.cli.terminal.StatusLine;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.folder.Model;
import dev.tandem.pipeline.Compute;
import dev.tandem.request.Drawing;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.study.BenchJob;
import dev.tandem.study.BenchResult;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times generation. */
@Command(
        name = "bench",
        description = "Times generation, per scale and per part: medians of several runs.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem bench",
            "  tandem bench --shape d16 --runs 5",
            "  tandem bench --shape d16 --breakdown",
            "  tandem bench --shape d30+d16 --draft-steps 8 --dtype bf16 --json",
            "  tandem bench --model models/var --drafter var_d20 --refiner var_d16 --batch 4",
            "",
            "Shapes are those of the public models with the tokenizer of 160 channels; their weights are random numbers",
            "made in memory, so that no file is needed. How long a run takes does not depend on the weights' values."
        })
final class BenchCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ModelOptions modelOption;

    @Option(
            names = "--shape",
            paramLabel = "SHAPE",
            description = "d16, d20, d24, d30, d36 or a pair such as d30+d16, in place of a model folder.")
    private String shape;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "fp32",
            description = "How the weights of a --shape are stored: fp32, fp16, bf16, int8. Default: ${DEFAULT-VALUE}.")
    private String dtype;

    @Mixin
    private ScheduleOptions scheduleOptions;

    @Mixin
    private SamplingOptions samplingOptions;

    @Option(names = "--batch", paramLabel = "N", description = "Pictures at a time. Default: 1.")
    private int batch = 1;

    @Option(names = "--runs", paramLabel = "N", description = "Runs that count. Default: ${DEFAULT-VALUE}.")
    private int runs = 5;

    @Option(names = "--warmup", paramLabel = "N", description = "Runs before them. Default: ${DEFAULT-VALUE}.")
    private int warmup = 2;

    @Option(
            names = "--breakdown",
            description = "After the runs, as many again with every operation timed by itself: a table of times, rates,"
                    + " and how near they come to what this machine does at most, which is measured as well.")
    private boolean breakdown;

    @Mixin
    private BackendOptions backendOptions;

    @Mixin
    private VerbosityOptions verbosity;

    BenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (runs < 1 || warmup < 0) {
            throw new InvalidRequestException("runs", "--runs must be at least 1 and --warmup at least 0");
        }
        if (shape != null && modelOption.given()) {
            throw new InvalidRequestException("shape", "--shape and --model exclude each other");
        }
        try (Model model = shape == null ? modelOption.open(terminal) : BenchJob.random(shape, dtype)) {
            Drawing drawing = Drawing.of(model, scheduleOptions.choice(), samplingOptions.choice());
            Compute compute = backendOptions.choose(terminal, verbosity);
            BenchResult result;
            try (StatusLine line = new StatusLine(terminal, verbosity.quiet)) {
                result = new BenchJob(drawing, compute, batch, runs, warmup, breakdown).run(line::show);
            }
            terminal.print(new BenchReport(result), verbosity.json);
            return ExitCode.OK;
        }
    }
}
