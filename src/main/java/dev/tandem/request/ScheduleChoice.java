package dev.tandem.request;

import dev.tandem.decode.Schedule;
import dev.tandem.folder.ModelConfig;
import dev.tandem.folder.ModelConfig.Pair;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.text.Suggestions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which transformers are to decode which scales, as far as somebody said; what was not said is null, and the model's
 * own choice.
 *
 * @param drafter decodes the first scales
 * @param refiner decodes the rest; with only one of the two: plain VAR
 * @param draftSteps how many scales the drafter decodes
 * @param plan any number of transformers over any ranges of scales, in place of the others
 */
public record ScheduleChoice(String drafter, String refiner, Integer draftSteps, String plan) {
    /** Nothing is said. */
    public static final ScheduleChoice NONE = new ScheduleChoice(null, null, null, null);

    /** @param where what messages call the model */
    public Schedule choose(ModelConfig config, int scales, String where) {
        Map<String, VarPart> all = config.transformers();
        if (all.isEmpty()) {
            throw new InvalidRequestException("model", where + " has no transformer; convert one into it");
        }
        if (plan != null) {
            if (drafter != null || refiner != null || draftSteps != null) {
                throw new InvalidRequestException(
                        "plan", "‹plan› says it all; it goes without ‹drafter›, ‹refiner› and ‹draft-steps›");
            }
            return plan("plan", "‹plan›", plan, all, scales, where);
        }
        check("drafter", "‹drafter›", drafter, all, where);
        check("refiner", "‹refiner›", refiner, all, where);
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
        if (names.size() == 1) {
            return single(names.getFirst(), scales);
        }
        throw new InvalidRequestException(
                "drafter",
                where
                        + " has several transformers and nobody paired them; say which to use with ‹drafter› and ‹refiner›,"
                        + " or one of the two: " + String.join(", ", names));
    }

    /**
     * Reads a plan and makes sure that its transformers exist.
     *
     * @param place where the plan stands, for messages
     */
    public static Schedule plan(
            String parameter, String place, String text, Map<String, VarPart> all, int scales, String where) {
        Schedule schedule;
        try {
            schedule = Schedule.parse(text, scales);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(parameter, place + ": " + e.getMessage(), e);
        }
        schedule.models().forEach(name -> check(parameter, place, name, all, where));
        return schedule;
    }

    private static void check(String parameter, String place, String name, Map<String, VarPart> all, String where) {
        if (name != null && !all.containsKey(name)) {
            throw new InvalidRequestException(
                    parameter,
                    place + ": " + where + " has no transformer '" + name + "'; it has "
                            + String.join(", ", all.keySet()) + Suggestions.didYouMean(name, all.keySet()));
        }
    }

    private Schedule single(String name, int scales) {
        if (draftSteps != null) {
            throw new InvalidRequestException(
                    "draft-steps", "‹draft-steps› needs a drafter and a refiner; here " + name + " decodes alone");
        }
        return Schedule.single(name, scales);
    }

    private Schedule pair(String first, String second, ModelConfig config, int scales) {
        int steps = draftSteps != null ? draftSteps : usualSteps(first, second, config, scales);
        if (steps < 1 || steps >= scales) {
            throw new InvalidRequestException(
                    "draft-steps",
                    "‹draft-steps› must be from 1 to " + (scales - 1) + ", since the model has " + scales
                            + " scales, not " + steps);
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

    /** The schedule as parameters of a request: a drafter and a refiner where that says it all. */
    public static Map<String, String> parameters(Schedule schedule) {
        List<Schedule.Stage> stages = schedule.stages();
        Map<String, String> parameters = new LinkedHashMap<>();
        if (stages.size() > 2) {
            parameters.put("plan", schedule.plan());
            return parameters;
        }
        parameters.put("drafter", stages.getFirst().model());
        if (stages.size() > 1) {
            parameters.put("refiner", stages.getLast().model());
            parameters.put("draft-steps", String.valueOf(stages.getFirst().to()));
        }
        return parameters;
    }
}
