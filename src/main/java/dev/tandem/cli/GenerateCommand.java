package dev.tandem.cli;

import dev.tandem.cli.option.DrawingOptions;
import dev.tandem.cli.option.OutputOptions;
import dev.tandem.cli.option.SeedOptions;
import dev.tandem.cli.report.DeviceReport;
import dev.tandem.cli.report.GenerateReport;
import dev.tandem.cli.terminal.Progress;
import dev.tandem.cli.terminal.StatusLine;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.Schedule;
import dev.tandem.folder.ModelFolder;
import dev.tandem.output.GrowthFrames;
import dev.tandem.output.PictureNames;
import dev.tandem.output.PictureSink;
import dev.tandem.output.Recipe;
import dev.tandem.pipeline.Compute;
import dev.tandem.pipeline.GenerateJob;
import dev.tandem.pipeline.JobListeners;
import dev.tandem.pipeline.Pipeline;
import dev.tandem.pipeline.Timings;
import dev.tandem.request.ClassNames;
import dev.tandem.request.Drawing;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.trace.GenerateTrace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Draws pictures. */
@Command(
        name = "generate",
        description = "Draws pictures of classes.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem generate --class heart",
            "  tandem generate --class 3,7,12..20 --count 4 -o pictures/",
            "  tandem generate --random-classes 16 --seed 7 --smooth",
            "  tandem generate --model var-d30 --drafter var_d30 --refiner var_d16 --draft-steps 8 --class 207 --cfg 4",
            "",
            "Without -o the pictures go to grid.png.",
            "A picture depends on the model, its class, its seed and the sampling options alone: the same in any batch.",
            "Where neither you nor the model set them, the sampling options are those of the papers: VAR --cfg 1.5",
            "--top-k 900 --top-p 0.96; CoDe --cfg 1.5 --top-k 600 --top-p 0.96 --temperature 1.1 (1 on the last three)."
        })
final class GenerateCommand implements Callable<Integer> {
    private static final String USUAL_OUTPUT = "grid.png";

    private final Terminal terminal;

    @Option(
            names = {"-c", "--class"},
            paramLabel = "CLASS",
            description =
                    "What to draw: numbers, names, lists and ranges such as 3,7,12..20; none, or the number of classes,"
                            + " for pictures of no class. May be repeated.")
    private List<String> classes = new ArrayList<>();

    @Option(
            names = "--random-classes",
            paramLabel = "N",
            description = "Draw N classes that the seed picks, none twice before all were there once.")
    private Integer randomClasses;

    @Mixin
    private SeedOptions seeded;

    @Mixin
    private OutputOptions output;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Also write tokens, logits and features of every scale, as safetensors.")
    private Path trace;

    @Option(
            names = "--frames",
            paramLabel = "DIR",
            description = "Also write what every picture looks like after each scale: a PNG per scale, an animated one,"
                    + " and all in a row; a bar below tells which model drew it.")
    private Path frames;

    @Mixin
    private DrawingOptions options;

    GenerateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        output.reporting(terminal, options.verbosity); // --json may not go with it
        try (ModelFolder model = options.model.open(terminal)) {
            Drawing drawing = options.drawing(model);
            long firstSeed = seeded.firstSeed();
            List<Integer> labels = labels(drawing.classes(), firstSeed);
            List<Prompt> prompts = GenerateJob.prompts(labels, seeded.count, firstSeed);
            Compute compute = options.backend.choose(terminal, options.verbosity);
            Recipe recipe = recipe(labels, firstSeed, drawing, compute);
            int size = options.batch(drawing, trace != null, prompts.size(), compute);
            GenerateTrace.Shape shape = new GenerateTrace.Shape(drawing.vae(), drawing.schedule(), prompts.size());
            PictureNames names = new PictureNames(drawing.classes(), recipe);
            try (PictureSink sink = open(drawing.vae().imageSide(), prompts, names);
                    GenerateTrace tracing = trace == null ? null : new GenerateTrace(trace, shape)) {
                if (tracing != null) {
                    tracing.begin(prompts, drawing.settings());
                }
                run(drawing, prompts, size, compute, sink, tracing, names);
            }
            return ExitCode.OK;
        }
    }

    private PictureSink open(int side, List<Prompt> prompts, PictureNames names) throws IOException {
        output.otherwise(USUAL_OUTPUT);
        int columns = PictureNames.columns(prompts.size(), seeded.count);
        return output.open(prompts.size(), side, side, columns, names.text(prompts));
    }

    private List<Integer> labels(ClassNames names, long firstSeed) {
        seeded.check();
        List<Integer> labels = names.parse(classes);
        if (randomClasses != null) {
            if (randomClasses < 1) {
                throw new InvalidRequestException(
                        "random-classes", "--random-classes must be at least 1, not " + randomClasses);
            }
            GenerateJob.requireFeasible("random-classes", (long) randomClasses * seeded.count);
            labels.addAll(names.random(randomClasses, firstSeed));
        }
        if (labels.isEmpty()) {
            throw names.missing();
        }
        return labels;
    }

    private Recipe recipe(List<Integer> labels, long firstSeed, Drawing drawing, Compute compute) {
        Map<String, String> words = options.model.recipe(terminal);
        words.put("class", drawing.classes().format(labels));
        if (seeded.count != 1) {
            words.put("count", String.valueOf(seeded.count));
        }
        words.put("seed", String.valueOf(firstSeed));
        words.putAll(Recipe.options(drawing.schedule(), drawing.settings(), compute));
        if (output.columns() != null) {
            words.put("columns", String.valueOf(output.columns()));
        }
        return new Recipe(words);
    }

    private void run(
            Drawing drawing,
            List<Prompt> prompts,
            int size,
            Compute compute,
            PictureSink sink,
            GenerateTrace tracing,
            PictureNames names)
            throws IOException {
        long start = System.nanoTime();
        Schedule schedule = drawing.schedule();
        try (StatusLine line = new StatusLine(terminal, options.verbosity.quiet)) {
            line.show("loading " + drawing.model().config().name());
            try (Pipeline pipeline = Pipeline.open(compute, drawing)) {
                Progress progress = new Progress(line, schedule, drawing.vae().scales(), prompts.size());
                Timings timings = new Timings(schedule);
                long loaded = System.nanoTime();
                List<GenerateJob.Watcher> watchers = new ArrayList<>(List.of(progress, timings));
                if (tracing != null) {
                    watchers.add(tracing);
                }
                if (frames != null) {
                    watchers.add(new GrowthFrames(frames, schedule, drawing.vae(), prompts, names));
                }
                pipeline.generating(drawing, size)
                        .run(
                                prompts,
                                (prompt, image) -> sink.accept(image, names.file(prompt), names.text(prompt)),
                                new JobListeners(watchers));
                List<Path> files = sink.finish();
                if (tracing != null) {
                    tracing.finish();
                }
                line.close();
                String device = pipeline.session().description();
                options.verbosity.print(
                        new GenerateReport(
                                drawing, device, prompts, files, timings, loaded - start, System.nanoTime() - loaded),
                        output.reporting(terminal, options.verbosity));
                if (options.verbosity.verbose) {
                    pipeline.session()
                            .deviceUse()
                            .ifPresent(use -> terminal.err().println(DeviceReport.of(use)));
                }
            }
        }
    }
}
