package dev.tandem.cli;

import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.report.CheckpointInspection;
import dev.tandem.cli.report.PictureInspection;
import dev.tandem.cli.report.PngInspection;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.image.PngText;
import dev.tandem.image.file.PictureFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what a file or folder is. */
@Command(
        name = "inspect",
        description = "Tells what a picture, a model folder or a checkpoint is.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem inspect grid.png          # its parameters, and the command that makes it again",
            "  tandem inspect weights/demo      # parts, sizes, settings, the memory that a run needs",
            "  tandem inspect var_d16.pth       # what is in a checkpoint"
        })
final class InspectCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "PATH", description = "Picture, model folder, .pth or .safetensors.")
    private Path path;

    @Option(names = "--tensors", description = "List every tensor of a checkpoint or model folder.")
    private boolean tensors;

    @Mixin
    private VerbosityOptions verbosity;

    InspectCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (Files.isRegularFile(path) && PngText.isPng(path)) {
            terminal.print(PngInspection.of(path), verbosity.json);
            return ExitCode.OK;
        }
        if (Files.isRegularFile(path) && PictureFormat.named(path.getFileName().toString())) {
            terminal.print(PictureInspection.of(path), verbosity.json);
            return ExitCode.OK;
        }
        terminal.print(new CheckpointInspection(path, tensors), verbosity.json);
        return ExitCode.OK;
    }
}
