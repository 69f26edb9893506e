package dev.tandem.cli;

import dev.tandem.cli.terminal.Terminal;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.text.Suggestions;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the manual page. */
@Command(
        name = "man",
        description = "Prints the manual page, of all commands or of one, made from the commands themselves.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem man | man -l -",
            "  tandem man generate | man -l -",
            "  tandem man > ~/.local/share/man/man1/tandem.1"
        })
final class ManCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "COMMAND", arity = "0..1", description = "The command to print the page of. Default: all.")
    private String command;

    @Spec
    private CommandSpec spec;

    ManCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.out().print(page());
        terminal.out().flush();
        return ExitCode.OK;
    }

    private String page() {
        ManPage page = new ManPage(spec.root());
        if (command == null) {
            return page.text();
        }
        Map<String, CommandLine> all = spec.root().subcommands();
        if (!all.containsKey(command)) {
            throw new InvalidRequestException(
                    "command", "unknown command '" + command + "'" + Suggestions.didYouMean(command, all.keySet()));
        }
        return page.text(all.get(command).getCommandSpec());
    }
}
