package dev.tandem.cli.option;

import dev.tandem.cli.report.Report;
import dev.tandem.cli.terminal.Terminal;
import java.io.IOException;
import picocli.CommandLine.Option;

/** How much a command says. */
public final class VerbosityOptions {
    @Option(
            names = {"-q", "--quiet"},
            description = "No progress, no summary; errors only.")
    public boolean quiet;

    @Option(names = "--json", description = "A machine-readable result on standard output.")
    public boolean json;

    @Option(names = "--verbose", description = "More about choices made; errors with their stack trace.")
    public boolean verbose;

    /** Prints a result: for programs where they asked, for people unless they want silence. */
    public void print(Report report, Terminal terminal) throws IOException {
        if (json || !quiet) {
            terminal.print(report, json);
        }
    }
}
