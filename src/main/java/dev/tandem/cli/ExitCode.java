package dev.tandem.cli;

/** How a command ends. */
final class ExitCode {
    /** It did what it was asked. */
    static final int OK = 0;
    /** It could not. */
    static final int FAILURE = 1;
    /** It was asked for something that cannot be. */
    static final int USAGE = 2;

    private ExitCode() {}
}
