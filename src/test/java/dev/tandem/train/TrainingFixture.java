package dev.tandem.train;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.cpu.ScalarProvider;
import dev.tandem.engine.BackendProvider;
import dev.tandem.engine.SessionOptions;
import dev.tandem.engine.TrainingSession;
import dev.tandem.fixture.Fixtures;
import dev.tandem.fixture.Torch;
import dev.tandem.model.Quantizer;
import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VarTransformer;
import dev.tandem.model.VqVae;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.op.LossOps.Divergence;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** A case of the original's losses, gradients and optimiser steps, and the same done here. */
final class TrainingFixture implements AutoCloseable {
    private final Map<String, Object> models;
    final Map<String, Object> json;
    final Safetensors file;
    final TrainingSession session;
    final VarConfig config;
    final Objective objective;
    final Inputs inputs;
    final Learner learner;
    private final Teacher teacher;

    @SuppressWarnings("unchecked")
    TrainingFixture(String name, BackendProvider provider) throws IOException {
        Map<String, Object> all = JSON.std.mapFrom(Files.readString(Fixtures.file("train/config.json")));
        models = (Map<String, Object>) all.get("models");
        json = (Map<String, Object>) ((Map<String, Object>) all.get("cases")).get(name);
        file = Fixtures.open("train/" + name + ".safetensors");
        session = (TrainingSession) provider.open(new SessionOptions(2, null));
        config = config(json.get("model"));
        Scales scales = config.scales();
        boolean distilled = json.containsKey("teacher");
        int seen = distilled ? scales.count() : number("N", scales.count());
        objective = new Objective(
                seen,
                !distilled
                        ? null
                        : json.get("direction").equals("KL(teacher || student)")
                                ? Divergence.TEACHER_STUDENT
                                : Divergence.STUDENT_TEACHER,
                distilled ? number("N", 0) : 0,
                json.get("reduction").equals("scale") ? Objective.Mean.SCALE : Objective.Mean.TOKEN);
        int batch = number("batch", 0);
        inputs = new Inputs(session, quantizer(), vae(), batch, seen);
        teacher = distilled
                ? new Teacher(
                        session,
                        VarTransformer.load(config(json.get("teacher")), weights(json.get("teacher")), session),
                        batch,
                        inputs,
                        seen)
                : null;
        learner = new Learner(
                session,
                config,
                weights(json.get("model")),
                objective,
                batch,
                inputs,
                teacher,
                json.containsKey("drop_path_rate"));
    }

    static TrainingFixture scalar(String name) throws IOException {
        return new TrainingFixture(name, new ScalarProvider());
    }

    int number(String key, int otherwise) {
        return json.get(key) instanceof Number n ? n.intValue() : otherwise;
    }

    double real(String key, double otherwise) {
        return json.get(key) instanceof Number n ? n.doubleValue() : otherwise;
    }

    private Map<?, ?> model(Object name) {
        return (Map<?, ?>) models.get((String) name);
    }

    private TensorSource weights(Object model) {
        String path = "train/" + model(model).get("weights");
        return path.endsWith(".pth") ? Torch.open(Fixtures.file(path)) : Fixtures.open(path);
    }

    private static int number(Map<?, ?> m, String key) {
        return ((Number) m.get(key)).intValue();
    }

    private Scales scales(Map<?, ?> m) {
        return new Scales(((List<?>) m.get("patch_nums"))
                .stream().map(n -> ((Number) n).intValue()).toList());
    }

    private VarConfig config(Object name) {
        Map<?, ?> m = model(name);
        return new VarConfig(
                number(m, "depth"),
                number(m, "embed_dim"),
                number(m, "num_heads"),
                number(m, "mlp_ratio") * number(m, "embed_dim"),
                number(m, "V"),
                number(m, "Cvae"),
                number(m, "num_classes"),
                scales(m),
                (Boolean) m.get("shared_aln"),
                (Boolean) m.get("attn_l2_norm"),
                ((Number) m.get("norm_eps")).floatValue());
    }

    /** Of the tokenizer, only what makes maps of codes: the code book and the four convolutions. */
    private VqVaeConfig vae() {
        return new VqVaeConfig(
                config.vocabulary(), config.codeSize(), 32, List.of(1), 1, config.scales(), 4, 0.5f, 32, 1e-6f, false);
    }

    private Quantizer quantizer() {
        String letter = ((String) json.get("model")).substring(0, 1);
        TensorSource tensors = Fixtures.open("train/weights/" + letter + ".quantizer.safetensors");
        return VqVae.load(vae(), tensors, session).quantizer();
    }

    double[] weights(double lambda) {
        return objective.weights(config.scales(), lambda);
    }

    void learn(int[] labels, int[] tokens, double[] weights, float[][] keep) {
        inputs.write(tokens);
        if (teacher != null) {
            teacher.teach(labels);
        }
        learner.learn(labels, weights, keep);
    }

    @Override
    public void close() {
        session.close();
    }
}
