package dev.tandem.cli;

import dev.tandem.cli.option.BackendOptions;
import dev.tandem.cli.option.ModelOptions;
import dev.tandem.cli.option.OutputOptions;
import dev.tandem.cli.option.PictureHelp;
import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.report.ReconstructReport;
import dev.tandem.cli.report.SetReconstructionReport;
import dev.tandem.cli.terminal.SampleProgress;
import dev.tandem.cli.terminal.StatusLine;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.decode.Reconstructor;
import dev.tandem.folder.ModelFolder;
import dev.tandem.image.Grid;
import dev.tandem.image.Resize;
import dev.tandem.image.RgbImage;
import dev.tandem.image.file.ImageFiles;
import dev.tandem.job.set.PictureSet;
import dev.tandem.job.set.ReconstructionJob;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.output.OutputForm;
import dev.tandem.output.PictureSink;
import dev.tandem.pipeline.Compute;
import dev.tandem.pipeline.Pipeline;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.request.ModelParts;
import dev.tandem.trace.FHatFile;
import dev.tandem.trace.ReconstructTrace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Encodes pictures to codes and decodes them again. */
@Command(
        name = "reconstruct",
        description = "Encodes pictures to multi-scale codes and decodes them again: what the tokenizer can show.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem reconstruct photo.jpg",
            "  tandem reconstruct photo.jpg -o again.png --side-by-side",
            "  tandem reconstruct pictures/*.png -o again/",
            "  tandem reconstruct --fhat trace.safetensors:s9.f_hat -o decoded.png",
            "  tandem reconstruct val256.npz -o again.npz     # any number; rFID: tandem evaluate val256.npz again.npz",
            "",
            "A picture of another size is scaled by its shorter side and cut to a square around its middle.",
            PictureHelp.SEEN,
            PictureHelp.SEEN_TOO,
            "",
            "A set goes to FILE.npz or a folder, with its classes; an index beside it tells what is done, and the same",
            "command goes on after a kill. `tandem export --side` makes squares of photos, for rFID to compare with.",
            "Means: PSNR, pictures without any difference left out; SSIM (Wang et al. 2004), windows of 11×11, σ 1.5."
        })
final class ReconstructCommand implements Callable<Integer> {
    private static final int GAP = 4;

    private final Terminal terminal;

    @Parameters(
            paramLabel = "IMAGE",
            arity = "0..*",
            description = PictureHelp.FORMATS + " files; or one set, a folder or an .npz of samples (arr_0).")
    private List<Path> images = new ArrayList<>();

    @Mixin
    private OutputOptions output;

    @Option(names = "--stop-after", paramLabel = "N", description = "Of a set: at most N in this run; another goes on.")
    private Integer stopAfter;

    @Option(names = "--fresh", description = "Of a set: throw away what an earlier run left, and begin again.")
    private boolean fresh;

    @Option(names = "--side-by-side", description = "Show every picture beside its reconstruction.")
    private boolean sideBySide;

    @Option(
            names = "--fhat",
            paramLabel = "FILE[:TENSOR]",
            description = "Decode features [n, Cvae, P, P] of a safetensors file instead of pictures.")
    private String fHat;

    @Mixin
    private ModelOptions modelOption;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Also write features, codes and reconstructions, as safetensors.")
    private Path trace;

    @Mixin
    private BackendOptions backendOptions;

    @Mixin
    private VerbosityOptions verbosity;

    ReconstructCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        output.reporting(terminal, verbosity); // --json may not go with it
        if (images.isEmpty() == (fHat == null)) {
            throw new InvalidRequestException(
                    "fhat", "name pictures to reconstruct, or features to decode with --fhat");
        }
        if (fHat != null && sideBySide) {
            throw new InvalidRequestException("side-by-side", "--side-by-side needs pictures; --fhat has none");
        }
        if (images.stream().anyMatch(PictureSet::isOne)) {
            return ofSet();
        }
        if (fresh || stopAfter != null) {
            throw new InvalidRequestException("fresh", "--fresh and --stop-after are for a folder or an .npz");
        }
        try (ModelFolder model = modelOption.open(terminal)) {
            VqVaeConfig vae = ModelParts.tokenizer(model).config();
            Compute compute = backendOptions.choose(terminal, verbosity);
            FHatFile features = fHat == null ? null : FHatFile.open(fHat, vae);
            int n = features == null ? images.size() : features.count();
            ReconstructReport report = new ReconstructReport();
            int width = sideBySide ? 2 * vae.imageSide() + GAP : vae.imageSide();
            try (PictureSink sink = !output.named()
                            ? null
                            : output.open(
                                    n,
                                    width,
                                    vae.imageSide(),
                                    Grid.squareColumns(n, OutputForm.MOST_COLUMNS),
                                    Map.of());
                    ReconstructTrace tracing =
                            trace == null ? null : new ReconstructTrace(trace, vae, n, features == null);
                    StatusLine line = new StatusLine(terminal, verbosity.quiet);
                    Pipeline pipeline = Pipeline.open(compute, model)) {
                Reconstructor reconstructor = pipeline.reconstructor();
                Set<String> names = new HashSet<>();
                for (int i = 0; i < n; i++) {
                    line.show("picture " + (i + 1) + " of " + n);
                    if (features == null) {
                        RgbImage original = Resize.centreSquare(ImageFiles.read(images.get(i)), vae.imageSide());
                        Reconstructor.Encoding encoding = reconstructor.encode(original.toPixels());
                        float[] pixels = reconstructor.decode(encoding.fHat());
                        RgbImage again = RgbImage.ofPixels(pixels, 0, vae.imageSide(), vae.imageSide());
                        report.add(images.get(i), original, again);
                        if (tracing != null) {
                            tracing.add(encoding, pixels);
                        }
                        accept(
                                sink,
                                sideBySide ? new Grid(2, GAP).lay(List.of(original, again)) : again,
                                unique(stem(images.get(i)), names));
                    } else {
                        float[] pixels = reconstructor.decode(features.channelsLast(i));
                        if (tracing != null) {
                            tracing.add(null, pixels);
                        }
                        accept(
                                sink,
                                RgbImage.ofPixels(pixels, 0, vae.imageSide(), vae.imageSide()),
                                String.format(java.util.Locale.ROOT, "%03d.png", i));
                    }
                }
                report.files(sink == null ? List.of() : sink.finish());
                if (tracing != null) {
                    tracing.finish();
                }
            }
            verbosity.print(report, output.reporting(terminal, verbosity));
            return ExitCode.OK;
        }
    }

    private Integer ofSet() throws IOException {
        if (images.size() != 1) {
            throw new InvalidRequestException("image", "a folder or an .npz is reconstructed alone, one in a run");
        }
        if (sideBySide || trace != null) {
            throw new InvalidRequestException(
                    "side-by-side", "--side-by-side and --trace are for pictures that are named one by one");
        }
        if (stopAfter != null && stopAfter < 1) {
            throw new InvalidRequestException("stop-after", "--stop-after must be at least 1");
        }
        Path target = output.named() ? Path.of(output.place()) : null;
        if (target != null && OutputForm.of(output.place()) == OutputForm.GRID) {
            throw new InvalidRequestException(
                    "output", "cannot write " + target + ": a set goes to FILE.npz or a folder");
        }
        try (ModelFolder model = modelOption.open(terminal);
                SampleProgress progress = new SampleProgress(terminal, verbosity.quiet)) {
            int side = ModelParts.tokenizer(model).config().imageSide();
            Compute compute = backendOptions.choose(terminal, verbosity);
            ReconstructionJob.Result result = new ReconstructionJob(images.getFirst(), target, model, side, compute)
                    .run(stopAfter, fresh, progress);
            progress.close();
            if (!verbosity.quiet) {
                result.notes().forEach(note -> terminal.err().println("note: " + note));
            }
            verbosity.print(new SetReconstructionReport(result), terminal);
        }
        return ExitCode.OK;
    }

    private static void accept(PictureSink sink, RgbImage image, String name) throws IOException {
        if (sink != null) {
            sink.accept(image, name, Map.of());
        }
    }

    private static String stem(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private static String unique(String stem, Set<String> names) {
        String name = stem;
        for (int i = 2; !names.add(name); i++) {
            name = stem + "-" + i;
        }
        return name + ".png";
    }
}
