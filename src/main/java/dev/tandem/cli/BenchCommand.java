package dev.tandem.cli;

import dev.tandem.cli.option.BackendOptions;
import dev.tandem.cli.option.ModelOptions;
import dev.tandem.cli.option.SamplingOptions;
import dev.tandem.cli.option.ScheduleOptions;
import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.report.BenchReport;
import dev.tandem.cli.terminal.StatusLine;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.decode.Ensemble;
import dev.tandem.decode.GenerationListener;
import dev.tandem.decode.Generator;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.engine.Session;
import dev.tandem.folder.Model;
import dev.tandem.folder.ModelConfig;
import dev.tandem.host.ProcessMemory;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.pipeline.BatchSize;
import dev.tandem.pipeline.NotEnoughMemoryException;
import dev.tandem.pipeline.Timings;
import dev.tandem.profile.ProfilingSession;
import dev.tandem.random.RandomModel;
import dev.tandem.random.Shapes;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.request.ModelParts;
import dev.tandem.study.BreakdownJob;
import dev.tandem.text.Numbers;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
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
    private static final long WEIGHT_SEED = 1;

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
            throw new InvalidRequestException("--runs must be at least 1 and --warmup at least 0");
        }
        if (shape != null && modelOption.folder != null) {
            throw new InvalidRequestException("--shape and --model exclude each other");
        }
        try (Model model = shape == null ? modelOption.open(terminal) : random()) {
            ModelConfig config = model.config();
            VqVaeConfig vae = ModelParts.tokenizer(model).config();
            int scales = vae.scales().count();
            Schedule schedule = scheduleOptions.choose(config, scales, model.origin());
            SamplingSettings settings = samplingOptions.settings(
                    config.sampling(), schedule.stages().size() > 1, scales);
            BackendOptions.Chosen backend = backendOptions.choose(terminal, verbosity);
            run(model, vae, schedule, settings, backend).print(terminal, verbosity);
            return Main.OK;
        }
    }

    private Model random() {
        if (!List.of("fp32", "fp16", "bf16", "int8").contains(dtype)) {
            throw new InvalidRequestException("--dtype must be fp32, fp16, bf16 or int8, not " + dtype);
        }
        try {
            ModelConfig config = Shapes.of(shape, dtype);
            long bytes = RandomModel.bytes(config);
            long machine = ProcessMemory.physical();
            if (bytes > machine) {
                throw new NotEnoughMemoryException("random weights of " + shape + " in " + dtype + " take "
                        + Numbers.bytes(bytes) + ", the machine has " + Numbers.bytes(machine)
                        + "; a smaller --dtype may fit");
            }
            return new RandomModel(config, WEIGHT_SEED);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("--shape: " + e.getMessage(), e);
        }
    }

    private BenchReport run(
            Model model, VqVaeConfig vae, Schedule schedule, SamplingSettings settings, BackendOptions.Chosen backend) {
        try (StatusLine line = new StatusLine(terminal, verbosity.quiet)) {
            BreakdownJob profiles = new BreakdownJob();
            BenchReport report;
            try (ProfilingSession session = new ProfilingSession(backend.open())) {
                line.show(shape == null ? "loading" : "making random weights");
                long start = System.nanoTime();
                BatchSize.choose(batch, false, batch, model, schedule, settings, backend);
                Ensemble models = Ensemble.load(session, model, schedule.models());
                Generator generator = new Generator(models, schedule, settings, batch, BatchSize.decode(backend));
                report = new BenchReport(
                        model,
                        schedule,
                        vae.scales(),
                        session.description(),
                        batch,
                        warmup,
                        System.nanoTime() - start);
                int classes = models.transformers().values().iterator().next().config().classes();
                time(session, generator, classes, schedule, report, line);
                if (breakdown) {
                    List<Prompt> pictures = pictures(0, classes);
                    profiles.add(session, () -> generator.generate(pictures, GenerationListener.NONE), runs, line);
                }
            }
            if (breakdown) {
                report.breakdown(profiles.report(backend, line));
            }
            return report;
        }
    }

    private void time(
            Session session, Generator generator, int classes, Schedule schedule, BenchReport report, StatusLine line) {
        boolean onDevice = session.deviceUse().isPresent();
        for (int i = -warmup; i < runs; i++) {
            line.show(i < 0 ? "warming up, " + (i + warmup + 1) + " of " + warmup : "run " + (i + 1) + " of " + runs);
            List<Prompt> pictures = pictures(i + warmup, classes);
            Timings timings = new Timings(schedule);
            long begin = System.nanoTime();
            // a device is not made to wait between the parts of a run whose total counts
            generator.generate(pictures, onDevice ? GenerationListener.NONE : timings);
            long total = System.nanoTime() - begin;
            if (onDevice && i >= 0) {
                generator.generate(pictures, timings);
            }
            if (i == -warmup) {
                report.first(total);
            }
            if (i >= 0) {
                report.add(timings, total);
            }
        }
        session.deviceUse().ifPresent(report::device);
        report.memory(ProcessMemory.now());
    }

    private List<Prompt> pictures(int run, int classes) {
        return IntStream.range(0, batch)
                .mapToObj(b -> new Prompt((run * batch + b) % classes, run))
                .toList();
    }
}
