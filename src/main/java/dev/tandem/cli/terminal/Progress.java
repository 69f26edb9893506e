package dev.tandem.cli.terminal;

import dev.tandem.decode.Generator;
import dev.tandem.decode.Schedule;
import dev.tandem.model.Scales;
import dev.tandem.pipeline.GenerateJob;
import java.util.Locale;

/** One line on a terminal that tells which scale of which pictures is being drawn, and by which model. */
public final class Progress implements GenerateJob.Watcher {
    private static final int WIDTH = 20;
    private final StatusLine line;
    private final Schedule schedule;
    private final Scales scales;
    private final int total;
    private final long start = System.nanoTime();
    private int done;
    private int batch;
    private int pixels;

    public Progress(StatusLine line, Schedule schedule, Scales scales, int total) {
        this.line = line;
        this.schedule = schedule;
        this.scales = scales;
        this.total = total;
    }

    @Override
    public void batchBegins(int pictures) {
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
            line.show(pictures() + bar(next) + " making pixels" + rate());
        }
    }

    @Override
    public void madePixels(int pictures, long nanos) {
        pixels += pictures;
    }

    private void show(int scale, Schedule.Step step) {
        int pn = scales.patchNum(scale);
        line.show(pictures() + bar(scale) + " scale " + (scale + 1) + "/" + schedule.scales() + " "
                + line.dim(pn + "×" + pn) + " " + line.bold(step.model()) + rate());
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
                : line.dim(String.format(Locale.ROOT, "  %.2f images/s", done / ((System.nanoTime() - start) / 1e9)));
    }
}
