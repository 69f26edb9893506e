package dev.tandem.cli.report;

import dev.tandem.convert.CheckpointInspector;
import dev.tandem.convert.CheckpointReport;
import dev.tandem.convert.CheckpointReport.Group;
import dev.tandem.convert.format.Checkpoint.Header;
import dev.tandem.decode.Schedule;
import dev.tandem.folder.ModelConfig;
import dev.tandem.folder.ModelConfig.InceptionPart;
import dev.tandem.folder.ModelConfig.Part;
import dev.tandem.folder.ModelConfig.VaePart;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.folder.ModelFolder;
import dev.tandem.pipeline.RunMemory;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.request.ScheduleChoice;
import dev.tandem.tensor.Shape;
import dev.tandem.text.Numbers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Tells what a checkpoint or a model folder is. */
public final class CheckpointInspection implements Report {
    private static final int FEW_CLASSES = 20;

    private final Path path;
    private final boolean tensors;
    private final CheckpointReport report;
    private final List<RunMemory> memory;

    /** @param tensors whether every tensor is listed */
    public CheckpointInspection(Path path, boolean tensors) throws IOException {
        this.path = path;
        this.tensors = tensors;
        this.report = CheckpointInspector.inspect(path);
        this.memory = report.config() == null ? List.of() : memory(path, report.config());
    }

    private static List<RunMemory> memory(Path folder, ModelConfig config) throws IOException {
        if (config.tokenizer().isEmpty() || config.transformers().isEmpty()) {
            return List.of();
        }
        int scales =
                config.tokenizer().orElseThrow().getValue().config().scales().count();
        try (ModelFolder model = ModelFolder.open(folder)) {
            List<RunMemory> out = new ArrayList<>();
            for (Schedule schedule : schedules(model, config, scales)) {
                out.add(RunMemory.of(model, schedule, scales));
            }
            return out;
        }
    }

    /** The usual run where there is one, else every transformer alone. */
    private static List<Schedule> schedules(ModelFolder model, ModelConfig config, int scales) {
        try {
            return List.of(ScheduleChoice.NONE.choose(config, scales, model.origin()));
        } catch (InvalidRequestException e) {
            return config.transformers().keySet().stream()
                    .map(name -> Schedule.single(name, scales))
                    .toList();
        }
    }

    @Override
    public void text(PrintWriter out) {
        int count = report.groups().stream().mapToInt(g -> g.tensors().size()).sum();
        out.println(path + ": " + report.format() + ", " + Numbers.count(count, "tensor") + ", "
                + Numbers.bytes(report.bytes()));
        for (CheckpointReport.Model m : report.models()) {
            out.println("  " + (m.location().isEmpty() ? "" : m.location() + ": ") + m.what()
                    + (m.part() == null ? "" : ", " + describe(m.part()))
                    + (m.parameters() == 0 ? "" : String.format(Locale.ROOT, ", %,d parameters", m.parameters()))
                    + (m.part() == null || m.part().dtype().isEmpty()
                            ? ""
                            : " in " + m.part().dtype()));
            if (m.problem() != null) {
                out.println("    " + m.problem());
            }
        }
        if (report.config() != null) {
            print(out, report.config());
        }
        memory.forEach(m -> out.println("  " + m));
        if (tensors || report.models().stream().allMatch(m -> m.part() == null)) {
            report.groups().forEach(g -> print(out, g));
        }
    }

    static String describe(Part part) {
        return switch (part) {
            case VaePart p ->
                p.config().vocabulary() + " codes of " + p.config().codeSize() + ", ch "
                        + p.config().channels()
                        + ", pictures of " + p.config().imageSide() + "×"
                        + p.config().imageSide() + ", scales "
                        + plain(p.config().scales().patchNums());
            case VarPart p ->
                "depth " + p.config().depth() + ", width " + p.config().width() + ", "
                        + Numbers.count(p.config().heads(), "head") + ", "
                        + p.config().classes() + " classes, "
                        + p.config().vocabulary() + " codes of " + p.config().codeSize() + ", scales "
                        + plain(p.config().scales().patchNums())
                        + (p.config().sharedAdaLn() ? ", shared AdaLN" : "")
                        + (p.config().attnL2Norm() ? "" : ", attention not normalised")
                        + (p.draftSteps() == null ? "" : ", specialised for " + p.draftSteps() + " draft steps");
            case InceptionPart p ->
                p.config().features() + " features, " + p.config().classes() + " classes, pooled as for "
                        + p.config().pooling().label();
        };
    }

    private static String plain(List<Integer> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    private static void print(PrintWriter out, ModelConfig c) {
        if (!c.classNames().isEmpty()) {
            int few = Math.min(FEW_CLASSES, c.classNames().size());
            out.println("  classes: " + String.join(", ", c.classNames().subList(0, few))
                    + (few < c.classNames().size() ? ", … (" + c.classNames().size() + ")" : ""));
        }
        if (c.pair() != null) {
            out.println("  usual pair: " + c.pair().drafter() + " drafts scales 1 to "
                    + c.pair().draftSteps() + ", " + c.pair().refiner() + " refines the rest");
        }
        String sampling = sampling(c.sampling()).entrySet().stream()
                .map(e -> e.getKey() + " "
                        + (e.getValue() instanceof List<?> list
                                ? Numbers.plain(
                                        list.stream().map(v -> (Double) v).toList())
                                : e.getValue()))
                .collect(Collectors.joining(", "));
        if (!sampling.isEmpty()) {
            out.println("  recommended sampling: " + sampling);
        }
    }

    private static Map<String, Object> sampling(ModelConfig.SamplingDefaults s) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("cfg", s.cfg());
        out.put("top-k", s.topK());
        out.put("top-p", s.topP());
        out.put("temperature", s.temperature());
        out.put("smooth", s.smooth());
        out.values().removeIf(java.util.Objects::isNull);
        return out;
    }

    private static void print(PrintWriter out, Group group) {
        out.println(group.path().isEmpty() ? "tensors:" : group.path() + ":");
        Table table = new Table("  name", "dtype", "shape");
        group.tensors()
                .forEach((name, h) ->
                        table.row("  " + name, h.dtype().toString(), h.shape().toString()));
        table.print(out);
        group.unreadable().values().forEach(problem -> out.println("  " + problem));
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", path.toString());
        json.put("kind", report.config() == null ? "checkpoint" : "model folder");
        json.put("format", report.format());
        json.put("bytes", report.bytes());
        json.put(
                "models",
                report.models().stream().map(CheckpointInspection::json).toList());
        if (report.config() != null) {
            json.put("name", report.config().name());
            json.put("classes", report.config().classNames());
            json.put("sampling", sampling(report.config().sampling()));
            if (report.config().pair() != null) {
                json.put("drafter", report.config().pair().drafter());
                json.put("refiner", report.config().pair().refiner());
                json.put("draft_steps", report.config().pair().draftSteps());
            }
        }
        json.put("memory", memory.stream().map(RunMemory::json).toList());
        Map<String, Object> groups = new LinkedHashMap<>();
        report.groups().forEach(g -> groups.put(g.path(), tensors(g)));
        json.put("tensors", groups);
        return json;
    }

    private static Map<String, Object> json(CheckpointReport.Model m) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("what", m.what());
        json.put("location", m.location());
        json.put("parameters", m.parameters());
        if (m.part() != null) {
            json.put("dtype", m.part().dtype());
            json.put("configuration", describe(m.part()));
        }
        json.put("problem", m.problem());
        return json;
    }

    private static Map<String, Object> tensors(Group group) {
        Map<String, Object> out = new LinkedHashMap<>();
        group.tensors().forEach((name, header) -> out.put(name, json(header)));
        return out;
    }

    private static Map<String, Object> json(Header header) {
        Map<String, Object> json = new LinkedHashMap<>();
        Shape shape = header.shape();
        json.put("dtype", header.dtype().toString());
        json.put("shape", shape.dims());
        return json;
    }
}
