package dev.tandem.cli;

import dev.tandem.cli.option.BackendOptions;
import dev.tandem.cli.option.PictureHelp;
import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.report.EvaluateReport;
import dev.tandem.cli.terminal.EvaluateProgress;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.evaluate.Evaluation;
import dev.tandem.evaluate.FeatureExtractor;
import dev.tandem.evaluate.FeatureExtractors;
import dev.tandem.evaluate.Metric;
import dev.tandem.evaluate.Preprocessing;
import dev.tandem.evaluate.SampleSet;
import dev.tandem.evaluate.StatisticsFile;
import dev.tandem.evaluate.Summariser;
import dev.tandem.evaluate.Summary;
import dev.tandem.evaluate.Summary.Needs;
import dev.tandem.folder.ModelFolder;
import dev.tandem.host.AtomicFile;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares two sets of pictures. */
@Command(
        name = "evaluate",
        description = "How near one set of pictures comes to another: Fréchet distance, Inception score, precision and"
                + " recall.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem convert pt_inception-2015-12-05-6726825d.pth -o fid",
            "  tandem evaluate photos/ samples.npz --features-model fid",
            "  tandem evaluate reference.npz samples/ --features-model fid --resize tensorflow",
            "  tandem evaluate photos/ --features-model fid --save-stats photos.npz",
            "  tandem evaluate a.npy b.npy --metrics fid,precision",
            "",
            "Metrics, and where they are defined:",
            "  fid        Fréchet distance of normal distributions fitted to the 2048 features (Heusel et al. 2017)",
            "  sfid       the same of the first 7 channels of mixed_6/conv, 17×17×7 numbers that tell where something",
            "             is (Nash et al. 2021; guided-diffusion's evaluator)",
            "  is         exp of the mean divergence of a picture's class probabilities from the mean over the",
            "             pictures, mean of the splits (Salimans et al. 2016). Splits are taken in a mixed order,",
            "             ascending by the SHA-256 of the pictures' pixels: neither names nor places matter",
            "  precision  how much of B lies no farther from a picture of A than that one's K-th neighbour in A",
            "  recall     the same the other way around (both Kynkäänniemi et al. 2019)",
            "",
            "A set is a folder of pictures, an .npz of samples (arr_0) or of statistics (mu, sigma; mu_s, sigma_s), or an",
            ".npy of features. Statistics that stand in a file are taken as they are; they must come from the same network.",
            PictureHelp.STORED,
            PictureHelp.STORED_TOO,
            PictureHelp.LINKS
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final int MOST_THREADS = 0x7fff;

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "A", description = "The reference.")
    private Path reference;

    @Parameters(index = "1", arity = "0..1", paramLabel = "B", description = "The samples that are measured by it.")
    private Path samples;

    @Option(
            names = "--features-model",
            paramLabel = "DIR",
            description = "Model folder with the network that pictures are compared by: an Inception-v3, converted.")
    private Path featuresModel;

    @Option(
            names = "--metrics",
            paramLabel = "NAMES",
            split = ",",
            description = "Of fid, sfid, is, precision, recall. Default: all that the sets allow.")
    private List<String> metrics;

    @Option(
            names = "--resize",
            paramLabel = "HOW",
            defaultValue = "pytorch",
            description =
                    "How pictures are brought to the network's size: pytorch (as pytorch-fid) or tensorflow (as the"
                            + " guided-diffusion evaluator). Default: ${DEFAULT-VALUE}.")
    private Preprocessing resize;

    @Option(
            names = "--splits",
            paramLabel = "N",
            defaultValue = "10",
            description = "Of the Inception score. Default: 10.")
    private int splits;

    @Option(
            names = "--neighbours",
            paramLabel = "K",
            defaultValue = "3",
            description = "Of precision and recall. Default: 3.")
    private int neighbours;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "8", description = "Pictures at a time. Default: 8.")
    private int batch;

    @Option(names = "--keep-going", description = "Leave out pictures that can't be read, and say which.")
    private boolean keepGoing;

    @Option(
            names = "--save-stats",
            paramLabel = "FILE",
            description = "Also write mean and covariance of A as an .npz file.")
    private Path saveStats;

    @Mixin
    private BackendOptions backendOptions;

    @Mixin
    private VerbosityOptions verbosity;

    EvaluateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        checkNumbers();
        return backendOptions.threads() == null ? evaluate() : within(backendOptions.threads());
    }

    /** What is computed beside the network takes as many threads as the network may. */
    private Integer within(int threads) throws IOException {
        try (ForkJoinPool pool = new ForkJoinPool(Math.clamp(threads, 1, MOST_THREADS))) {
            return pool.submit(this::evaluate).get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException r -> throw r;
                case Error error -> throw error;
                default -> throw new IllegalStateException(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private Integer evaluate() throws IOException {
        SampleSet a = SampleSet.of(reference);
        SampleSet b = samples == null ? null : SampleSet.of(samples);
        Evaluation evaluation = new Evaluation(a, b, featuresModel != null);
        Set<Metric> chosen = chosen(evaluation);
        Needs ofA = evaluation.needs(a, chosen, saveStats != null);
        Needs ofB = b == null ? null : evaluation.needs(b, chosen, false);
        EvaluateReport report = new EvaluateReport(evaluation, splits, neighbours);
        try (AtomicFile statistics = saveStats == null ? null : new AtomicFile(saveStats);
                ModelFolder model = featuresModel == null ? null : ModelFolder.open(featuresModel);
                FeatureExtractor network = usesNetwork(a, ofA) || usesNetwork(b, ofB) ? open(model) : null;
                EvaluateProgress progress = new EvaluateProgress(terminal, verbosity.quiet)) {
            report.network(network, resize);
            Summariser summariser = new Summariser(network, keepGoing, progress);
            Summary first = summariser.summarise(a, ofA);
            if (statistics != null) {
                StatisticsFile.write(statistics.temporary(), first.moments(), first.spatial());
                statistics.commit();
                report.saved(saveStats);
            }
            Summary second = b == null ? null : summariser.summarise(b, ofB);
            progress.computing();
            report.result(
                    first, second, evaluation.compute(first, second, chosen, metrics != null, splits, neighbours));
        }
        if (!verbosity.quiet) {
            report.warn(terminal.err());
        }
        verbosity.print(report, terminal);
        return ExitCode.OK;
    }

    private void checkNumbers() {
        if (splits < 1 || neighbours < 1 || batch < 1) {
            throw new InvalidRequestException("splits", "--splits, --neighbours and --batch must be at least 1");
        }
    }

    private Set<Metric> chosen(Evaluation evaluation) {
        if (metrics != null) {
            EnumSet<Metric> named = EnumSet.noneOf(Metric.class);
            for (String name : metrics) {
                Metric metric = Metric.labelled(name)
                        .orElseThrow(() -> new InvalidRequestException(
                                "metrics", "--metrics: '" + name + "' is none of fid, sfid, is, precision, recall"));
                evaluation.impossible(metric).ifPresent(reason -> {
                    throw new InvalidRequestException("metrics", reason);
                });
                named.add(metric);
            }
            return named;
        }
        Set<Metric> possible = evaluation.possible();
        if (possible.isEmpty() && (saveStats == null || samples != null)) {
            throw new InvalidRequestException(
                    "metrics",
                    evaluation
                            .impossible(samples == null ? Metric.IS : Metric.FID)
                            .orElseThrow());
        }
        if (saveStats != null) {
            evaluation.withoutMoments(evaluation.reference()).ifPresent(reason -> {
                throw new InvalidRequestException("metrics", reason);
            });
        }
        return possible;
    }

    private static boolean usesNetwork(SampleSet set, Needs needs) {
        return set != null && set.usesNetwork(needs);
    }

    private FeatureExtractor open(ModelFolder model) {
        return FeatureExtractors.open(
                model, backendOptions.choose(terminal, verbosity).open(), resize, batch);
    }
}
