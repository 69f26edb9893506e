package dev.tandem.cli.report;

import dev.tandem.job.set.ExportJob;
import dev.tandem.text.Numbers;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code export} says. */
public record ExportReport(Path output, ExportJob.Result result) implements Report {
    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("output", output.toString());
        json.put("pictures", result.pictures());
        json.put("classes", result.classes() == 0 ? null : result.classes());
        return json;
    }

    @Override
    public void text(PrintWriter out) {
        String classes = result.classes() == 0
                ? ""
                : " of " + (result.classes() == 1 ? "1 class" : result.classes() + " classes");
        out.println(output + ": " + Numbers.count(result.pictures(), "picture") + classes);
    }
}
