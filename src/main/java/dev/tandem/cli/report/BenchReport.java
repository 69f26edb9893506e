package dev.tandem.cli.report;

import dev.tandem.decode.Schedule;
import dev.tandem.engine.DeviceUse;
import dev.tandem.host.BuildInfo;
import dev.tandem.study.BenchResult;
import dev.tandem.text.Numbers;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code bench} measured. */
public record BenchReport(BenchResult result) implements Report {
    @Override
    public void text(PrintWriter out) {
        out.println(result.model().config().name() + ", "
                + String.join(
                        " and ",
                        result.schedule().stages().stream()
                                .map(Object::toString)
                                .toList()) + ", batch " + result.batch());
        out.println("on " + result.device() + "; median of "
                + Numbers.count(result.runs().size(), "run") + " after " + result.warmup() + " to warm up; ready after "
                + Numbers.seconds(result.load()) + ", first run " + Numbers.seconds(result.first()));
        DeviceUse use = result.use();
        if (use != null) {
            out.println(DeviceReport.of(use));
        }
        out.println();
        Table parts = new Table("part", "ms", "share");
        for (String part : result.runs().getFirst().timings().parts().keySet()) {
            double time = result.median(r -> r.timings().parts().get(part));
            parts.row(part, ms(time), String.format(Locale.ROOT, "%.0f %%", 100 * time / result.total()));
        }
        parts.row("total", ms(result.total()), "");
        parts.print(out);
        out.println();
        Table table = new Table("scale", "side", "model", "ms");
        for (Schedule.Step step : result.schedule().steps()) {
            table.row(
                    String.valueOf(step.scale() + 1),
                    String.valueOf(result.scales().patchNum(step.scale())),
                    step.model() + (step.catchesUp() ? " with scales " + (step.from() + 1) + "–" + step.scale() : ""),
                    ms(result.median(r -> r.timings().scales()[step.scale()])));
        }
        table.print(out);
        out.println();
        if (result.breakdown() != null) {
            new BreakdownReport(result.breakdown()).text(out);
            out.println();
        }
        out.printf(Locale.ROOT, "%.3f images/s; %s%n", result.rate(), result.memory());
    }

    private static String ms(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.0f", value);
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", result.model().config().name());
        json.put(
                "stages",
                result.schedule().stages().stream().map(Object::toString).toList());
        json.put("device", result.device());
        json.put("batch", result.batch());
        json.put("warmup", result.warmup());
        json.put("load_seconds", result.load() / 1e9);
        json.put("first_run_ms", result.first() / 1e6);
        DeviceUse use = result.use();
        if (use != null) {
            json.put("device_bytes", use.bytes());
            json.put("uploaded_bytes", use.uploaded());
            json.put("convert_ms", use.convertNanos() / 1e6);
            json.put("upload_ms", use.uploadNanos() / 1e6);
            json.put("first_runs_ms", use.firstNanos() / 1e6);
        }
        json.put("runs_ms", result.runs().stream().map(r -> r.total() / 1e6).toList());
        json.put("total_ms", result.total());
        json.put("images_per_second", result.rate());
        Map<String, Object> parts = new LinkedHashMap<>();
        for (String part : result.runs().getFirst().timings().parts().keySet()) {
            parts.put(part, result.median(r -> r.timings().parts().get(part)));
        }
        json.put("parts_ms", parts);
        List<Object> perScale = new ArrayList<>();
        for (Schedule.Step step : result.schedule().steps()) {
            Map<String, Object> scale = new LinkedHashMap<>();
            scale.put("scale", step.scale() + 1);
            scale.put("side", result.scales().patchNum(step.scale()));
            scale.put("model", step.model());
            scale.put("from_scale", step.from() + 1);
            scale.put("ms", result.median(r -> r.timings().scales()[step.scale()]));
            perScale.add(scale);
        }
        json.put("scales", perScale);
        if (result.breakdown() != null) {
            json.put("breakdown", new BreakdownReport(result.breakdown()).json());
        }
        json.put("peak_rss_bytes", result.memory().peakResident());
        json.put("peak_heap_bytes", result.memory().peakHeap());
        json.put("tandem", BuildInfo.version());
        json.put("jdk", Runtime.version().toString());
        return json;
    }
}
