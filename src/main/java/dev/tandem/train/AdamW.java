package dev.tandem.train;

import dev.tandem.engine.Program;
import dev.tandem.engine.TrainingSession;
import dev.tandem.gradient.Parameter;
import dev.tandem.op.AdamSettings;
import dev.tandem.op.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Clips gradients by their common norm and makes steps of AdamW.
 *
 * @see "Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019; VAR: amp_sc.py, lr_control.py (filter_params)"
 */
public final class AdamW {
    private static final double NORM_MARGIN = 1e-6;

    /**
     * The recipe.
     *
     * @param clip the largest norm of all gradients together; 0 for no clipping
     */
    public record Recipe(double beta1, double beta2, double epsilon, double clip) {
        /** VAR's. */
        public static final Recipe VAR = new Recipe(0.9, 0.95, 1e-8, 2);
    }

    private final TrainingSession session;
    private final Recipe recipe;
    private final List<Slot> slots = new ArrayList<>();
    private final Buffer norms;
    private final Buffer decayed;
    private final Buffer undecayed;
    private final Program measure;
    private final Program step;
    private final Program clear;
    private int steps;

    private record Slot(Parameter parameter, Buffer mean, Buffer square, boolean decays) {}

    public AdamW(TrainingSession session, List<Parameter> parameters, Recipe recipe) {
        this.session = session;
        this.recipe = recipe;
        for (Parameter p : parameters) {
            slots.add(new Slot(
                    p,
                    session.floats("mean of " + p.name(), p.shape().dims()),
                    session.floats("square of " + p.name(), p.shape().dims()),
                    decays(p)));
        }
        norms = session.floats("gradient norms", slots.size());
        decayed = session.floats("step of what decays", AdamSettings.COUNT);
        undecayed = session.floats("step of what does not", AdamSettings.COUNT);
        measure = session.training("norms", (ops, training) -> {
            for (int i = 0; i < slots.size(); i++) {
                training.squaredNorm(slots.get(i).parameter.gradient(), norms, i);
            }
        });
        step = session.training("adam", (ops, training) -> {
            for (Slot slot : slots) {
                training.adamW(
                        slot.parameter.value(),
                        slot.parameter.gradient(),
                        slot.mean,
                        slot.square,
                        slot.decays ? decayed : undecayed);
            }
        });
        clear = session.program("clear", ops -> slots.forEach(slot -> ops.fill(slot.parameter.gradient(), 0)));
    }

    /** Whether weight decay shrinks a parameter: matrices do, vectors, biases and learned positions do not. */
    static boolean decays(Parameter p) {
        return p.shape().rank() > 1
                && !p.name().endsWith("bias")
                && NOT_DECAYED.stream().noneMatch(p.name()::contains);
    }

    private static final List<String> NOT_DECAYED =
            List.of("pos_1LC", "pos_start", "lvl_embed", "ada_gss", "scale_mul");

    /** The norm of all gradients together, as they stand. */
    public double norm() {
        measure.run();
        double sum = 0;
        for (float squares : session.readFloats(norms)) {
            sum += squares;
        }
        return Math.sqrt(sum);
    }

    /**
     * One step, after which gradients are zero.
     *
     * @param norm of the gradients, see {@link #norm}
     */
    public void step(double rate, double decay, double norm) {
        steps++;
        double factor = recipe.clip > 0 ? Math.min(1, recipe.clip / (norm + NORM_MARGIN)) : 1;
        float[] settings = new float[AdamSettings.COUNT];
        settings[AdamSettings.FACTOR] = (float) factor;
        settings[AdamSettings.RATE] = (float) (rate / (1 - Math.pow(recipe.beta1, steps)));
        settings[AdamSettings.ROOT] = (float) (1 / Math.sqrt(1 - Math.pow(recipe.beta2, steps)));
        settings[AdamSettings.BETA_1] = (float) recipe.beta1;
        settings[AdamSettings.BETA_2] = (float) recipe.beta2;
        settings[AdamSettings.EPSILON] = (float) recipe.epsilon;
        session.write(undecayed, settings);
        settings[AdamSettings.DECAY] = (float) (rate * decay);
        session.write(decayed, settings);
        step.run();
        clear.run();
    }

    /** Steps made so far. */
    public int steps() {
        return steps;
    }

    /** First and second moments of a parameter, as they stand. */
    public List<float[]> moments(String name) {
        Slot slot = slots.stream()
                .filter(s -> s.parameter.name().equals(name))
                .findFirst()
                .orElseThrow();
        return List.of(session.readFloats(slot.mean), session.readFloats(slot.square));
    }
}
