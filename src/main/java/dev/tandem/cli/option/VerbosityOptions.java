package dev.tandem.cli.option;

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
}
