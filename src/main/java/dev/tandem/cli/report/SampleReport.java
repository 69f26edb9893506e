package dev.tandem.cli.report;

import dev.tandem.job.SampleJob;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What {@code sample} says when it is done or stops. */
public record SampleReport(SampleJob.Result result) implements Report {
    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("output", result.target().toString());
        json.put("pictures", result.total());
        json.put("done_before", result.before());
        json.put("done", result.done());
        json.put("seconds", result.nanos() / 1e9);
        return json;
    }

    @Override
    public void text(PrintWriter out) {
        String what = result.before() == result.total()
                ? "was complete already"
                : result.done() == result.total() ? "is complete" : "goes on with the same command";
        out.println(String.format(
                Locale.ROOT,
                "%s: %d of %d pictures, %d of them now in %.2f s; it %s",
                result.target(),
                result.done(),
                result.total(),
                result.done() - result.before(),
                result.nanos() / 1e9,
                what));
    }
}
