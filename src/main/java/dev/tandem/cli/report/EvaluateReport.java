package dev.tandem.cli.report;

import dev.tandem.evaluate.Evaluation;
import dev.tandem.evaluate.FeatureExtractor;
import dev.tandem.evaluate.Preprocessing;
import dev.tandem.evaluate.SampleSet;
import dev.tandem.evaluate.Summary;
import dev.tandem.text.Numbers;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code evaluate} says. */
public final class EvaluateReport implements Report {
    private final Evaluation evaluation;
    private final int splits;
    private final int neighbours;
    private Map<String, Object> network;
    private Path saved;
    private Summary first;
    private Summary second;
    private Evaluation.Result result;

    public EvaluateReport(Evaluation evaluation, int splits, int neighbours) {
        this.evaluation = evaluation;
        this.splits = splits;
        this.neighbours = neighbours;
    }

    /** @param extractor null where none was needed */
    public void network(FeatureExtractor extractor, Preprocessing preprocessing) {
        if (extractor != null) {
            network = new LinkedHashMap<>();
            network.put("model", extractor.name());
            network.put("dimension", extractor.dimension());
            network.put("resize", preprocessing.name().toLowerCase(Locale.ROOT));
        }
    }

    public void saved(Path statistics) {
        saved = statistics;
    }

    public void result(Summary ofReference, Summary ofSamples, Evaluation.Result computed) {
        first = ofReference;
        second = ofSamples;
        result = computed;
    }

    /** Says what to bear in mind. */
    public void warn(PrintWriter err) {
        warn(err, first);
        warn(err, second);
        result.warnings().forEach(w -> err.println("warning: " + w));
    }

    private static void warn(PrintWriter err, Summary summary) {
        if (summary != null) {
            summary.unreadable().forEach(u -> err.println("left out " + u));
            summary.notes().forEach(note -> err.println("note: " + note));
        }
    }

    @Override
    public void text(PrintWriter out) {
        line(out, "reference", describe(evaluation.reference(), first));
        if (second != null) {
            line(out, "samples", describe(evaluation.samples(), second));
        }
        if (network != null) {
            line(
                    out,
                    "features",
                    network.get("dimension") + " of " + network.get("model") + ", resized as " + network.get("resize")
                            + " does");
        }
        if (result.frechetDistance() != null) {
            line(out, "Fréchet distance", decimals(result.frechetDistance()));
        }
        if (result.spatialDistance() != null) {
            line(out, "sFID", decimals(result.spatialDistance()));
        }
        if (result.inceptionScore() != null) {
            line(
                    out,
                    "Inception score",
                    decimals(result.inceptionScore().mean()) + " ± "
                            + decimals(result.inceptionScore().deviation()) + " in " + Numbers.count(splits, "split"));
        }
        if (result.precision() != null) {
            line(out, "precision", decimals(result.precision()));
        }
        if (result.recall() != null) {
            line(out, "recall", decimals(result.recall()));
        }
        if (saved != null) {
            out.println("wrote " + saved);
        }
    }

    private static void line(PrintWriter out, String what, String value) {
        out.println(String.format(Locale.ROOT, "%-18s%s", what, value));
    }

    private static String describe(SampleSet set, Summary summary) {
        String text = set.path() + " (" + set.what();
        if (summary.samples() > 0) {
            text += ", " + summary.samples();
        }
        if (!summary.unreadable().isEmpty()) {
            text += ", " + summary.unreadable().size() + " left out";
        }
        return text + ")";
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("reference", json(evaluation.reference(), first));
        if (second != null) {
            json.put("samples", json(evaluation.samples(), second));
        }
        if (network != null) {
            json.put("features", network);
        }
        if (result.frechetDistance() != null) {
            json.put("frechet_distance", result.frechetDistance());
        }
        if (result.spatialDistance() != null) {
            json.put("sfid", result.spatialDistance());
        }
        if (result.inceptionScore() != null) {
            Map<String, Object> score = new LinkedHashMap<>();
            score.put("mean", result.inceptionScore().mean());
            score.put("deviation", result.inceptionScore().deviation());
            score.put("splits", splits);
            json.put("inception_score", score);
        }
        if (result.precision() != null) {
            json.put("precision", result.precision());
        }
        if (result.recall() != null) {
            json.put("recall", result.recall());
        }
        if (result.precision() != null || result.recall() != null) {
            json.put("neighbours", neighbours);
        }
        if (saved != null) {
            json.put("statistics", saved.toString());
        }
        json.put("warnings", result.warnings());
        return json;
    }

    private static Map<String, Object> json(SampleSet set, Summary summary) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", set.path().toString());
        json.put("kind", set.what());
        json.put("samples", summary.samples() == 0 ? null : summary.samples());
        json.put("left_out", List.copyOf(summary.unreadable()));
        json.put("notes", summary.notes());
        return json;
    }
}
