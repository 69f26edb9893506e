package dev.tandem.cli;

import dev.tandem.decode.Ensemble;
import dev.tandem.decode.Picture;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.engine.Session;
import dev.tandem.folder.ModelConfig;
import dev.tandem.folder.ModelFolder;
import dev.tandem.model.VqVaeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
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
            description = "What to draw: numbers, names, lists and ranges such as 3,7,12..20; may be repeated.")
    private List<String> classes = new ArrayList<>();

    @Option(
            names = "--random-classes",
            paramLabel = "N",
            description = "Draw N classes that the seed picks, none twice before all were there once.")
    private Integer randomClasses;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            defaultValue = "1",
            description = "Pictures per class. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(
            names = {"-s", "--seed"},
            paramLabel = "N",
            description = "Seed of each class's first picture, one more for each further. Default: a random one, printed.")
    private Long seed;

    @Mixin
    private OutputOption output;

    @Mixin
    private ModelOption modelOption;

    @Mixin
    private ScheduleOptions scheduleOptions;

    @Mixin
    private SamplingOptions samplingOptions;

    @Option(names = "--batch", paramLabel = "N", description = "Pictures at a time. Default: as many as are sensible.")
    private Integer batch;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Also write tokens, logits and features of every scale, as safetensors.")
    private Path trace;

    @Option(
            names = "--frames",
            paramLabel = "DIR",
            description = "Also write what every picture looks like after each scale: a PNG per scale and an animated"
                    + " one; a strip below tells which model drew it.")
    private Path frames;

    @Mixin
    private BackendOptions backendOptions;

    @Mixin
    private VerbosityOptions verbosity;

    GenerateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (ModelFolder model = modelOption.open(terminal)) {
            ModelConfig config = model.config();
            VqVaeConfig vae = ModelParts.tokenizer(model).config();
            int scales = vae.scales().count();
            Schedule schedule = scheduleOptions.choose(config, scales, model.origin());
            SamplingSettings settings = samplingOptions.settings(
                    config.sampling(), schedule.stages().size() > 1, scales);
            ClassList names = ModelParts.classes(config, schedule);
            long firstSeed = seed != null ? seed : ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
            List<Integer> labels = labels(names, firstSeed);
            List<Picture> pictures = PictureJob.pictures(labels, count, firstSeed);
            BackendOptions.Chosen backend = backendOptions.choose(terminal, verbosity);
            Recipe recipe = recipe(names.format(labels), firstSeed, schedule, settings, backend);
            int size = BatchSize.choose(batch, trace != null, pictures.size(), model, schedule, settings, backend);
            GenerateTrace.Shape shape = new GenerateTrace.Shape(vae, schedule, pictures.size());
            PictureNames named = new PictureNames(names, recipe);
            try (PictureSink sink = open(vae.imageSide(), pictures, named);
                    GenerateTrace tracing = trace == null ? null : new GenerateTrace(trace, shape)) {
                if (tracing != null) {
                    tracing.begin(pictures, settings);
                }
                return run(model, schedule, settings, pictures, size, backend, sink, tracing, named);
            }
        }
    }

    private PictureSink open(int side, List<Picture> pictures, PictureNames names) throws IOException {
        if (output.output == null) {
            output.output = USUAL_OUTPUT;
        }
        return output.open(
                pictures.size(), side, side, PictureNames.columns(pictures.size(), count), names.text(pictures));
    }

    private List<Integer> labels(ClassList names, long firstSeed) {
        if (count < 1) {
            throw new UsageException("--count must be at least 1, not " + count);
        }
        List<Integer> labels = new ArrayList<>();
        classes.forEach(c -> labels.addAll(names.parse(c)));
        if (randomClasses != null) {
            if (randomClasses < 1) {
                throw new UsageException("--random-classes must be at least 1, not " + randomClasses);
            }
            labels.addAll(names.random(randomClasses, firstSeed));
        }
        if (labels.isEmpty()) {
            throw names.missing();
        }
        return labels;
    }

    private Recipe recipe(
            String labels, long firstSeed, Schedule schedule, SamplingSettings s, BackendOptions.Chosen backend) {
        Map<String, String> options = new LinkedHashMap<>();
        Path named = modelOption.named(terminal);
        if (named != null) {
            options.put("model", named.toString());
        }
        options.put("class", labels);
        if (count != 1) {
            options.put("count", String.valueOf(count));
        }
        options.put("seed", String.valueOf(firstSeed));
        options.putAll(Recipe.options(schedule, s, backend));
        if (output.columns != null) {
            options.put("columns", String.valueOf(output.columns));
        }
        return new Recipe(options);
    }

    private int run(
            ModelFolder model,
            Schedule schedule,
            SamplingSettings settings,
            List<Picture> pictures,
            int size,
            BackendOptions.Chosen backend,
            PictureSink sink,
            GenerateTrace tracing,
            PictureNames names)
            throws IOException {
        long start = System.nanoTime();
        try (StatusLine line = new StatusLine(terminal, verbosity.quiet);
                Session session = backend.open()) {
            line.show("loading " + model.config().name());
            Ensemble models = Ensemble.load(session, model, schedule.models());
            Progress progress =
                    new Progress(line, schedule, models.vae().config().scales(), pictures.size());
            Timings timings = new Timings(schedule);
            PictureJob job = new PictureJob(models, schedule, settings, size, BatchSize.decode(backend));
            long loaded = System.nanoTime();
            List<PictureJob.Watcher> watchers = new ArrayList<>(List.of(progress, timings));
            if (tracing != null) {
                watchers.add(tracing);
            }
            if (frames != null) {
                watchers.add(new Frames(frames, schedule, models.vae().config(), pictures, names));
            }
            job.run(
                    pictures,
                    (picture, image) -> sink.accept(image, names.file(picture), names.text(picture)),
                    new Watchers(watchers));
            List<Path> files = sink.finish();
            if (tracing != null) {
                tracing.finish();
            }
            line.close();
            GenerateReport report = new GenerateReport(
                    model, schedule, settings, session.description(), pictures, names.classes(), files, timings,
                    loaded - start, System.nanoTime() - loaded);
            report.print(terminal, verbosity);
            if (verbosity.verbose) {
                session.deviceUse().ifPresent(use -> terminal.err().println(DeviceText.of(use)));
            }
            return Main.OK;
        }
    }
}
