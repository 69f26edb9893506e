package dev.tandem.cli;

import dev.tandem.decode.GenerationListener;
import dev.tandem.decode.Generator;
import dev.tandem.decode.Schedule;
import dev.tandem.model.Scales;
import java.util.Locale;

/** One line on a terminal that tells which scale of which pictures is being drawn, and by which model. */
final class Progress implements GenerationListener, AutoCloseable {
    private static final int WIDTH = 20;
    private static final String CLEAR = "\r\u001b[K";
    private static final String DIM = "\u001b[2m";
    private static final String BOLD = "\u001b[1m";
    private static final String RESET = "\u001b[0m";

    private final Terminal terminal;
    private final boolean shown;
    private final Schedule schedule;
    private final Scales scales;
    private final int total;
    private final long start = System.nanoTime();
    private int done;
    private int batch;
    private int pixels;

    Progress(Terminal terminal, boolean quiet, Schedule schedule, Scales scales, int total) {
        this.terminal = terminal;
        this.shown = !quiet && terminal.overwrites();
        this.schedule = schedule;
        this.scales = scales;
        this.total = total;
    }

    /** What happens before the first scale. */
    void say(String what) {
        line(what);
    }

    /** The next batch begins. */
    void batch(int pictures) {
        done += pixels;
        pixels = 0;
        batch = pictures;
        show(0, schedule.steps().getFirst());
    }

    @Override
    public void decodedScale(Schedule.Step step, Generator generator, long nanos) {
        int next = step.scale() + 1;
        if (next < schedule.scales()) {
            show(next, schedule.steps().get(next));
        } else {
            line(pictures() + bar(next) + " making pixels" + rate());
        }
    }

    @Override
    public void madePixels(int pictures, long nanos) {
        pixels += pictures;
    }

    private void show(int scale, Schedule.Step step) {
        int pn = scales.patchNum(scale);
        line(pictures() + bar(scale) + " scale " + (scale + 1) + "/" + schedule.scales() + " " + dim(pn + "×" + pn)
                + " " + bold(step.model()) + rate());
    }

    private String pictures() {
        int first = done + 1;
        int last = done + batch;
        return "picture " + first + (last > first ? "–" + last : "") + " of " + total + " ";
    }

    private String bar(int scale) {
        int full = WIDTH * scale / schedule.scales();
        return "█".repeat(full) + "░".repeat(WIDTH - full);
    }

    private String rate() {
        return done == 0
                ? ""
                : dim(String.format(Locale.ROOT, "  %.2f images/s", done / ((System.nanoTime() - start) / 1e9)));
    }

    private String dim(String text) {
        return terminal.colours() ? DIM + text + RESET : text;
    }

    private String bold(String text) {
        return terminal.colours() ? BOLD + text + RESET : text;
    }

    private void line(String text) {
        if (shown) {
            terminal.err().print(CLEAR + text);
            terminal.err().flush();
        }
    }

    /** Takes the line away. */
    @Override
    public void close() {
        line("");
    }
}
