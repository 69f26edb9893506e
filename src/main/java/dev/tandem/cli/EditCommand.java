package dev.tandem.cli;

import dev.tandem.cli.option.BackendOptions;
import dev.tandem.cli.option.DrawingOptions.Drawing;
import dev.tandem.cli.option.DrawingOptions;
import dev.tandem.cli.option.OutputOptions;
import dev.tandem.cli.option.RegionOptions;
import dev.tandem.cli.option.SeedOptions;
import dev.tandem.cli.report.EditReport;
import dev.tandem.cli.terminal.Progress;
import dev.tandem.cli.terminal.StatusLine;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.decode.Ensemble;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.engine.Session;
import dev.tandem.folder.ModelFolder;
import dev.tandem.image.Blend;
import dev.tandem.image.file.ImageFiles;
import dev.tandem.image.RgbImage;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.output.PictureNames;
import dev.tandem.output.PictureSink;
import dev.tandem.output.Recipe;
import dev.tandem.pipeline.EditJob;
import dev.tandem.pipeline.GenerateJob;
import dev.tandem.request.ClassNames;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Draws part of a picture anew, without any training for it.
 *
 * @see "CoDe: var.py (autoregressive_infer_inpaint, autoregressive_inpaint_draft, …_refine)"
 */
@Command(
        name = "edit",
        description = "Draws part of a picture anew: inpainting, outpainting, editing by class, with VAR or CoDe.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem edit photo.png --rect 64,64,128,128 --class heart",
            "  tandem edit photo.png --mask mask.png --class 207 --count 4 --blend -o edits.png",
            "  tandem edit photo.png --rect 64,64,128,128 --outside          # outpainting, no class",
            "",
            "A picture of another size is scaled by its shorter side and cut to a square around its middle. Where the",
            "picture stays, it passes through the tokenizer all the same; --blend pastes its own pixels back."
        })
final class EditCommand implements Callable<Integer> {
    private static final String USUAL_OUTPUT = "edit.png";

    private final Terminal terminal;

    @Parameters(paramLabel = "IMAGE", description = "The picture: PNG, JPEG, GIF, BMP or TIFF.")
    private Path image;

    @Mixin
    private RegionOptions region;

    @Option(
            names = {"-c", "--class"},
            paramLabel = "CLASS",
            defaultValue = ClassNames.NONE,
            description = "What to draw there, as for `generate`. Default: ${DEFAULT-VALUE}, whatever fits.")
    private List<String> classes = new ArrayList<>();

    @Mixin
    private SeedOptions seeded;

    @Option(
            names = "--blend",
            paramLabel = "PIXELS",
            arity = "0..1",
            fallbackValue = "12",
            description = "Paste the untouched pixels back, over a soft edge of so many pixels"
                    + " (${FALLBACK-VALUE} if not said).")
    private Integer blend;

    @Option(names = "--side-by-side", description = "Show the picture itself first, in a grid.")
    private boolean sideBySide;

    @Mixin
    private OutputOptions output;

    @Mixin
    private DrawingOptions options;

    EditCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        check();
        try (ModelFolder model = options.model.open(terminal)) {
            Drawing drawing = options.drawing(model);
            VqVaeConfig vae = drawing.vae();
            Schedule schedule = drawing.schedule();
            SamplingSettings settings = drawing.settings();
            ClassNames names = drawing.classes();
            List<Integer> labels = names.parse(classes);
            long first = seeded.firstSeed();
            List<Prompt> pictures = GenerateJob.pictures(labels, seeded.count, first);
            RegionOptions.Prepared prepared = region.prepare(ImageFiles.read(image), vae, terminal.err());
            BackendOptions.Chosen backend = options.backend.choose(terminal, options.verbosity);
            int size = options.batch(drawing, false, pictures.size(), backend);
            PictureNames named = new PictureNames(names, new Recipe(Map.of()));
            Map<String, String> text = text(names.format(labels), first, Recipe.options(schedule, settings, backend));
            int shown = pictures.size() + (sideBySide ? 1 : 0);
            try (PictureSink sink = output.open(
                            shown, vae.imageSide(), vae.imageSide(), PictureNames.columns(shown, seeded.count), text);
                    StatusLine line = new StatusLine(terminal, options.verbosity.quiet);
                    Session session = backend.open()) {
                Ensemble models = Ensemble.load(session, model, schedule.models());
                Progress progress = new Progress(line, schedule, vae.scales(), pictures.size());
                EditJob.Result result = new EditJob(models, schedule, settings, size).run(prepared, pictures, progress);
                EditReport report = new EditReport(prepared, result.reconstruction());
                if (sideBySide) {
                    sink.accept(prepared.image(), "original.png", Map.of());
                }
                for (int i = 0; i < pictures.size(); i++) {
                    RgbImage edited = blended(prepared, result.edited().get(i));
                    report.add(edited);
                    sink.accept(edited, named.file(pictures.get(i)), text);
                }
                List<Path> files = sink.finish();
                line.close();
                report.print(terminal, options.verbosity, files, System.nanoTime() - start);
            }
            return Main.OK;
        }
    }

    private void check() {
        seeded.check();
        if (blend != null && (blend < 0 || blend > 256)) {
            throw new InvalidRequestException("--blend takes 0 to 256 pixels, not " + blend);
        }
        if (output.output == null) {
            output.output = USUAL_OUTPUT;
        }
    }

    private RgbImage blended(RegionOptions.Prepared prepared, RgbImage edited) {
        return blend == null
                ? edited
                : Blend.of(prepared.image(), edited, prepared.pixels().feathered(blend));
    }

    /** What the files say about themselves: the command that made them. */
    private Map<String, String> text(String labels, long first, Map<String, String> sampling) {
        Map<String, String> all = options.model.recipe(terminal);
        if (region.mask != null) {
            all.put("mask", region.mask.toString());
        } else {
            all.put("rect", region.rect);
        }
        if (region.outside) {
            all.put("outside", "");
        }
        all.put("class", labels);
        all.put("count", String.valueOf(seeded.count));
        all.put("seed", String.valueOf(first));
        all.putAll(sampling);
        List<String> words = new ArrayList<>(List.of("tandem", "edit", image.toString()));
        words.addAll(new Recipe(all).words());
        if (blend != null) {
            words.add("--blend=" + blend);
        }
        if (sideBySide) {
            words.add("--side-by-side");
        }
        if (output.columns != null) {
            words.add("--columns=" + output.columns);
        }
        Map<String, String> text = new LinkedHashMap<>();
        text.put(Recipe.SOFTWARE, Recipe.software());
        text.put("Description", "edit of " + image.getFileName());
        text.put(Recipe.COMMAND, Recipe.quoted(words));
        return text;
    }
}
