package dev.tandem.cli.report;

import dev.tandem.cli.Version;
import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.decode.Schedule;
import dev.tandem.engine.DeviceUse;
import dev.tandem.folder.Model;
import dev.tandem.host.ProcessMemory;
import dev.tandem.model.Scales;
import dev.tandem.pipeline.Timings;
import dev.tandem.profile.Breakdown;
import dev.tandem.text.Numbers;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/** What {@code bench} measured. */
public final class BenchReport {
    private record Run(Timings timings, long total) {}

    private final Model model;
    private final Schedule schedule;
    private final Scales scales;
    private final String device;
    private final int batch;
    private final int warmup;
    private final long load;
    private final List<Run> runs = new ArrayList<>();
    private long first;
    private DeviceUse use;
    private ProcessMemory memory;
    private BreakdownReport breakdown;

    /** @param load nanoseconds until the models stood ready */
    public BenchReport(Model model, Schedule schedule, Scales scales, String device, int batch, int warmup, long load) {
        this.model = model;
        this.schedule = schedule;
        this.scales = scales;
        this.device = device;
        this.batch = batch;
        this.warmup = warmup;
        this.load = load;
    }

    /** @param total nanoseconds of the very first run, before which nothing is compiled */
    public void first(long total) {
        first = total;
    }

    public void device(DeviceUse deviceUse) {
        use = deviceUse;
    }

    /** What the runs took, before anything else was measured. */
    public void memory(ProcessMemory now) {
        memory = now;
    }

    public void breakdown(BreakdownReport report) {
        breakdown = report;
    }

    public void add(Timings timings, long total) {
        runs.add(new Run(timings, total));
    }

    /** In milliseconds. */
    private double median(ToLongFunction<Run> time) {
        return Breakdown.median(runs.stream().mapToLong(time)) / 1e6;
    }

    private double total() {
        return median(Run::total);
    }

    private double rate() {
        return batch / (total() / 1e3);
    }

    public void print(Terminal terminal, VerbosityOptions verbosity) throws IOException {
        if (verbosity.json) {
            terminal.json(json());
        } else {
            print(terminal.out());
        }
        terminal.out().flush();
    }

    private void print(PrintWriter out) {
        out.println(model.config().name() + ", "
                + String.join(" and ", schedule.stages().stream().map(Object::toString).toList()) + ", batch " + batch);
        out.println("on " + device + "; median of " + Numbers.count(runs.size(), "run") + " after " + warmup
                + " to warm up; ready after " + Numbers.seconds(load) + ", first run " + Numbers.seconds(first));
        if (use != null) {
            out.println(DeviceReport.of(use));
        }
        out.println();
        Table parts = new Table("part", "ms", "share");
        for (String part : runs.getFirst().timings().parts().keySet()) {
            double time = median(r -> r.timings().parts().get(part));
            parts.row(part, ms(time), String.format(Locale.ROOT, "%.0f %%", 100 * time / total()));
        }
        parts.row("total", ms(total()), "");
        parts.print(out);
        out.println();
        Table table = new Table("scale", "side", "model", "ms");
        for (Schedule.Step step : schedule.steps()) {
            table.row(
                    String.valueOf(step.scale() + 1),
                    String.valueOf(scales.patchNum(step.scale())),
                    step.model() + (step.catchesUp() ? " with scales " + (step.from() + 1) + "–" + step.scale() : ""),
                    ms(median(r -> r.timings().scales()[step.scale()])));
        }
        table.print(out);
        out.println();
        if (breakdown != null) {
            breakdown.print(out);
            out.println();
        }
        out.printf(Locale.ROOT, "%.3f images/s; %s%n", rate(), memory);
    }

    private static String ms(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.0f", value);
    }

    private Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", model.config().name());
        json.put("stages", schedule.stages().stream().map(Object::toString).toList());
        json.put("device", device);
        json.put("batch", batch);
        json.put("warmup", warmup);
        json.put("load_seconds", load / 1e9);
        json.put("first_run_ms", first / 1e6);
        if (use != null) {
            json.put("device_bytes", use.bytes());
            json.put("uploaded_bytes", use.uploaded());
            json.put("convert_ms", use.convertNanos() / 1e6);
            json.put("upload_ms", use.uploadNanos() / 1e6);
            json.put("first_runs_ms", use.firstNanos() / 1e6);
        }
        json.put("runs_ms", runs.stream().map(r -> r.total() / 1e6).toList());
        json.put("total_ms", total());
        json.put("images_per_second", rate());
        Map<String, Object> parts = new LinkedHashMap<>();
        for (String part : runs.getFirst().timings().parts().keySet()) {
            parts.put(part, median(r -> r.timings().parts().get(part)));
        }
        json.put("parts_ms", parts);
        List<Object> perScale = new ArrayList<>();
        for (Schedule.Step step : schedule.steps()) {
            Map<String, Object> scale = new LinkedHashMap<>();
            scale.put("scale", step.scale() + 1);
            scale.put("side", scales.patchNum(step.scale()));
            scale.put("model", step.model());
            scale.put("from_scale", step.from() + 1);
            scale.put("ms", median(r -> r.timings().scales()[step.scale()]));
            perScale.add(scale);
        }
        json.put("scales", perScale);
        if (breakdown != null) {
            json.put("breakdown", breakdown.json());
        }
        json.put("peak_rss_bytes", memory.peakResident());
        json.put("peak_heap_bytes", memory.peakHeap());
        json.put("tandem", Version.tandem());
        json.put("jdk", Runtime.version().toString());
        return json;
    }
}
