package dev.tandem.pipeline;

import dev.tandem.decode.Generator;
import dev.tandem.decode.Schedule;
import java.util.LinkedHashMap;
import java.util.Map;

/** Adds up how long the parts of a generation take. */
public final class Timings implements GenerateJob.Watcher {
    static final String CONDITION = "condition";
    static final String SCALES = "scales";
    static final String DRAFT = "draft";
    static final String PREFIX = "prefix";
    static final String REFINE = "refine";
    static final String DECODE = "decode";

    private final boolean collaborative;
    private final Map<String, Long> parts = new LinkedHashMap<>();
    private final long[] scales;

    public Timings(Schedule schedule) {
        collaborative = schedule.stages().size() > 1;
        scales = new long[schedule.scales()];
        parts.put(CONDITION, 0L);
        if (collaborative) {
            parts.put(DRAFT, 0L);
            parts.put(PREFIX, 0L);
            parts.put(REFINE, 0L);
        } else {
            parts.put(SCALES, 0L);
        }
        parts.put(DECODE, 0L);
    }

    @Override
    public void conditioned(String model, long nanos) {
        parts.merge(CONDITION, nanos, Long::sum);
    }

    @Override
    public void decodedScale(Schedule.Step step, Generator generator, long nanos) {
        scales[step.scale()] += nanos;
        parts.merge(part(step), nanos, Long::sum);
    }

    private String part(Schedule.Step step) {
        if (!collaborative) {
            return SCALES;
        }
        if (step.catchesUp()) {
            return PREFIX;
        }
        return step.stage() == 0 ? DRAFT : REFINE;
    }

    @Override
    public void madePixels(int pictures, long nanos) {
        parts.merge(DECODE, nanos, Long::sum);
    }

    /** Nanoseconds by part, in the order in which they happen. */
    public Map<String, Long> parts() {
        return parts;
    }

    /** Nanoseconds of every scale. */
    public long[] scales() {
        return scales;
    }
}
