package dev.tandem.cli;

import dev.tandem.cli.option.PictureHelp;
import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.report.ExportReport;
import dev.tandem.cli.terminal.SampleProgress;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.job.set.ExportJob;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Turns a set of pictures into a folder or an npz file. */
@Command(
        name = "export",
        description = "Turns a set of pictures into files and back: an .npz into a folder, a folder into an .npz.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem export samples.npz -o samples/",
            "  tandem export samples/ -o samples.npz",
            "  tandem export ILSVRC2012_img_val/ -o val256.npz --side 256",
            "",
            "Classes (arr_1) are folders there and numbers here. A folder called by a number is that class; where any is",
            "called otherwise, a class is its place among the sorted names, as torchvision's ImageFolder counts. A folder",
            "that `sample` drew has its classes and its order from the index beside it, any other goes by files' names.",
            PictureHelp.STORED,
            PictureHelp.STORED_TOO,
            PictureHelp.LINKS
        })
final class ExportCommand implements Callable<Integer> {
    private static final int LARGEST_SIDE = 1 << 14;

    private final Terminal terminal;

    @Parameters(paramLabel = "SET", description = "A folder of pictures, or an .npz of samples (arr_0).")
    private Path set;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PATH",
            required = true,
            description = "FILE.npz, or a folder: a PNG per picture.")
    private Path output;

    @Option(
            names = "--side",
            paramLabel = "N",
            description =
                    "Scale every picture by its shorter side to N pixels and cut it to a square around its middle.")
    private Integer side;

    @Mixin
    private VerbosityOptions verbosity;

    ExportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (side != null && (side < 1 || side > LARGEST_SIDE)) {
            throw new InvalidRequestException("side", "--side takes a number of pixels from 1 to " + LARGEST_SIDE);
        }
        ExportJob.Result result;
        try (SampleProgress progress = new SampleProgress(terminal, verbosity.quiet)) {
            result = new ExportJob(set, output, side).run((pictures, total) -> {
                if (pictures == 1) {
                    progress.begins(total, 0);
                }
                progress.done(pictures);
            });
        }
        if (!verbosity.quiet) {
            result.notes().forEach(note -> terminal.err().println("note: " + note));
        }
        verbosity.print(new ExportReport(output, result), terminal);
        return ExitCode.OK;
    }
}
