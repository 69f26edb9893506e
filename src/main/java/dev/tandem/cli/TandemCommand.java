package dev.tandem.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tandem} itself: only its commands do anything. */
@Command(
        name = "tandem",
        description = "Draws pictures with visual autoregressive models (VAR) and their collaborative decoding (CoDe).",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem generate --class heart",
            "  tandem generate --class 3,7,12..20 --count 4 -o pictures/",
            "  tandem inspect grid.png",
            "",
            "Options may also stand in a file: tandem generate @settings.txt"
        })
final class TandemCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? `tandem --help` lists them");
    }
}
