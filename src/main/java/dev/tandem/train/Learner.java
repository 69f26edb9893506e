package dev.tandem.train;

import dev.tandem.engine.Program;
import dev.tandem.engine.TrainingSession;
import dev.tandem.gradient.Parameter;
import dev.tandem.gradient.Tape;
import dev.tandem.gradient.TapeSession;
import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VarTransformer;
import dev.tandem.op.Buffer;
import dev.tandem.op.TrainingOps;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.TensorSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A transformer that learns: its parameters under their checkpoint names with their gradients, and a batch's way
 * through it and back.
 */
public final class Learner {
    private static final String LEVELS = "lvl_embed.weight";
    private static final String POSITIONS = "pos_1LC";
    private static final String LEVEL_POSITIONS = "lvl_pos";
    private static final String SCALE_MUL = "scale_mul_1H11";
    private static final String Q_SCALE = "q_scale";
    /** As PyTorch compares with it in fp32. */
    private static final float MAX_SCALE_MUL = (float) Math.log(100);

    private final TrainingSession session;
    private final VarConfig config;
    private final TapeSession tape;
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final List<Derived> derived = new ArrayList<>();
    private final Buffer labels;
    private final Buffer logits;
    private final Buffer weights;
    private final Buffer loss;
    private final List<Buffer> keeps;
    private final Program run;
    private final Program refresh;

    /** A parameter of the forward that is computed from those of the checkpoint. */
    private interface Derived {
        void forward(TrainingOps ops);

        void back(TrainingOps ops);
    }

    /**
     * Loads a transformer to be changed.
     *
     * @param batch samples at a time
     * @param input the codes and teacher-forced maps of a batch
     * @param teacher whose distribution is learned; null for cross-entropy
     * @param dropPath whether every branch has a factor per sample
     */
    public Learner(
            TrainingSession session,
            VarConfig config,
            TensorSource source,
            Objective objective,
            int batch,
            Inputs input,
            Teacher teacher,
            boolean dropPath) {
        this.session = session;
        this.config = config;
        tape = new TapeSession(session);
        VarTransformer transformer = VarTransformer.load(config, source, tape);
        tape.parameters().forEach(parameters::put);
        derive(source);

        Scales scales = config.scales();
        int positions = objective.positions(scales);
        labels = tape.ints("labels", batch);
        VarTransformer.Workspace work = VarTransformer.Workspace.allocate(
                tape, VarTransformer.Workspace.Need.of(config, batch, false, positions, positions));
        VarTransformer.State state = VarTransformer.State.allocate(
                tape, config, batch, false, objective.scales(), objective.scales(), "kv learner", work);
        logits = tape.floats("logits", batch, positions, config.vocabulary());
        weights = session.floats("weights", positions);
        loss = session.floats("loss", batch, positions);
        keeps = dropPath
                ? IntStream.range(0, 2 * config.depth())
                        .mapToObj(i -> session.floats("keep " + i, batch))
                        .toList()
                : null;
        Buffer maps = tape.over(input.maps());
        Tape recorder = new Tape(session, keeps);
        run = session.training("learn", (ops, training) -> {
            var forward = recorder.record(ops, training);
            transformer.condition(forward, labels, state);
            transformer.forward(forward, maps, 0, objective.scales(), state, logits);
            Buffer said = TapeSession.value(logits);
            Buffer slope = TapeSession.gradient(logits);
            if (objective.divergence() == null) {
                training.crossEntropy(said, input.tokens(), weights, loss, slope);
            } else {
                training.divergence(objective.divergence(), said, teacher.logits(), weights, loss, slope);
            }
            recorder.back(training);
            derived.forEach(d -> d.back(training));
        });
        refresh = session.training("refresh", (ops, training) -> {
            derived.forEach(d -> d.forward(training));
            tape.parameters().values().stream()
                    .filter(p -> p.weight() != null)
                    .forEach(p -> training.store(p.value(), p.weight()));
        });
    }

    /** Puts what the forward computes parameters from in their place. */
    private void derive(TensorSource source) {
        Scales scales = config.scales();
        int[] starts =
                IntStream.rangeClosed(0, scales.count()).map(scales::start).toArray();
        Parameter levelPositions = parameters.remove(LEVEL_POSITIONS);
        Parameter levels = parameter(source, LEVELS);
        Parameter positions = parameter(source, POSITIONS);
        derived.add(new Derived() {
            @Override
            public void forward(TrainingOps ops) {
                ops.addLevels(positions.value(), levels.value(), starts, levelPositions.value());
            }

            @Override
            public void back(TrainingOps ops) {
                ops.addLevels(starts, levelPositions.gradient(), positions.gradient(), levels.gradient());
            }
        });
        for (String name : List.copyOf(parameters.keySet())) {
            if (name.endsWith(Q_SCALE)) {
                Parameter scale = parameters.remove(name);
                Parameter mul = parameter(source, name.replace(Q_SCALE, SCALE_MUL));
                derived.add(new Derived() {
                    @Override
                    public void forward(TrainingOps ops) {
                        ops.clampedExp(mul.value(), MAX_SCALE_MUL, scale.value());
                    }

                    @Override
                    public void back(TrainingOps ops) {
                        ops.clampedExp(mul.value(), MAX_SCALE_MUL, scale.gradient(), mul.gradient());
                    }
                });
            }
        }
    }

    private Parameter parameter(TensorSource source, String name) {
        Shape shape = source.get(name).shape();
        Parameter p = tape.parameter(name, shape, source.get(name).toFloats());
        parameters.put(name, p);
        return p;
    }

    /** Everything that learns, under the checkpoint's names. */
    public List<Parameter> parameters() {
        return List.copyOf(parameters.values());
    }

    /**
     * Takes a batch forward and back: gradients are added to those that stand.
     *
     * @param labels [B], some of them "none"
     * @param weights how much positions count, see {@link Objective#weights}, over the number of batches of a step
     * @param keep per branch and sample, what the branch is multiplied by; null for ones
     */
    public void learn(int[] labels, double[] weights, float[][] keep) {
        session.write(TapeSession.value(this.labels), labels);
        float[] counted = new float[weights.length];
        for (int i = 0; i < counted.length; i++) {
            counted[i] = (float) weights[i];
        }
        session.write(this.weights, counted);
        for (int i = 0; keeps != null && i < keeps.size(); i++) {
            session.write(keeps.get(i), keep[i]);
        }
        run.run();
    }

    /** The loss of every position of the last batch, [B, positions]. */
    public float[] losses() {
        return session.readFloats(loss);
    }

    /** Logits of the last batch, [B, positions, V]. */
    public float[] logits() {
        return tape.readFloats(logits);
    }

    public float[] gradient(Parameter p) {
        return session.readFloats(p.gradient());
    }

    public float[] value(Parameter p) {
        return session.readFloats(p.value());
    }

    /** To be called when parameters have changed: the forward reads them anew. */
    public void refresh() {
        refresh.run();
    }
}
