package dev.tandem.cli.report;

import dev.tandem.decode.Prompt;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.pipeline.Timings;
import dev.tandem.request.Drawing;
import dev.tandem.text.Numbers;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code generate} says when it is done.
 *
 * @param load nanoseconds until the weights were there
 * @param work nanoseconds from then on, files included
 */
public record GenerateReport(
        Drawing drawing, String device, List<Prompt> prompts, List<Path> files, Timings timings, long load, long work)
        implements Report {

    private double rate() {
        return prompts.size() / (work / 1e9);
    }

    @Override
    public void text(PrintWriter out) {
        out.println(summary());
    }

    private String summary() {
        String where = files.size() == 1
                ? files.getFirst().toString()
                : files.getFirst().toAbsolutePath().getParent().getFileName() + "/";
        return String.format(
                Locale.ROOT,
                "%s: %s, seed %d, by %s on %s in %s (%.2f images/s)",
                where,
                Numbers.count(prompts.size(), "picture"),
                prompts.getFirst().seed(),
                String.join(
                        " and ",
                        drawing.schedule().stages().stream()
                                .map(Object::toString)
                                .toList()),
                device,
                Numbers.seconds(work),
                rate());
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("files", files.stream().map(Path::toString).toList());
        json.put(
                "pictures",
                java.util.stream.IntStream.range(0, prompts.size())
                        .mapToObj(this::picture)
                        .toList());
        json.put("model", drawing.model().origin());
        json.put(
                "stages",
                drawing.schedule().stages().stream()
                        .map(s -> {
                            Map<String, Object> stage = new LinkedHashMap<>();
                            stage.put("model", s.model());
                            stage.put("from", s.from() + 1);
                            stage.put("to", s.to());
                            return stage;
                        })
                        .toList());
        SamplingSettings settings = drawing.settings();
        Map<String, Object> sampling = new LinkedHashMap<>();
        sampling.put("cfg", settings.cfg());
        sampling.put("top_k", settings.topK());
        sampling.put("top_p", settings.topP());
        sampling.put("temperature", settings.temperature());
        sampling.put("smooth", settings.smooth());
        json.put("sampling", sampling);
        json.put("device", device);
        json.put("load_seconds", load / 1e9);
        json.put("seconds", work / 1e9);
        json.put("images_per_second", rate());
        json.put("parts_ms", milliseconds(timings.parts()));
        json.put(
                "scales_ms",
                java.util.Arrays.stream(timings.scales()).mapToObj(n -> n / 1e6).toList());
        return json;
    }

    private Map<String, Object> picture(int i) {
        Prompt p = prompts.get(i);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("class", p.label());
        json.put("name", drawing.classes().name(p.label()));
        json.put("seed", p.seed());
        json.put("file", files.get(files.size() == prompts.size() ? i : 0).toString());
        return json;
    }

    static Map<String, Object> milliseconds(Map<String, Long> nanos) {
        Map<String, Object> out = new LinkedHashMap<>();
        nanos.forEach((part, n) -> out.put(part, n / 1e6));
        return out;
    }
}
