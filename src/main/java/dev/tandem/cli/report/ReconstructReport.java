package dev.tandem.cli.report;

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
    private List<Path> files = List.of();

    public void add(Path image, double psnr) {
        lines.add(new Line(image, psnr));
    }

    public void files(List<Path> written) {
        files = written;
    }

    private double mean() {
        return lines.stream().mapToDouble(Line::psnr).average().orElse(Double.NaN);
    }

    @Override
    public void text(PrintWriter out) {
        lines.forEach(l -> out.println(l.image() + ": " + Decibels.text(l.psnr())));
        if (lines.size() > 1) {
            out.println("mean of " + lines.size() + ": " + Decibels.text(mean()));
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
        json.put("mean_psnr", Decibels.finite(mean()));
        json.put("files", files.stream().map(Path::toString).toList());
        return json;
    }
}
