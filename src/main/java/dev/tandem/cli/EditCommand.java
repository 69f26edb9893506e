package dev.tandem.cli;

import dev.tandem.cli.option.DrawingOptions;
import dev.tandem.cli.option.OutputOptions;
import dev.tandem.cli.option.PictureHelp;
import dev.tandem.cli.option.RegionOptions;
import dev.tandem.cli.option.SeedOptions;
import dev.tandem.cli.report.EditReport;
import dev.tandem.cli.terminal.Progress;
import dev.tandem.cli.terminal.StatusLine;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.decode.Prompt;
import dev.tandem.folder.ModelFolder;
import dev.tandem.image.Blend;
import dev.tandem.image.RgbImage;
import dev.tandem.image.file.ImageFiles;
import dev.tandem.output.PictureNames;
import dev.tandem.output.PictureSink;
import dev.tandem.output.Recipe;
import dev.tandem.pipeline.Compute;
import dev.tandem.pipeline.EditJob;
import dev.tandem.pipeline.GenerateJob;
import dev.tandem.pipeline.Pipeline;
import dev.tandem.request.ClassNames;
import dev.tandem.request.Drawing;
import dev.tandem.request.EditRegion;
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
            "picture stays, it passes through the tokenizer all the same; --blend pastes its own pixels back.",
            PictureHelp.SEEN,
            PictureHelp.SEEN_TOO + " So are masks."
        })
final class EditCommand implements Callable<Integer> {
    private static final String USUAL_OUTPUT = "edit.png";

    private final Terminal terminal;

    @Parameters(paramLabel = "IMAGE", description = "The picture: " + PictureHelp.FORMATS + ".")
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
        output.reporting(terminal, options.verbosity); // --json may not go with it
        long start = System.nanoTime();
        check();
        try (ModelFolder model = options.model.open(terminal)) {
            Drawing drawing = options.drawing(model);
            int side = drawing.vae().imageSide();
            List<Integer> labels = drawing.classes().parse(classes);
            long first = seeded.firstSeed();
            List<Prompt> prompts = GenerateJob.prompts(labels, seeded.count, first);
            EditRegion prepared = region.prepare(ImageFiles.read(image), drawing.vae(), terminal.err());
            Compute compute = options.backend.choose(terminal, options.verbosity);
            int size = options.batch(drawing, false, prompts.size(), compute);
            Map<String, String> text = text(
                    drawing.classes().format(labels),
                    first,
                    Recipe.options(drawing.schedule(), drawing.settings(), compute));
            int shown = prompts.size() + (sideBySide ? 1 : 0);
            EditReport report;
            try (PictureSink sink = output.open(shown, side, side, PictureNames.columns(shown, seeded.count), text);
                    StatusLine line = new StatusLine(terminal, options.verbosity.quiet);
                    Pipeline pipeline = Pipeline.open(compute, drawing)) {
                Progress progress =
                        new Progress(line, drawing.schedule(), drawing.vae().scales(), prompts.size());
                EditJob.Result result = pipeline.editing(drawing, size).run(prepared, prompts, progress);
                report = new EditReport(prepared, result.reconstruction());
                if (sideBySide) {
                    sink.accept(prepared.image(), "original.png", Map.of());
                }
                PictureNames names = new PictureNames(drawing.classes(), new Recipe(Map.of()));
                for (int i = 0; i < prompts.size(); i++) {
                    RgbImage edited = blended(prepared, result.edited().get(i));
                    report.add(edited);
                    sink.accept(edited, names.file(prompts.get(i)), text);
                }
                report.written(sink.finish(), System.nanoTime() - start);
            }
            options.verbosity.print(report, output.reporting(terminal, options.verbosity));
            return ExitCode.OK;
        }
    }

    private void check() {
        seeded.check();
        if (blend != null && (blend < 0 || blend > 256)) {
            throw new InvalidRequestException("blend", "--blend takes 0 to 256 pixels, not " + blend);
        }
        output.otherwise(USUAL_OUTPUT);
    }

    private RgbImage blended(EditRegion prepared, RgbImage edited) {
        return blend == null
                ? edited
                : Blend.of(prepared.image(), edited, prepared.pixels().feathered(blend));
    }

    /** What the files say about themselves: the command that made them. */
    private Map<String, String> text(String labels, long first, Map<String, String> sampling) {
        Map<String, String> all = options.model.recipe(terminal);
        all.putAll(region.recipe());
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
        if (output.columns() != null) {
            words.add("--columns=" + output.columns());
        }
        Map<String, String> text = new LinkedHashMap<>();
        text.put(Recipe.SOFTWARE, Recipe.software());
        text.put("Description", "edit of " + image.getFileName());
        text.put(Recipe.COMMAND, Recipe.quoted(words));
        return text;
    }
}
