package dev.tandem.cli.report;

import dev.tandem.analysis.Nearness;
import dev.tandem.analysis.Psnr;
import dev.tandem.image.RgbImage;
import dev.tandem.text.Numbers;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code reconstruct} says when it is done: how near every reconstruction came. */
public final class ReconstructReport implements Report {
    private record Line(Path image, double psnr) {}

    private final List<Line> lines = new ArrayList<>();
    private Nearness nearness = Nearness.NONE;
    private List<Path> files = List.of();

    public void add(Path image, RgbImage original, RgbImage again) {
        lines.add(new Line(image, Psnr.of(original.levels(), again.levels(), RgbImage.MOST)));
        nearness = nearness.and(original.levels(), again.levels(), original.height(), original.width(), RgbImage.MOST);
    }

    public void files(List<Path> written) {
        files = written;
    }

    @Override
    public void text(PrintWriter out) {
        lines.forEach(l -> out.println(l.image() + ": " + Decibels.text(l.psnr())));
        if (lines.size() > 1) {
            out.println(Decibels.mean(nearness));
        }
        if (!files.isEmpty()) {
            out.println("wrote " + (files.size() == 1 ? files.getFirst() : Numbers.count(files.size(), "file")));
        }
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(
                "images",
                lines.stream()
                        .map(l -> {
                            Map<String, Object> line = new LinkedHashMap<>();
                            line.put("image", l.image().toString());
                            line.put("psnr", Decibels.finite(l.psnr()));
                            return line;
                        })
                        .toList());
        json.put("mean_psnr", Decibels.finite(nearness.meanPsnr()));
        json.put("mean_ssim", Decibels.finite(nearness.meanSsim()));
        json.put("files", files.stream().map(Path::toString).toList());
        return json;
    }
}
