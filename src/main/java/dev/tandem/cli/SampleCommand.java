package dev.tandem.cli;

import dev.tandem.cli.option.DrawingOptions;
import dev.tandem.cli.report.SampleReport;
import dev.tandem.cli.terminal.SampleProgress;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.folder.ModelFolder;
import dev.tandem.job.SampleJob;
import dev.tandem.job.Shard;
import dev.tandem.output.Recipe;
import dev.tandem.pipeline.Compute;
import dev.tandem.request.ClassNames;
import dev.tandem.request.Drawing;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Draws as many pictures as an evaluation needs. */
@Command(
        name = "sample",
        description = "Draws many pictures for an evaluation; a run that was stopped goes on where it was.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem sample --per-class 50 --class 0..999 -o samples.npz",
            "  tandem sample --per-class 50 -o samples.npz --shard 3/8     # one of eight processes",
            "  tandem merge samples.shard-*.npz -o samples.npz             # the bytes that one process gives",
            "",
            "The order is mixed, as evaluators expect. An index beside the output tells what is done: the same command",
            "goes on after a kill. An npz file grows as samples.npz.part; shards of a folder may share the folder."
        })
final class SampleCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = {"-c", "--class"},
            paramLabel = "CLASS",
            description = "Which classes, as for `generate`. Default: all.")
    private List<String> classes = new ArrayList<>();

    @Option(
            names = "--per-class",
            paramLabel = "N",
            defaultValue = "50",
            description = "Pictures of each. Default: ${DEFAULT-VALUE}.")
    private int perClass;

    @Option(
            names = {"-s", "--seed"},
            paramLabel = "N",
            defaultValue = "0",
            description = "Seed of each class's first picture, and of the order. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PATH",
            required = true,
            description = "FILE.npz: arr_0, uint8, [pictures, height, width, 3], and arr_1, int64, their classes; or a"
                    + " folder: a PNG per picture.")
    private String output;

    @Option(
            names = "--shard",
            paramLabel = "I/N",
            description = "Draw the I-th of N parts, to FILE.shard-I-of-N.npz or to the folder.")
    private String shardText;

    @Option(
            names = "--stop-after",
            paramLabel = "N",
            description = "Draw at most N pictures in this run; another goes on.")
    private Integer stopAfter;

    @Option(names = "--fresh", description = "Throw away what an earlier run left, and begin again.")
    private boolean fresh;

    @Mixin
    private DrawingOptions options;

    SampleCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (perClass < 1 || (stopAfter != null && stopAfter < 1)) {
            throw new InvalidRequestException("per-class", "--per-class and --stop-after must be at least 1");
        }
        Shard shard = shardText == null ? Shard.ALL : Shard.parse(shardText);
        try (ModelFolder model = options.model.open(terminal)) {
            Drawing drawing = options.drawing(model);
            ClassNames names = drawing.classes();
            List<Integer> labels = names.parse(classes);
            if (classes.isEmpty()) {
                labels.addAll(names.all());
            }
            Compute compute = options.backend.choose(terminal, options.verbosity);
            SampleJob job = new SampleJob(
                    new SampleJob.Order(labels, perClass, seed, output, shard),
                    model,
                    drawing,
                    compute,
                    recipe(drawing, compute));
            int size = options.batch(drawing, false, Math.max(1, job.pictures()), compute);
            try (SampleProgress progress = new SampleProgress(terminal, options.verbosity.quiet)) {
                SampleJob.Result result = job.run(size, stopAfter, fresh, progress);
                progress.close();
                options.verbosity.print(new SampleReport(result), terminal);
            }
            return ExitCode.OK;
        }
    }

    private Recipe recipe(Drawing drawing, Compute compute) {
        Map<String, String> all = options.model.recipe(terminal);
        // their places; a picture's own values come later
        all.put("class", "");
        all.put("seed", "");
        all.putAll(Recipe.options(drawing.schedule(), drawing.settings(), compute));
        return new Recipe(all);
    }
}
