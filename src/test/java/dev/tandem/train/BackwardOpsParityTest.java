package dev.tandem.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tandem.cpu.ScalarProvider;
import dev.tandem.cpu.VectorProvider;
import dev.tandem.engine.BackendProvider;
import dev.tandem.engine.SessionOptions;
import dev.tandem.engine.TrainingSession;
import dev.tandem.fixture.Fixtures;
import dev.tandem.gradient.Parameter;
import dev.tandem.op.Buffer;
import dev.tandem.op.KvCache;
import dev.tandem.op.KvShape;
import dev.tandem.op.LossOps.Divergence;
import dev.tandem.op.Modulation;
import dev.tandem.op.Ops;
import dev.tandem.op.QkvWeights;
import dev.tandem.op.TrainingOps;
import dev.tandem.op.Weight;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Single operations on their way back, against PyTorch's in double precision. */
class BackwardOpsParityTest {
    private final Safetensors file = Fixtures.open("train/ops.safetensors");

    static Stream<BackendProvider> backends() {
        return Stream.of(new ScalarProvider(), new VectorProvider());
    }

    private float[] given(String name) {
        return file.get(name).toFloats();
    }

    private void assertGradient(String name, float[] actual) {
        assertClose(name, given(name), actual);
    }

    /** Within fp32's rounding of each value. */
    private static void assertClose(String what, float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 2e-6 * Math.abs(expected[i]) + 2e-6, what + " at " + i);
        }
    }

    private static TrainingSession open(BackendProvider provider) {
        return (TrainingSession) provider.open(new SessionOptions(2, null));
    }

    private static Buffer floats(TrainingSession s, float[] values, long... dims) {
        Buffer b = s.floats("x", dims);
        s.write(b, values);
        return b;
    }

    private static void run(TrainingSession s, BiConsumer<Ops, TrainingOps> body) {
        s.training("test", body).run();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void activations(BackendProvider provider) {
        try (TrainingSession s = open(provider)) {
            for (String name : List.of("silu", "gelu_tanh")) {
                Buffer x = floats(s, given(name + ".in"), 6, 9);
                Buffer gOut = floats(s, given(name + ".grad_out"), 6, 9);
                Buffer gX = s.floats("gradient", 6, 9);
                run(s, (ops, training) -> {
                    if (name.equals("silu")) {
                        training.silu(x, gOut, gX);
                    } else {
                        training.gelu(x, gOut, gX);
                    }
                });
                assertGradient(name + ".grad_in", s.readFloats(gX));
                assertClose("the gradient is taken", new float[54], s.readFloats(gOut));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void layerNorm(BackendProvider provider) {
        try (TrainingSession s = open(provider)) {
            Buffer x = floats(s, given("layer_norm.in"), 1, 5, 16);
            Buffer gOut = floats(s, given("layer_norm.grad_out"), 1, 5, 16);
            Buffer gX = s.floats("gradient", 1, 5, 16);
            Modulation zeros = new Modulation(s.floats("scale", 1, 16), 0);
            Modulation gScale = new Modulation(s.floats("scale's gradient", 1, 16), 0);
            Modulation gShift = new Modulation(s.floats("shift's gradient", 1, 16), 0);
            run(s, (ops, training) -> training.adaNorm(x, zeros, 1e-6f, gOut, gX, gScale, gShift));
            float[] expected = given("layer_norm.grad_in");
            float[] actual = s.readFloats(gX);
            for (int i = 0; i < expected.length; i++) {
                // a constant row multiplies what rounding leaves by 1/√ε = 1000
                assertEquals(
                        expected[i], actual[i], 1e-5 * Math.abs(expected[i]) + 1e-3 * Math.ulp(1f) * 1e3, "at " + i);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void unitVectorsTinyAndZeroOnesIncluded(BackendProvider provider) {
        try (TrainingSession s = open(provider)) {
            int d = 8;
            int n = 6;
            float[] in = given("l2.in");
            float[] gradient = given("l2.grad_out");
            float[] three = new float[n * 3 * d];
            for (int p = 0; p < n; p++) {
                System.arraycopy(in, p * d, three, p * 3 * d, d);
            }
            Buffer projected = floats(s, three, 1, n, 3 * d);
            Buffer gQ = floats(s, gradient, 1, n, d);
            Buffer gProjected = s.floats("gradient", 1, n, 3 * d);
            KvCache gCache =
                    s.kvCaches("gradients", KvShape.apart(1, 1, 1, d, n)).getFirst();
            Weight zeros = s.weight(Tensor.ofFloats("bias", Shape.of(d), new float[d]), null);
            Weight one = s.weight(Tensor.ofFloats("scale", Shape.of(1), new float[] {1}), null);
            QkvWeights w = new QkvWeights(null, zeros, zeros, one);
            Buffer gBias = s.floats("bias", d);
            run(
                    s,
                    (ops, training) -> training.splitQkv(
                            projected, w, gQ, gCache, gProjected, gBias, gBias, s.floats("scale", 1)));
            float[] all = s.readFloats(gProjected);
            float[] expected = given("l2.grad_in");
            for (int i = 0; i < expected.length; i++) {
                float actual = all[i / d * 3 * d + i % d];
                assertEquals(expected[i], actual, 1e-5 * Math.abs(expected[i]) + 2e-6, "at " + i);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void clampedScale(BackendProvider provider) {
        try (TrainingSession s = open(provider)) {
            Buffer x = floats(s, given("scale_mul.in"), 6);
            Buffer out = s.floats("out", 6);
            Buffer gOut = floats(s, given("scale_mul.grad_out"), 6);
            Buffer gX = s.floats("gradient", 6);
            float limit = (float) Math.log(100);
            run(s, (ops, training) -> {
                training.clampedExp(x, limit, out);
                training.clampedExp(x, limit, gOut, gX);
            });
            assertGradient("scale_mul.out", s.readFloats(out));
            assertGradient("scale_mul.grad_in", s.readFloats(gX));
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void losses(BackendProvider provider) {
        try (TrainingSession s = open(provider)) {
            for (String name : List.of("ce.smooth0", "kl_ts.T1", "kl_st.T1")) {
                Buffer logits = floats(s, given(name + ".in"), 1, 5, 50);
                Buffer weights = floats(s, given(name + ".grad_out"), 5);
                Buffer teacher = floats(s, given("kl.teacher"), 1, 5, 50);
                Buffer tokens = s.ints("tokens", 1, 5);
                s.write(tokens, file.get("ce.target").toInts());
                Buffer loss = s.floats("loss", 1, 5);
                Buffer g = s.floats("gradient", 1, 5, 50);
                run(s, (ops, training) -> {
                    switch (name) {
                        case "ce.smooth0" -> training.crossEntropy(logits, tokens, weights, loss, g);
                        case "kl_ts.T1" ->
                            training.divergence(Divergence.TEACHER_STUDENT, logits, teacher, weights, loss, g);
                        default -> training.divergence(Divergence.STUDENT_TEACHER, logits, teacher, weights, loss, g);
                    }
                });
                assertGradient(name + ".out", s.readFloats(loss));
                assertGradient(name + ".grad_in", s.readFloats(g));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void adamW(BackendProvider provider) {
        try (TrainingSession s = open(provider)) {
            for (double decay : new double[] {0, 0.05}) {
                String at = "adamw.wd" + (decay == 0 ? "0" : "0.05");
                Buffer value = floats(s, given("adamw.start"), 2, 4);
                Buffer g = s.floats("gradient", 2, 4);
                Parameter p = new Parameter("matrix", Shape.of(2, 4), value, g, null);
                AdamW adam = new AdamW(s, List.of(p), new AdamW.Recipe(0.9, 0.95, 1e-8, 0));
                float[] gradients = given("adamw.grads");
                for (int step = 0; step < 6; step++) {
                    s.write(g, Arrays.copyOfRange(gradients, step * 8, step * 8 + 8));
                    adam.step(file.get("adamw.lr").floatAt(step), decay, adam.norm());
                    assertClose(at + " after step " + step, row(at + ".values", step), s.readFloats(value));
                    float[] means = row(at + ".exp_avg", step);
                    for (int i = 0; i < 8; i++) {
                        assertEquals(
                                means[i], adam.moments("matrix").getFirst()[i], 1e-5 * Math.abs(means[i]) + 1e-12, at);
                    }
                }
            }
        }
    }

    private float[] row(String name, int row) {
        return Arrays.copyOfRange(given(name), row * 8, row * 8 + 8);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void clippingByTheNormOfAllGradients(BackendProvider provider) {
        try (TrainingSession s = open(provider)) {
            for (String name : List.of("above", "below", "zero")) {
                Parameter a = parameter(s, "clip." + name + ".in0");
                Parameter b = parameter(s, "clip." + name + ".in1");
                AdamW adam = new AdamW(s, List.of(a, b), AdamW.Recipe.VAR);
                double norm = file.get("clip." + name + ".norm").floatAt(0);
                assertEquals(norm, adam.norm(), 1e-6 * norm);
                adam.step(0, 0, norm);
                // the first moment of a first step is a tenth of the clipped gradient
                float[] clipped = given("clip." + name + ".out1");
                float[] mean = adam.moments(b.name()).getFirst();
                for (int i = 0; i < clipped.length; i++) {
                    assertEquals(0.1 * clipped[i], mean[i], 1e-6 * Math.abs(clipped[i]) + 1e-12, name);
                }
            }
        }
    }

    private Parameter parameter(TrainingSession s, String name) {
        float[] values = given(name);
        return new Parameter(
                name,
                Shape.of(values.length),
                s.floats("value", values.length),
                floats(s, values, values.length),
                null);
    }
}
