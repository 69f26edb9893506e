package dev.tandem.cli.report;

import dev.tandem.plot.LinePlot;
import dev.tandem.study.SweepResult;
import dev.tandem.text.Numbers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A sweep as a table, as JSON and as plots.
 *
 * @param files where it was written to
 */
public record SweepReport(String device, List<SweepResult> results, List<Path> files) implements Report {
    private static final double MIB = 1 << 20;

    @Override
    public void text(PrintWriter out) {
        boolean measured = results.stream().anyMatch(r -> r.frechet() != null);
        Table table = new Table(
                "plan",
                "images/s",
                "ms/image",
                "memory",
                "tokens equal",
                "KL",
                "PSNR",
                "SSIM",
                measured ? "Fréchet" : "",
                "ms by part");
        for (SweepResult r : results) {
            table.row(
                    r.schedule().plan(),
                    number("%.3g", r.imagesPerSecond()),
                    number("%.1f", r.seconds() * 1e3 / r.pictures()),
                    Numbers.bytes(r.memory().total()),
                    number("%.1f %%", 100 * r.meanEqual()),
                    number("%.3f", r.meanKl()),
                    Double.isInfinite(r.psnr()) ? "equal" : number("%.2f dB", r.psnr()),
                    number("%.3f", r.ssim()),
                    r.frechet() == null ? "" : number("%.3f", r.frechet()),
                    parts(r));
        }
        table.print(out);
        out.println("parts: condition, every stage of the plan, decoder; per picture");
        out.println("compared with the first plan over "
                + Numbers.count(results.getFirst().pictures(), "picture") + " of the same seeds, on " + device);
        out.println(
                "wrote " + String.join(", ", files.stream().map(Path::toString).toList()));
    }

    private static String parts(SweepResult r) {
        return String.join(
                " + ",
                r.parts().values().stream()
                        .map(n -> number("%.1f", n / 1e6 / r.pictures()))
                        .toList());
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("device", device);
        json.put("reference", results.getFirst().schedule().plan());
        json.put("pictures", results.getFirst().pictures());
        json.put("plans", results.stream().map(SweepReport::json).toList());
        json.put("files", files.stream().map(Path::toString).toList());
        return json;
    }

    private static Map<String, Object> json(SweepResult r) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("plan", r.schedule().plan());
        json.put("images_per_second", r.imagesPerSecond());
        Map<String, Object> parts = new LinkedHashMap<>();
        r.parts().forEach((part, nanos) -> parts.put(part, nanos / 1e6 / r.pictures()));
        json.put("parts_ms_per_image", parts);
        json.put("memory_bytes", r.memory().total());
        json.put("weight_bytes", r.memory().weights());
        json.put("buffer_bytes", r.memory().buffers());
        json.put("tokens_equal", r.equal());
        json.put("kl", r.kl());
        // JSON knows no infinity: null where all pictures are equal
        json.put("psnr", Double.isFinite(r.psnr()) ? r.psnr() : null);
        json.put("ssim", r.ssim());
        json.put("frechet", r.frechet());
        return json;
    }

    /** Writes the table and the plots to files that begin with {@code prefix}. */
    public static SweepReport written(String device, List<SweepResult> results, String prefix) throws IOException {
        List<Path> files = new ArrayList<>();
        Path csv = Path.of(prefix + ".csv");
        StringBuilder text = new StringBuilder("plan,images_per_second,memory_bytes,psnr,ssim,frechet");
        int scales = results.getFirst().equal().length;
        IntStream.rangeClosed(1, scales)
                .forEach(i -> text.append(",tokens_equal_").append(i));
        IntStream.rangeClosed(1, scales).forEach(i -> text.append(",kl_").append(i));
        text.append('\n');
        for (SweepResult r : results) {
            text.append('"').append(r.schedule().plan()).append('"');
            text.append(',')
                    .append(r.imagesPerSecond())
                    .append(',')
                    .append(r.memory().total());
            text.append(',').append(r.psnr()).append(',').append(r.ssim());
            text.append(',').append(r.frechet() == null ? "" : r.frechet());
            Arrays.stream(r.equal()).forEach(v -> text.append(',').append(v));
            Arrays.stream(r.kl()).forEach(v -> text.append(',').append(v));
            text.append('\n');
        }
        Files.writeString(csv, text);
        files.add(csv);
        LinePlot quality = new LinePlot("Speed and agreement with the first plan", "images/s", "tokens equal, %");
        LinePlot distance = new LinePlot("Speed and quality", "images/s", "Fréchet distance");
        LinePlot memory = new LinePlot("Speed and memory", "images/s", "memory, MiB");
        LinePlot agreement = new LinePlot("Agreement with the first plan", "scale", "tokens equal, %");
        LinePlot divergence = new LinePlot("Divergence from the first plan", "scale", "KL, nats");
        double[] axis = IntStream.rangeClosed(1, scales).asDoubleStream().toArray();
        for (SweepResult r : results) {
            String plan = r.schedule().plan();
            double[] rate = {r.imagesPerSecond()};
            quality.points(plan, rate, new double[] {100 * r.meanEqual()});
            if (r.frechet() != null) {
                distance.points(plan, rate, new double[] {r.frechet()});
            }
            memory.points(plan, rate, new double[] {r.memory().total() / MIB});
            agreement.curve(
                    plan, axis, Arrays.stream(r.equal()).map(v -> 100 * v).toArray());
            divergence.curve(plan, axis, r.kl());
        }
        files.addAll(quality.write(Path.of(prefix + "-quality")));
        files.addAll(distance.write(Path.of(prefix + "-frechet")));
        files.addAll(memory.write(Path.of(prefix + "-memory")));
        files.addAll(agreement.write(Path.of(prefix + "-tokens")));
        files.addAll(divergence.write(Path.of(prefix + "-kl")));
        return new SweepReport(device, results, files);
    }
}
