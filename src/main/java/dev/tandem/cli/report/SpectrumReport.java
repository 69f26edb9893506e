package dev.tandem.cli.report;

import dev.tandem.analysis.RadialSpectrum;
import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.model.Scales;
import dev.tandem.plot.LinePlot;
import dev.tandem.study.SpectrumMeter;
import dev.tandem.text.Numbers;
import java.io.IOException;
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
 * @param what whose spectra they are, for people
 * @param unreadable files that were left out
 */
public record SpectrumReport(String what, SpectrumMeter meter, Scales scales, int unreadable) {
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

    public List<Path> write(String prefix) throws IOException {
        List<Path> files = new ArrayList<>();
        StringBuilder csv = new StringBuilder("kind,scale,frequency,amplitude,relative_log_amplitude\n");
        for (Map.Entry<String, List<RadialSpectrum>> kind : meter.spectra().entrySet()) {
            LinePlot plot = new LinePlot(
                    TITLES.get(kind.getKey()), "frequency, of the highest", "log amplitude, relative to the lowest");
            for (int scale = 0; scale < scales.count(); scale++) {
                RadialSpectrum s = kind.getValue().get(scale);
                double[] frequencies = s.frequencies();
                double[] amplitudes = s.amplitudes();
                double[] relative = s.relativeLogAmplitudes();
                plot.curve(label(scale), frequencies, relative);
                for (int i = 0; i < frequencies.length; i++) {
                    csv.append(kind.getKey()).append(',').append(scale + 1).append(',').append(frequencies[i]);
                    csv.append(',').append(amplitudes[i]).append(',').append(relative[i]).append('\n');
                }
            }
            files.addAll(plot.write(Path.of(prefix + "-" + kind.getKey())));
        }
        Path table = Path.of(prefix + ".csv");
        Files.writeString(table, csv);
        files.addFirst(table);
        return files;
    }

    private String label(int scale) {
        return "scale " + (scale + 1) + ", " + scales.patchNum(scale) + "×" + scales.patchNum(scale);
    }

    public void print(Terminal terminal, VerbosityOptions verbosity, List<Path> files) throws IOException {
        if (verbosity.json) {
            terminal.json(json(files));
        } else if (!verbosity.quiet) {
            List<String> heads = new ArrayList<>(List.of("mean frequency"));
            heads.addAll(meter.spectra().keySet());
            Table table = new Table(heads.toArray(String[]::new));
            for (int scale = 0; scale < scales.count(); scale++) {
                List<String> row = new ArrayList<>(List.of(label(scale)));
                for (List<RadialSpectrum> kind : meter.spectra().values()) {
                    row.add(String.format(Locale.ROOT, "%.3f", meanFrequency(kind.get(scale))));
                }
                table.row(row.toArray(String[]::new));
            }
            table.print(terminal.out());
            terminal.out().println("of " + Numbers.count(meter.pictures(), "picture") + ", " + what
                    + (unreadable == 0 ? "" : "; " + Numbers.count(unreadable, "file") + " left out")
                    + "; frequencies are parts of the highest");
            terminal.out().println("wrote " + String.join(", ", files.stream().map(Path::toString).toList()));
        }
        terminal.out().flush();
    }

    private Map<String, Object> json(List<Path> files) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("pictures", meter.pictures());
        json.put("unreadable", unreadable);
        json.put("of", what);
        Map<String, Object> kinds = new LinkedHashMap<>();
        meter.spectra().forEach((kind, list) -> kinds.put(kind, list.stream()
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
