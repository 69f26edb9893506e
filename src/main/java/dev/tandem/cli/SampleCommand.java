package dev.tandem.cli;

import dev.tandem.cli.option.BackendOptions;
import dev.tandem.cli.option.DrawingOptions.Drawing;
import dev.tandem.cli.option.DrawingOptions;
import dev.tandem.cli.terminal.SampleProgress;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.decode.Ensemble;
import dev.tandem.decode.Prompt;
import dev.tandem.engine.Session;
import dev.tandem.folder.ModelFolder;
import dev.tandem.host.FolderLock;
import dev.tandem.image.Npz;
import dev.tandem.job.OutputLock;
import dev.tandem.job.SampleFolder;
import dev.tandem.job.SampleIdentity;
import dev.tandem.job.SampleIndex;
import dev.tandem.job.SampleNpz;
import dev.tandem.job.SampleOrder;
import dev.tandem.job.SampleOutput;
import dev.tandem.job.Shard;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.output.PictureNames;
import dev.tandem.output.Recipe;
import dev.tandem.pipeline.BatchSize;
import dev.tandem.pipeline.GenerateJob;
import dev.tandem.request.ClassNames;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
            throw new InvalidRequestException("--per-class and --stop-after must be at least 1");
        }
        if (!output.matches("(?i).*\\.npz|.*[/\\\\]|[^.]*|.*[/\\\\][^.]*") && !Files.isDirectory(Path.of(output))) {
            throw new InvalidRequestException("cannot write " + output + ": an output is FILE.npz or a folder");
        }
        Shard shard = shardText == null ? Shard.ALL : Shard.parse(shardText);
        boolean npz = output.toLowerCase(Locale.ROOT).endsWith(".npz");
        try (ModelFolder model = options.model.open(terminal)) {
            Drawing drawing = options.drawing(model);
            VqVaeConfig vae = drawing.vae();
            ClassNames names = drawing.classes();
            List<Integer> labels = names.parse(classes);
            if (classes.isEmpty()) {
                labels.addAll(names.parse("0.." + (names.count() - 1)));
            }
            List<Prompt> all = SampleOrder.pictures(labels, perClass, seed);
            List<Prompt> mine = shard.part(all);
            BackendOptions.Chosen backend = options.backend.choose(terminal, options.verbosity);
            Map<String, String> sampling = Recipe.options(drawing.schedule(), drawing.settings(), backend);
            PictureNames pictureNames = new PictureNames(names, recipe(sampling));
            SampleIndex.Head head = new SampleIndex.Head(
                    SampleIdentity.of(model, drawing.schedule(), names.format(labels), perClass, seed, sampling),
                    all.size(),
                    vae.imageSide(),
                    vae.imageSide(),
                    shard,
                    mine.stream().map(Prompt::label).toList(),
                    npz ? List.of() : mine.stream().map(pictureNames::file).toList());
            Path target = Path.of(npz ? shard.name(output) : output);
            Path indexFile = SampleIndex.beside(Path.of(output), shard);
            int size = options.batch(drawing, false, Math.max(1, mine.size()), backend);
            try (FolderLock _ = OutputLock.take(indexFile, target);
                    SampleIndex index = open(indexFile, head, npz, target);
                    SampleOutput out = npz
                            ? new SampleNpz(
                                    target,
                                    new Npz.Shape(mine.size(), vae.imageSide(), vae.imageSide()),
                                    mine,
                                    index.done())
                            : new SampleFolder(target, pictureNames, mine)) {
                Run run = new Run(index, out, mine.size(), target);
                run.draw(drawing, size, backend);
                run.report();
            }
            return Main.OK;
        }
    }

    private Recipe recipe(Map<String, String> sampling) {
        Map<String, String> all = options.model.recipe(terminal);
        // their places; a picture's own values come later
        all.put("class", "");
        all.put("seed", "");
        all.putAll(sampling);
        return new Recipe(all);
    }

    private SampleIndex open(Path index, SampleIndex.Head head, boolean npz, Path target) throws IOException {
        if (fresh) {
            clear(npz, target, index);
        }
        return SampleIndex.open(index, head);
    }

    private void clear(boolean npz, Path target, Path index) throws IOException {
        if (npz) {
            Files.deleteIfExists(SampleNpz.part(target));
            Files.deleteIfExists(target);
        } else if (Files.isDirectory(target)) {
            throw new InvalidRequestException("--fresh deletes no folder of pictures; remove " + target + " yourself");
        }
        Files.deleteIfExists(index);
    }

    /** One process's work on a job. */
    private final class Run {
        private final SampleIndex index;
        private final SampleOutput out;
        private final int total;
        private final Path target;
        private final int before;
        private final long start = System.nanoTime();
        private int done;
        private int leftOfBatch;

        Run(SampleIndex index, SampleOutput out, int total, Path target) {
            this.index = index;
            this.out = out;
            this.total = total;
            this.target = target;
            this.before = total - out.missing().size();
            this.done = before;
        }

        void draw(Drawing drawing, int size, BackendOptions.Chosen backend) throws IOException {
            List<Prompt> missing = out.missing();
            List<Prompt> now = stopAfter == null
                    ? missing
                    : missing.subList(0, Math.min(stopAfter, missing.size()));
            if (!now.isEmpty()) {
                try (SampleProgress progress = new SampleProgress(terminal, options.verbosity.quiet, total, before);
                        Session session = backend.open()) {
                    Ensemble models = Ensemble.load(session, drawing.model(), drawing.schedule().models());
                    new GenerateJob(
                                    models, drawing.schedule(), drawing.settings(), size, BatchSize.decode(backend))
                            .run(
                                    now,
                                    (prompt, image) -> {
                                        out.accept(prompt, image);
                                        done++;
                                        if (--leftOfBatch == 0) {
                                            out.flush();
                                            index.done(done);
                                            progress.done(done);
                                        }
                                    },
                                    new GenerateJob.Watcher() {
                                        @Override
                                        public void batchBegins(int pictures) {
                                            leftOfBatch = pictures;
                                        }
                                    });
                }
            }
            if (done == total) {
                out.finish();
                if (index.done() < total) {
                    index.done(total);
                }
            }
        }

        void report() throws IOException {
            double seconds = (System.nanoTime() - start) / 1e9;
            if (options.verbosity.json) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("output", target.toString());
                json.put("pictures", total);
                json.put("done_before", before);
                json.put("done", done);
                json.put("seconds", seconds);
                terminal.json(json);
            } else if (!options.verbosity.quiet) {
                String what = before == total
                        ? "was complete already"
                        : done == total ? "is complete" : "goes on with the same command";
                terminal.out()
                        .println(String.format(
                                Locale.ROOT,
                                "%s: %d of %d pictures, %d of them now in %.2f s; it %s",
                                target,
                                done,
                                total,
                                done - before,
                                seconds,
                                what));
            }
            terminal.out().flush();
        }
    }
}
