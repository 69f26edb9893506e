package dev.tandem.cli.report;

import dev.tandem.model.Scales;
import dev.tandem.study.ScoreResult;
import dev.tandem.text.Numbers;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code score} says: per scale, means over the pictures. */
public record ScoreReport(String model, ScoreResult result) implements Report {
    @Override
    public void text(PrintWriter out) {
        Scales scales = result.scales();
        Table table = new Table("scale", "side", "codes", "cross-entropy, nats", "top-1");
        for (int i = 0; i < scales.count(); i++) {
            table.row(
                    String.valueOf(i + 1),
                    String.valueOf(scales.patchNum(i)),
                    String.valueOf(scales.tokens(i)),
                    decimals(result.crossEntropy()[i]),
                    percent(result.top1()[i]));
        }
        table.row(
                "all",
                "",
                String.valueOf(scales.length()),
                decimals(result.overall(result.crossEntropy())),
                percent(result.overall(result.top1())));
        out.println(result.transformer() + " on " + Numbers.count(result.pictures(), "picture"));
        table.print(out);
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * value);
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", model);
        json.put("transformer", result.transformer());
        json.put("pictures", result.pictures());
        Scales scales = result.scales();
        List<Object> perScale = new ArrayList<>();
        for (int i = 0; i < scales.count(); i++) {
            Map<String, Object> scale = new LinkedHashMap<>();
            scale.put("scale", i + 1);
            scale.put("side", scales.patchNum(i));
            scale.put("positions", scales.tokens(i));
            scale.put("cross_entropy", result.crossEntropy()[i]);
            scale.put("top1", result.top1()[i]);
            perScale.add(scale);
        }
        json.put("scales", perScale);
        json.put("cross_entropy", result.overall(result.crossEntropy()));
        json.put("top1", result.overall(result.top1()));
        return json;
    }
}
