package dev.tandem.cli;

import dev.tandem.cli.option.BackendOptions;
import dev.tandem.cli.option.ModelOptions;
import dev.tandem.cli.option.PictureOptions;
import dev.tandem.cli.option.PlanOptions;
import dev.tandem.cli.option.SamplingOptions;
import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.report.SweepReport;
import dev.tandem.cli.terminal.StatusLine;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.evaluate.FeatureExtractor;
import dev.tandem.evaluate.FeatureExtractors;
import dev.tandem.evaluate.Preprocessing;
import dev.tandem.folder.ModelFolder;
import dev.tandem.host.AtomicFile;
import dev.tandem.pipeline.Compute;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.request.ModelParts;
import dev.tandem.study.SweepJob;
import dev.tandem.study.SweepQuality;
import dev.tandem.study.SweepReference;
import dev.tandem.study.SweepResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares plans: which models decode which scales. */
@Command(
        name = "sweep",
        description = "Compares plans of decoding on the same seeds: speed, memory, and how far the pictures agree.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem sweep --draft-steps 1..9 -o sweep",
            "  tandem sweep --swap-each var_d16 --class 207,812 --count 4 -o swapped",
            "  tandem sweep --plans plans.txt --reference var_d30:1-10",
            "",
            "Writes PREFIX.csv, and as PNG and SVG: PREFIX-quality, PREFIX-memory, PREFIX-tokens, PREFIX-kl,",
            "and with --features PREFIX-frechet."
        })
final class SweepCommand implements Callable<Integer> {
    private static final int FEATURES_BATCH = 8;

    private final Terminal terminal;

    @Mixin
    private PlanOptions plans;

    @Mixin
    private PictureOptions choice;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PREFIX",
            defaultValue = "sweep",
            description = "What the files' names begin with. Default: ${DEFAULT-VALUE}.")
    private String output;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "1",
            description = "Batches of each plan before the clock runs. Default: ${DEFAULT-VALUE}.")
    private int warmup;

    @Option(
            names = "--features",
            paramLabel = "DIR",
            description =
                    "Also measure Fréchet distances, on features of the network in this folder, as for `evaluate`.")
    private Path features;

    @Option(
            names = "--target",
            paramLabel = "SET",
            description = "Pictures or statistics that the distances are from, as for `evaluate`. Default: the first"
                    + " plan's pictures.")
    private Path target;

    @Mixin
    private ModelOptions modelOption;

    @Mixin
    private SamplingOptions samplingOptions;

    @Option(names = "--batch", paramLabel = "N", description = "Pictures at a time. Default: as many as are sensible.")
    private Integer batch;

    @Mixin
    private BackendOptions backendOptions;

    @Mixin
    private VerbosityOptions verbosity;

    SweepCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (warmup < 0) {
            throw new InvalidRequestException("warmup", "--warmup must be at least 0, not " + warmup);
        }
        AtomicFile.probe(Path.of(output + ".csv"));
        try (ModelFolder model = modelOption.open(terminal);
                SweepReference reference = new SweepReference();
                ModelFolder networkFolder = features == null ? null : ModelFolder.open(features);
                StatusLine line = new StatusLine(terminal, verbosity.quiet)) {
            int scales = ModelParts.tokenizer(model).config().scales().count();
            List<Schedule> schedules = plans.choice().choose(model, scales);
            SamplingSettings settings =
                    samplingOptions.choice().settings(model.config().sampling(), false, scales);
            List<Prompt> prompts = choice.prompts(ModelParts.classes(model.config(), schedules.getFirst()));
            Compute compute = backendOptions.choose(terminal, verbosity);
            int size = SweepJob.batch(batch, prompts.size(), model, schedules, settings, compute);
            SweepJob job = new SweepJob(model, schedules, settings, prompts, size, warmup, compute);
            try (FeatureExtractor network = networkFolder == null
                    ? null
                    : FeatureExtractors.open(networkFolder, compute.open(), Preprocessing.PYTORCH, FEATURES_BATCH)) {
                SweepQuality quality = SweepJob.quality(network, target, prompts.size());
                List<SweepResult> results = job.run(quality, reference, line::show);
                SweepReport report = SweepReport.written(compute.provider().description(), results, output);
                line.close();
                if (quality != null && quality.tooFew()) {
                    terminal.err()
                            .println("note: " + prompts.size() + " pictures are too few for a covariance of "
                                    + network.dimension() + " dimensions; take the Fréchet distances as a rough order");
                }
                verbosity.print(report, terminal);
            }
            return ExitCode.OK;
        }
    }
}
