package dev.tandem.cli.report;

import dev.tandem.analysis.Psnr;
import dev.tandem.image.Mask;
import dev.tandem.image.RgbImage;
import dev.tandem.request.EditRegion;
import dev.tandem.text.Numbers;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code edit} says when it is done: how much changed where nothing should, beside the tokenizer's own error. */
public final class EditReport implements Report {
    private final EditRegion region;
    /** So many places from the edit the decoder carries little over: what it changes there comes from attention alone. */
    private static final int FAR = 2;

    private final Mask kept;
    private final Mask far;
    private final RgbImage reconstruction;
    private final List<Double> untouched = new ArrayList<>();
    private final List<Double> untouchedFar = new ArrayList<>();
    private List<Path> files = List.of();
    private long nanos;

    public EditReport(EditRegion region, RgbImage reconstruction) {
        this.region = region;
        this.kept = region.pixels().inverted();
        this.far = region.patches()
                .grown(FAR)
                .inverted()
                .nearest(region.image().width(), region.image().height());
        this.reconstruction = reconstruction;
    }

    public void add(RgbImage edited) {
        untouched.add(psnr(edited, kept));
        untouchedFar.add(psnr(edited, far));
    }

    private double psnr(RgbImage other, Mask where) {
        return Psnr.within(region.image().levels(), other.levels(), RgbImage.MOST, where.marked());
    }

    private double tokenizer(Mask where) {
        return psnr(reconstruction, where);
    }

    /** @param took nanoseconds, from the start of the command */
    public void written(List<Path> to, long took) {
        files = to;
        nanos = took;
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("files", files.stream().map(Path::toString).toList());
        json.put("places_redrawn", region.patches().count());
        json.put("places", region.patches().marked().length);
        json.put("untouched_pixels", kept.count());
        json.put("tokenizer_psnr", Decibels.finite(tokenizer(kept)));
        json.put("untouched_psnr", untouched.stream().map(Decibels::finite).toList());
        json.put("tokenizer_far_psnr", Decibels.finite(tokenizer(far)));
        json.put(
                "untouched_far_psnr",
                untouchedFar.stream().map(Decibels::finite).toList());
        json.put("seconds", nanos / 1e9);
        return json;
    }

    @Override
    public void text(PrintWriter out) {
        out.println(files.getFirst() + ": " + Numbers.count(untouched.size(), "edit") + " in "
                + Numbers.seconds(nanos) + ", " + region.patches().count() + " of "
                + region.patches().marked().length + " places drawn anew");
        say(out, "untouched part", kept, untouched);
        say(out, FAR + " places and more from the edit", far, untouchedFar);
    }

    private void say(PrintWriter out, String part, Mask where, List<Double> psnr) {
        if (where.count() > 0) {
            double mean =
                    psnr.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
            out.println(part + ": " + Decibels.text(mean) + " to the original; the tokenizer alone, without an edit: "
                    + Decibels.text(tokenizer(where)));
        }
    }
}
