package dev.tandem.study;

import dev.tandem.decode.Schedule;
import dev.tandem.engine.DeviceUse;
import dev.tandem.folder.Model;
import dev.tandem.host.ProcessMemory;
import dev.tandem.model.Scales;
import dev.tandem.pipeline.Timings;
import dev.tandem.profile.Breakdown;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * How long runs took. Times in nanoseconds.
 *
 * @param batch pictures at a time
 * @param warmup runs before those that count
 * @param load until the models stood ready
 * @param first the very first run, before which nothing is compiled
 * @param runs those that count
 * @param use what was done with a device, or null where there is none
 * @param memory what the runs took, before anything else was measured
 * @param breakdown where the time goes, null where nobody asked
 */
public record BenchResult(
        Model model,
        Schedule schedule,
        Scales scales,
        String device,
        int batch,
        int warmup,
        long load,
        long first,
        List<Run> runs,
        DeviceUse use,
        ProcessMemory memory,
        BreakdownResult breakdown) {

    /** One run, by its parts and in all. */
    public record Run(Timings timings, long total) {}

    /** In milliseconds. */
    public double median(ToLongFunction<Run> time) {
        return Breakdown.median(runs.stream().mapToLong(time)) / 1e6;
    }

    /** A run's milliseconds. */
    public double total() {
        return median(Run::total);
    }

    /** Pictures a second. */
    public double rate() {
        return batch / (total() / 1e3);
    }

    BenchResult with(BreakdownResult where) {
        return new BenchResult(model, schedule, scales, device, batch, warmup, load, first, runs, use, memory, where);
    }
}
