package dev.tandem.cli.report;

import dev.tandem.analysis.RadialSpectrum;
import dev.tandem.model.Scales;
import dev.tandem.plot.LinePlot;
import dev.tandem.study.SpectrumMeter;
import dev.tandem.study.SpectrumResult;
import dev.tandem.text.Numbers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Spectra as a table, JSON and plots.
 *
 * @param files where they were written to
 */
public record SpectrumReport(SpectrumResult result, Scales scales, List<Path> files) implements Report {
    private static final Map<String, String> TITLES = Map.of(
            SpectrumMeter.CONTRIBUTION, "What each scale adds to f_hat",
            SpectrumMeter.FEATURES, "The transformer's features at each scale",
            SpectrumMeter.PICTURES, "Pictures after each scale");

    /** Mean frequency, weighted by the amplitude: 0 is the lowest, 1 the highest. */
    private static double meanFrequency(RadialSpectrum s) {
        double[] f = s.frequencies();
        double[] a = s.amplitudes();
        double sum = 0;
        double weighted = 0;
        for (int i = 0; i < f.length; i++) {
            sum += a[i];
            weighted += f[i] * a[i];
        }
        return sum == 0 ? 0 : weighted / sum;
    }

    /** Writes the table and the plots to files that begin with {@code prefix}. */
    public static SpectrumReport written(SpectrumResult result, Scales scales, String prefix) throws IOException {
        List<Path> files = new ArrayList<>();
        StringBuilder csv = new StringBuilder("kind,scale,frequency,amplitude,relative_log_amplitude\n");
        for (Map.Entry<String, List<RadialSpectrum>> kind : result.spectra().entrySet()) {
            LinePlot plot = new LinePlot(
                    TITLES.get(kind.getKey()), "frequency, of the highest", "log amplitude, relative to the lowest");
            for (int scale = 0; scale < scales.count(); scale++) {
                RadialSpectrum s = kind.getValue().get(scale);
                double[] frequencies = s.frequencies();
                double[] amplitudes = s.amplitudes();
                double[] relative = s.relativeLogAmplitudes();
                plot.curve(label(scales, scale), frequencies, relative);
                for (int i = 0; i < frequencies.length; i++) {
                    csv.append(kind.getKey())
                            .append(',')
                            .append(scale + 1)
                            .append(',')
                            .append(frequencies[i]);
                    csv.append(',')
                            .append(amplitudes[i])
                            .append(',')
                            .append(relative[i])
                            .append('\n');
                }
            }
            files.addAll(plot.write(Path.of(prefix + "-" + kind.getKey())));
        }
        Path table = Path.of(prefix + ".csv");
        Files.writeString(table, csv);
        files.addFirst(table);
        return new SpectrumReport(result, scales, files);
    }

    private static String label(Scales scales, int scale) {
        return "scale " + (scale + 1) + ", " + scales.patchNum(scale) + "×" + scales.patchNum(scale);
    }

    @Override
    public void text(PrintWriter out) {
        List<String> heads = new ArrayList<>(List.of("mean frequency"));
        heads.addAll(result.spectra().keySet());
        Table table = new Table(heads.toArray(String[]::new));
        for (int scale = 0; scale < scales.count(); scale++) {
            List<String> row = new ArrayList<>(List.of(label(scales, scale)));
            for (List<RadialSpectrum> kind : result.spectra().values()) {
                row.add(String.format(Locale.ROOT, "%.3f", meanFrequency(kind.get(scale))));
            }
            table.row(row.toArray(String[]::new));
        }
        table.print(out);
        out.println("of " + Numbers.count(result.pictures(), "picture") + ", " + result.what()
                + (result.unreadable() == 0 ? "" : "; " + Numbers.count(result.unreadable(), "file") + " left out")
                + "; frequencies are parts of the highest");
        out.println(
                "wrote " + String.join(", ", files.stream().map(Path::toString).toList()));
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("pictures", result.pictures());
        json.put("unreadable", result.unreadable());
        json.put("of", result.what());
        Map<String, Object> kinds = new LinkedHashMap<>();
        result.spectra()
                .forEach((kind, list) -> kinds.put(
                        kind,
                        list.stream()
                                .map(s -> {
                                    Map<String, Object> scale = new LinkedHashMap<>();
                                    scale.put("mean_frequency", meanFrequency(s));
                                    scale.put("frequency", s.frequencies());
                                    scale.put("amplitude", s.amplitudes());
                                    scale.put("relative_log_amplitude", s.relativeLogAmplitudes());
                                    return scale;
                                })
                                .toList()));
        json.put("spectra", kinds);
        json.put("files", files.stream().map(Path::toString).toList());
        return json;
    }
}
