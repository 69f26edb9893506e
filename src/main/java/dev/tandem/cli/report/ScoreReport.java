package dev.tandem.cli.report;

import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.decode.Scorer.ScaleScore;
import dev.tandem.model.Scales;
import dev.tandem.text.Numbers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What {@code score} says: per scale, means over the pictures. */
public final class ScoreReport {
    private final String model;
    private final String transformer;
    private final Scales scales;
    private final int pictures;
    private final double[] crossEntropy;
    private final double[] top1;

    public ScoreReport(String model, String transformer, Scales scales, int pictures) {
        this.model = model;
        this.transformer = transformer;
        this.scales = scales;
        this.pictures = pictures;
        crossEntropy = new double[scales.count()];
        top1 = new double[scales.count()];
    }

    public void add(ScaleScore score) {
        crossEntropy[score.scale()] += score.crossEntropy() / pictures;
        top1[score.scale()] += score.top1() / pictures;
    }

    /** Mean over all positions. */
    private double overall(double[] perScale) {
        return IntStream.range(0, scales.count())
                        .mapToDouble(i -> perScale[i] * scales.tokens(i))
                        .sum()
                / scales.length();
    }

    public void print(Terminal terminal, VerbosityOptions verbosity) throws IOException {
        if (verbosity.json) {
            terminal.json(json());
            return;
        }
        if (verbosity.quiet) {
            return;
        }
        Table table = new Table("scale", "side", "codes", "cross-entropy, nats", "top-1");
        for (int i = 0; i < scales.count(); i++) {
            table.row(
                    String.valueOf(i + 1),
                    String.valueOf(scales.patchNum(i)),
                    String.valueOf(scales.tokens(i)),
                    decimals(crossEntropy[i]),
                    percent(top1[i]));
        }
        table.row("all", "", String.valueOf(scales.length()), decimals(overall(crossEntropy)), percent(overall(top1)));
        terminal.out().println(transformer + " on " + Numbers.count(pictures, "picture"));
        table.print(terminal.out());
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * value);
    }

    private Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", model);
        json.put("transformer", transformer);
        json.put("pictures", pictures);
        List<Object> perScale = new ArrayList<>();
        for (int i = 0; i < scales.count(); i++) {
            Map<String, Object> scale = new LinkedHashMap<>();
            scale.put("scale", i + 1);
            scale.put("side", scales.patchNum(i));
            scale.put("positions", scales.tokens(i));
            scale.put("cross_entropy", crossEntropy[i]);
            scale.put("top1", top1[i]);
            perScale.add(scale);
        }
        json.put("scales", perScale);
        json.put("cross_entropy", overall(crossEntropy));
        json.put("top1", overall(top1));
        return json;
    }
}
