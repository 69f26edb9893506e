package dev.tandem.cli.terminal;

/** A line on a terminal that is written over; nothing where nobody watches. */
public final class StatusLine implements AutoCloseable {
    private static final String CLEAR = "\r\u001b[K";
    private static final String DIM = "\u001b[2m";
    private static final String BOLD = "\u001b[1m";
    private static final String RESET = "\u001b[0m";

    private final Terminal terminal;
    private final boolean shown;

    public StatusLine(Terminal terminal, boolean quiet) {
        this.terminal = terminal;
        this.shown = !quiet && terminal.overwrites();
    }

    public void show(String text) {
        if (shown) {
            terminal.err().print(CLEAR + text);
            terminal.err().flush();
        }
    }

    String dim(String text) {
        return terminal.colours() ? DIM + text + RESET : text;
    }

    String bold(String text) {
        return terminal.colours() ? BOLD + text + RESET : text;
    }

    /** Takes the line away. */
    @Override
    public void close() {
        show("");
    }
}
