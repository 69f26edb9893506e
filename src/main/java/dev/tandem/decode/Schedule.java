package dev.tandem.decode;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which model decodes which scales: plain VAR is one stage, collaborative decoding two (a drafter, then a refiner). Any
 * number of stages is possible, also a model that comes back after another.
 *
 * @param stages in order, together covering every scale once
 */
public record Schedule(List<Stage> stages) {
    /**
     * One model's turn.
     *
     * @param model name of the part
     * @param from first scale, counted from 0
     * @param to scale after the last
     */
    public record Stage(String model, int from, int to) {
        /** As a person writes it, scales counted from 1. */
        @Override
        public String toString() {
            return model + ":" + (from + 1 == to ? to : from + 1 + "-" + to);
        }
    }

    public Schedule {
        stages = List.copyOf(stages);
        int next = 0;
        for (Stage s : stages) {
            if (s.from() != next || s.to() <= s.from()) {
                throw new IllegalArgumentException("stages must cover the scales in order, once: " + stages);
            }
            next = s.to();
        }
        if (next == 0) {
            throw new IllegalArgumentException("a schedule needs a stage");
        }
    }

    /** Plain VAR. */
    public static Schedule single(String model, int scales) {
        return new Schedule(List.of(new Stage(model, 0, scales)));
    }

    /**
     * CoDe: the drafter decodes the first {@code draftSteps} scales, the refiner the rest.
     *
     * @throws IllegalArgumentException where one of them would have nothing to do
     */
    public static Schedule collaborative(String drafter, String refiner, int draftSteps, int scales) {
        if (draftSteps < 1 || draftSteps >= scales) {
            throw new IllegalArgumentException(
                    "draft steps must be from 1 to " + (scales - 1) + " for " + scales + " scales, not " + draftSteps);
        }
        return new Schedule(List.of(new Stage(drafter, 0, draftSteps), new Stage(refiner, draftSteps, scales)));
    }

    /**
     * A plan as a person writes it: {@code var_d30:1-8,var_d16:9-10}, scales counted from 1, a single one without a
     * dash, the stages in any order.
     *
     * @throws IllegalArgumentException where it cannot be read, or where scales are missing or decoded twice; names them
     */
    public static Schedule parse(String plan, int scales) {
        return new Schedule(PlanText.stages(plan, scales));
    }

    /** As {@link #parse} reads it. */
    public String plan() {
        return stages.stream().map(Stage::toString).collect(Collectors.joining(","));
    }

    public int scales() {
        return stages.getLast().to();
    }

    /** The models' names, each once. */
    public Set<String> models() {
        return stages.stream().map(Stage::model).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * One forward.
     *
     * @param stage which stage it belongs to
     * @param model name of the part
     * @param from first scale that the model has not seen yet: it computes all up to {@code scale} at once
     * @param scale the scale that is decoded
     */
    public record Step(int stage, String model, int from, int scale) {
        /** Whether scales that another model decoded are caught up with. */
        public boolean catchesUp() {
            return from < scale;
        }
    }

    /** All forwards in order, one per scale. */
    public List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        java.util.Map<String, Integer> seen = new java.util.HashMap<>();
        for (int s = 0; s < stages.size(); s++) {
            Stage stage = stages.get(s);
            for (int scale = stage.from(); scale < stage.to(); scale++) {
                steps.add(new Step(s, stage.model(), seen.getOrDefault(stage.model(), 0), scale));
                seen.put(stage.model(), scale + 1);
            }
        }
        return steps;
    }

    /** Number of scales, from the first, that a model has seen at the end. */
    public int scalesSeenBy(String model) {
        return lastOf(model).scale() + 1;
    }

    /** Number of scales, from the first, that a model must have in its cache when its last forward begins. */
    public int scalesKeptBy(String model) {
        return lastOf(model).from();
    }

    private Step lastOf(String model) {
        return steps().stream()
                .filter(s -> s.model().equals(model))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    /** Whether a model takes more than one turn, so that its cache must outlive another's turn. */
    public boolean returns(String model) {
        return stages.stream().filter(s -> s.model().equals(model)).count() > 1;
    }
}
