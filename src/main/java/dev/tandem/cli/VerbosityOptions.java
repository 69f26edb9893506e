package dev.tandem.cli;

import picocli.CommandLine.Option;

/** How much a command says. */
final class VerbosityOptions {
    @Option(
            names = {"-q", "--quiet"},
            description = "No progress, no summary; errors only.")
    boolean quiet;

    @Option(names = "--json", description = "A machine-readable result on standard output.")
    boolean json;

    @Option(names = "--verbose", description = "More about choices made; errors with their stack trace.")
    boolean verbose;
}
