package dev.tandem.cli.option;

import dev.tandem.decode.Schedule;
import dev.tandem.folder.ModelConfig.Pair;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.folder.ModelConfig;
import dev.tandem.model.VarConfig;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.text.Suggestions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which transformers decode which scales. */
public final class ScheduleOptions {
    @Option(
            names = "--drafter",
            paramLabel = "NAME",
            description = "Transformer that decodes the first scales. With neither it nor a refiner named: the model's own"
                    + " pair, its two transformers, or its only one.")
    public String drafter;

    @Option(
            names = "--refiner",
            paramLabel = "NAME",
            description = "Transformer that decodes the rest. With only one of the two named: plain VAR.")
    public String refiner;

    @Option(
            names = "--draft-steps",
            paramLabel = "N",
            description = "How many scales the drafter decodes, 1 to one less than there are.")
    public Integer draftSteps;

    @Option(
            names = "--plan",
            paramLabel = "PLAN",
            description = "Any number of transformers over any ranges of scales, counted from 1:"
                    + " var_d30:1-8,var_d16:9-10. In place of the three options above.")
    String plan;

    /** @param where what messages call the model */
    public Schedule choose(ModelConfig config, int scales, String where) {
        Map<String, VarPart> all = config.transformers();
        if (all.isEmpty()) {
            throw new InvalidRequestException(where + " has no transformer; convert one into it");
        }
        if (plan != null) {
            if (drafter != null || refiner != null || draftSteps != null) {
                throw new InvalidRequestException("--plan says it all; it goes without --drafter, --refiner and --draft-steps");
            }
            return plan("--plan", plan, all, scales, where);
        }
        check("--drafter", drafter, all, where);
        check("--refiner", refiner, all, where);
        if (drafter != null && refiner != null) {
            return pair(drafter, refiner, config, scales);
        }
        if (drafter != null || refiner != null) {
            return single(drafter != null ? drafter : refiner, scales);
        }
        if (config.pair() != null) {
            return pair(config.pair().drafter(), config.pair().refiner(), config, scales);
        }
        List<String> names = List.copyOf(all.keySet());
        return switch (names.size()) {
            case 1 -> single(names.getFirst(), scales);
            case 2 -> {
                boolean inOrder = work(all.get(names.get(0)).config())
                        >= work(all.get(names.get(1)).config());
                yield pair(names.get(inOrder ? 0 : 1), names.get(inOrder ? 1 : 0), config, scales);
            }
            default -> throw new InvalidRequestException(where + " has several transformers, say which to use with --drafter and"
                    + " --refiner: " + String.join(", ", names));
        };
    }

    /** Reads a plan and makes sure that its transformers exist. */
    static Schedule plan(String option, String text, Map<String, VarPart> all, int scales, String where) {
        Schedule schedule;
        try {
            schedule = Schedule.parse(text, scales);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(option + ": " + e.getMessage(), e);
        }
        schedule.models().forEach(name -> check(option, name, all, where));
        return schedule;
    }

    private static void check(String option, String name, Map<String, VarPart> all, String where) {
        if (name != null && !all.containsKey(name)) {
            throw new InvalidRequestException(option + ": " + where + " has no transformer '" + name + "'; it has "
                    + String.join(", ", all.keySet()) + Suggestions.didYouMean(name, all.keySet()));
        }
    }

    private Schedule single(String name, int scales) {
        if (draftSteps != null) {
            throw new InvalidRequestException("--draft-steps needs a drafter and a refiner; here " + name + " decodes alone");
        }
        return Schedule.single(name, scales);
    }

    private Schedule pair(String first, String second, ModelConfig config, int scales) {
        int steps = draftSteps != null ? draftSteps : usualSteps(first, second, config, scales);
        if (steps < 1 || steps >= scales) {
            throw new InvalidRequestException("--draft-steps must be from 1 to " + (scales - 1) + ", since the model has "
                    + scales + " scales, not " + steps);
        }
        return Schedule.collaborative(first, second, steps, scales);
    }

    private static int usualSteps(String first, String second, ModelConfig config, int scales) {
        Pair own = config.pair();
        if (own != null && own.drafter().equals(first) && own.refiner().equals(second)) {
            return own.draftSteps();
        }
        for (String name : List.of(first, second)) {
            Integer trained = config.transformers().get(name).draftSteps();
            if (trained != null) {
                return trained;
            }
        }
        // CoDe's own default, 8 of 10
        return Math.max(1, scales - 2);
    }

    /** The schedule as options of {@code generate}: a drafter and a refiner where that says it all. */
    public static Map<String, String> toOptions(Schedule schedule) {
        List<Schedule.Stage> stages = schedule.stages();
        Map<String, String> options = new LinkedHashMap<>();
        if (stages.size() > 2) {
            options.put("plan", schedule.plan());
            return options;
        }
        options.put("drafter", stages.getFirst().model());
        if (stages.size() > 1) {
            options.put("refiner", stages.getLast().model());
            options.put("draft-steps", String.valueOf(stages.getFirst().to()));
        }
        return options;
    }

    /** A measure of what a forward costs. */
    private static long work(VarConfig c) {
        return (long) c.depth() * c.width() * c.width();
    }
}
