package dev.tandem.cli.report;

import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.text.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code reconstruct} says when it is done: how near every reconstruction came. */
public final class ReconstructReport {
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

    public void print(Terminal terminal, VerbosityOptions verbosity) throws IOException {
        if (verbosity.json) {
            terminal.json(json());
            return;
        }
        if (verbosity.quiet) {
            return;
        }
        lines.forEach(l -> terminal.out().println(l.image() + ": " + decibels(l.psnr())));
        if (lines.size() > 1) {
            terminal.out().println("mean of " + lines.size() + ": " + decibels(mean()));
        }
        if (!files.isEmpty()) {
            terminal.out()
                    .println("wrote " + (files.size() == 1 ? files.getFirst() : Numbers.count(files.size(), "file")));
        }
    }

    private static String decibels(double psnr) {
        return Double.isInfinite(psnr) ? "no difference" : String.format(Locale.ROOT, "PSNR %.2f dB", psnr);
    }

    /** JSON knows no infinity. */
    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(
                "images",
                lines.stream()
                        .map(l -> {
                            Map<String, Object> line = new LinkedHashMap<>();
                            line.put("image", l.image().toString());
                            line.put("psnr", finite(l.psnr()));
                            return line;
                        })
                        .toList());
        json.put("mean_psnr", finite(mean()));
        json.put("files", files.stream().map(Path::toString).toList());
        return json;
    }
}
