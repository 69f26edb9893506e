package dev.tandem.cli;

import dev.tandem.analysis.Gaussian;
import dev.tandem.cli.option.BackendOptions;
import dev.tandem.cli.option.ModelOptions;
import dev.tandem.cli.option.PictureOptions;
import dev.tandem.cli.option.PlanOptions;
import dev.tandem.cli.option.SamplingOptions;
import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.report.SweepReport;
import dev.tandem.cli.terminal.StatusLine;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.decode.Ensemble;
import dev.tandem.decode.MemoryEstimate;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.engine.Session;
import dev.tandem.evaluate.FeatureExtractor;
import dev.tandem.evaluate.FeatureExtractors;
import dev.tandem.evaluate.Preprocessing;
import dev.tandem.evaluate.SampleSet;
import dev.tandem.evaluate.Summariser;
import dev.tandem.evaluate.Summary;
import dev.tandem.folder.ModelFolder;
import dev.tandem.host.AtomicFile;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.pipeline.BatchSize;
import dev.tandem.pipeline.GenerateJob;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.request.ModelParts;
import dev.tandem.study.SweepMeter;
import dev.tandem.study.SweepQuality;
import dev.tandem.study.SweepReference;
import dev.tandem.study.SweepResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
            description = "Also measure Fréchet distances, on features of the network in this folder, as for `evaluate`.")
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
            throw new InvalidRequestException("--warmup must be at least 0, not " + warmup);
        }
        AtomicFile.probe(Path.of(output + ".csv"));
        try (ModelFolder model = modelOption.open(terminal);
                SweepReference reference = new SweepReference();
                ModelFolder networkFolder = features == null ? null : ModelFolder.open(features);
                StatusLine line = new StatusLine(terminal, verbosity.quiet)) {
            VqVaeConfig vae = ModelParts.tokenizer(model).config();
            int scales = vae.scales().count();
            List<Schedule> schedules = plans.choose(model, scales);
            // the same settings for all plans, or they could not be compared
            SamplingSettings settings = samplingOptions.settings(model.config().sampling(), false, scales);
            List<Prompt> pictures = choice.pictures(ModelParts.classes(model.config(), schedules.getFirst()));
            BackendOptions.Chosen backend = backendOptions.choose(terminal, verbosity);
            int size = Integer.MAX_VALUE;
            for (Schedule schedule : schedules) {
                size = Math.min(
                        size,
                        BatchSize.choose(batch, false, pictures.size(), model, schedule, settings, backend));
            }
            try (FeatureExtractor network = networkFolder == null
                    ? null
                    : FeatureExtractors.open(networkFolder, backend.open(), Preprocessing.PYTORCH, FEATURES_BATCH)) {
                SweepQuality quality = quality(network, pictures.size());
                List<SweepResult> results = compare(model, schedules, settings, pictures, size, backend, quality, reference, line);
                SweepReport report = new SweepReport(backend.provider().description(), results);
                List<Path> files = report.write(output);
                line.close();
                if (quality != null && quality.tooFew()) {
                    terminal.err().println("note: " + pictures.size() + " pictures are too few for a covariance of "
                            + network.dimension() + " dimensions; take the Fréchet distances as a rough order");
                }
                report.print(terminal, verbosity, files);
            }
            return Main.OK;
        }
    }

    private SweepQuality quality(FeatureExtractor network, int pictures) throws IOException {
        if (network == null) {
            if (target != null) {
                throw new InvalidRequestException("--target needs --features: distances are of features");
            }
            return null;
        }
        if (pictures < 2) {
            throw new InvalidRequestException("--features needs at least 2 pictures for a covariance, not " + pictures);
        }
        Gaussian moments = target == null
                ? null
                : new Summariser(network, false, (set, done, total) -> {})
                        .summarise(SampleSet.of(target), new Summary.Needs(true, false, false))
                        .moments();
        return new SweepQuality(network, moments);
    }

    private List<SweepResult> compare(
            ModelFolder model,
            List<Schedule> schedules,
            SamplingSettings settings,
            List<Prompt> pictures,
            int size,
            BackendOptions.Chosen backend,
            SweepQuality quality,
            SweepReference reference,
            StatusLine line)
            throws IOException {
        VqVaeConfig vae = ModelParts.tokenizer(model).config();
        List<SweepResult> results = new ArrayList<>();
        for (Schedule schedule : schedules) {
            line.show("plan " + (results.size() + 1) + " of " + schedules.size() + ": " + schedule.plan());
            reference.rewind();
            SweepMeter meter = new SweepMeter(schedule, vae, reference, results.isEmpty());
            // a session each, so that no plan finds another's memory taken
            try (Session session = backend.open()) {
                GenerateJob job = new GenerateJob(
                        Ensemble.load(session, model, schedule.models()), schedule, settings, size, BatchSize.decode(backend));
                for (int i = 0; i < warmup; i++) {
                    job.run(pictures.subList(0, size), (p, image) -> {}, new GenerateJob.Watcher() {});
                }
                GenerateJob.Receiver receiver = (p, image) -> {
                    meter.picture(image);
                    if (quality != null) {
                        quality.add(image);
                    }
                };
                job.run(pictures, receiver, meter);
            }
            MemoryEstimate memory = MemoryEstimate.of(model, schedule, settings, size, BatchSize.DECODE, Float.BYTES);
            results.add(meter.result(memory, quality == null ? null : quality.finish()));
        }
        return results;
    }
}
