package dev.tandem.study;

import dev.tandem.decode.Schedule;
import dev.tandem.folder.Model;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.request.ScheduleChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which plans a sweep compares; what was not said is null.
 *
 * @param drafter the large transformer
 * @param refiner the small one
 * @param draftSteps plans of both, one for each of these numbers of drafted scales
 * @param swapEach plans of the large transformer where this one decodes one scale, for each scale in turn
 * @param file plans, one a line
 * @param reference the plan that all are compared with
 */
public record SweepPlans(
        String drafter, String refiner, String draftSteps, String swapEach, Path file, String reference) {

    /** The reference first, then the others, none twice. */
    public List<Schedule> choose(Model model, int scales) throws IOException {
        Map<String, VarPart> all = model.config().transformers();
        String where = model.origin();
        Schedule usual = new ScheduleChoice(drafter, refiner, null, null).choose(model.config(), scales, where);
        String large = usual.stages().getFirst().model();
        String small = usual.stages().getLast().model();
        Set<Schedule> plans = new LinkedHashSet<>();
        plans.add(
                reference == null
                        ? Schedule.single(large, scales)
                        : ScheduleChoice.plan("reference", "‹reference›", reference, all, scales, where));
        if (draftSteps != null) {
            if (large.equals(small)) {
                throw new InvalidRequestException(
                        "draft-steps", "‹draft-steps› needs two transformers; name them with ‹drafter› and ‹refiner›");
            }
            for (int n : numbers(draftSteps, scales - 1)) {
                plans.add(Schedule.collaborative(large, small, n, scales));
            }
        }
        if (swapEach != null) {
            for (int scale = 1; scale <= scales; scale++) {
                plans.add(ScheduleChoice.plan(
                        "swap-each", "‹swap-each›", swapped(large, scale, scales), all, scales, where));
            }
        }
        if (file != null) {
            List<Schedule> named = read(all, scales, where);
            if (named.isEmpty()) {
                throw new InvalidRequestException("plans", "‹plans›: " + file + " names no plan");
            }
            plans.addAll(named);
        }
        if (plans.size() == 1) {
            throw new InvalidRequestException(
                    "plans", "which plans? Name some with ‹draft-steps›, ‹swap-each› or ‹plans›");
        }
        return List.copyOf(plans);
    }

    private String swapped(String large, int scale, int scales) {
        List<String> stages = new ArrayList<>();
        if (scale > 1) {
            stages.add(large + ":1-" + (scale - 1));
        }
        stages.add(swapEach + ":" + scale);
        if (scale < scales) {
            stages.add(large + ":" + (scale + 1) + "-" + scales);
        }
        return String.join(",", stages);
    }

    private List<Schedule> read(Map<String, VarPart> all, int scales, String where) throws IOException {
        List<Schedule> plans = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replaceFirst("#.*", "").strip();
            if (!line.isEmpty()) {
                plans.add(ScheduleChoice.plan("plans", file + ", line " + (i + 1), line, all, scales, where));
            }
        }
        return plans;
    }

    /** {@code 1..9} or {@code 6,8}. */
    private static List<Integer> numbers(String text, int most) {
        List<Integer> out = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            String[] ends = item.strip().split("\\.\\.", -1);
            if (ends.length > 2 || !ends[0].matches("\\d{1,4}") || !ends[ends.length - 1].matches("\\d{1,4}")) {
                throw new InvalidRequestException(
                        "draft-steps", "‹draft-steps› takes a range such as 1..9 or a list such as 6,8, not " + text);
            }
            int last = Integer.parseInt(ends[ends.length - 1]);
            if (last < Integer.parseInt(ends[0])) {
                throw new InvalidRequestException(
                        "draft-steps", "‹draft-steps›: the range " + item.strip() + " runs backwards");
            }
            for (int n = Integer.parseInt(ends[0]); n <= last; n++) {
                if (n < 1 || n > most) {
                    throw new InvalidRequestException(
                            "draft-steps", "‹draft-steps› must be from 1 to " + most + ", not " + n);
                }
                out.add(n);
            }
        }
        return out;
    }
}
