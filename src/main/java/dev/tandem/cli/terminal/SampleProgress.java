package dev.tandem.cli.terminal;

import dev.tandem.job.SampleJob;
import java.util.Locale;

/** Tells how far a long job is, how fast it goes and when it will be done: on a terminal always, else now and then. */
public final class SampleProgress implements SampleJob.Listener, AutoCloseable {
    private static final long BETWEEN_LINES = 60_000_000_000L;

    private final Terminal terminal;
    private final boolean quiet;
    private final StatusLine line;
    private int total;
    private int before;
    private long start;
    private long lastLine;

    public SampleProgress(Terminal terminal, boolean quiet) {
        this.terminal = terminal;
        this.quiet = quiet;
        this.line = new StatusLine(terminal, quiet);
    }

    @Override
    public void begins(int ofAll, int doneBefore) {
        total = ofAll;
        before = doneBefore;
        start = System.nanoTime();
        lastLine = start;
    }

    @Override
    public void done(int pictures) {
        long now = System.nanoTime();
        double rate = (pictures - before) / ((now - start) / 1e9);
        String text = text(pictures, total, rate);
        line.show(text);
        if (!quiet && !terminal.overwrites() && now - lastLine > BETWEEN_LINES) {
            terminal.err().println(text);
            terminal.err().flush();
            lastLine = now;
        }
    }

    public static String text(int pictures, int total, double rate) {
        return String.format(
                Locale.ROOT,
                "%d of %d pictures, %.2f images/s, %s left",
                pictures,
                total,
                rate,
                duration(Math.round((total - pictures) / rate)));
    }

    /** {@code 2 h 05 min}, {@code 3 min 20 s}, {@code 7 s}. */
    public static String duration(long seconds) {
        if (seconds >= 3600) {
            return String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds / 60 % 60);
        }
        return seconds >= 60 ? String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60) : seconds + " s";
    }

    @Override
    public void close() {
        line.close();
    }
}
