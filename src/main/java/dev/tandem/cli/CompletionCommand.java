package dev.tandem.cli;

import dev.tandem.cli.terminal.Terminal;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a script that completes commands and options in a shell. */
@Command(
        name = "completion",
        description = "Prints a script that completes commands and options in a shell.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(tandem completion bash)",
            "  tandem completion bash > ~/.local/share/bash-completion/completions/tandem",
            "  source <(tandem completion zsh)"
        })
final class CompletionCommand implements Callable<Integer> {
    /** Shells that understand the script. */
    enum Shell {
        bash,
        zsh
    }

    private final Terminal terminal;

    @SuppressWarnings("unused") // there to be checked and listed
    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    private Shell shell;

    @Spec
    private CommandSpec spec;

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        // one script serves both: it loads zsh's emulation of bash's completion where it runs in zsh
        terminal.out().println(AutoComplete.bash("tandem", spec.root().commandLine()));
        return ExitCode.OK;
    }
}
