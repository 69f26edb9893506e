package dev.tandem.decode;

import dev.tandem.decode.Schedule.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a plan such as {@code var_d30:1-8,var_d16:9-10} and says in a person's terms what is wrong with it. */
final class PlanText {
    /** A part's name may itself contain colons. */
    private static final Pattern STAGE = Pattern.compile("(.+):(\\d{1,6})(?:-(\\d{1,6}))?");

    private PlanText() {}

    /** Stages in the order of their scales, covering each of them once. */
    static List<Stage> stages(String plan, int scales) {
        List<Stage> stages = new ArrayList<>();
        for (String text : plan.split(",", -1)) {
            stages.add(stage(text.strip(), scales));
        }
        stages.sort(Comparator.comparingInt(Stage::from));
        Stage[] decodedBy = new Stage[scales];
        for (Stage stage : stages) {
            List<Integer> twice = new ArrayList<>();
            Stage other = null;
            for (int i = stage.from(); i < stage.to(); i++) {
                if (decodedBy[i] != null) {
                    other = decodedBy[i];
                    twice.add(i + 1);
                }
                decodedBy[i] = stage;
            }
            if (other != null) {
                throw new IllegalArgumentException(list(twice) + " decoded twice, by " + other + " and by " + stage);
            }
        }
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < scales; i++) {
            if (decodedBy[i] == null) {
                missing.add(i + 1);
            }
        }
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(list(missing) + " decoded by no model");
        }
        return stages;
    }

    private static Stage stage(String text, int scales) {
        Matcher m = STAGE.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no stage; a stage is NAME:FROM-TO, such as var_d30:1-8");
        }
        int from = Integer.parseInt(m.group(2));
        int to = m.group(3) == null ? from : Integer.parseInt(m.group(3));
        for (int named : new int[] {from, to}) {
            if (named < 1 || named > scales) {
                throw new IllegalArgumentException(
                        "'" + text + "' names scale " + named + ", but the model has scales 1 to " + scales);
            }
        }
        if (to < from) {
            throw new IllegalArgumentException("the scales of '" + text + "' run backwards");
        }
        return new Stage(m.group(1).strip(), from - 1, to);
    }

    /** {@code scale 3 is}, {@code scales 3, 4 and 5 are}. */
    private static String list(List<Integer> scales) {
        if (scales.size() == 1) {
            return "scale " + scales.getFirst() + " is";
        }
        List<String> first = scales.subList(0, scales.size() - 1).stream()
                .map(String::valueOf)
                .toList();
        return "scales " + String.join(", ", first) + " and " + scales.getLast() + " are";
    }
}
