package dev.tandem.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.cpu.ScalarProvider;
import dev.tandem.cpu.VectorProvider;
import dev.tandem.engine.BackendProvider;
import dev.tandem.gradient.Parameter;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses, logits and the gradient of every parameter are the original's, computed there in double precision. */
class GradientParityTest {
    static Stream<Arguments> cases() {
        return Stream.of(new ScalarProvider(), new VectorProvider())
                .flatMap(provider -> Stream.of(
                                "a_ce_drop_path",
                                "a_refiner_ce_all",
                                "a_refiner_ce_draft_n1",
                                "a_kd_ts_lambda0.5",
                                "a_kd_st_lambda0",
                                "a_shared_ce_all",
                                "a_plain_attention_ce_all")
                        .map(name -> Arguments.of(name, provider)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cases")
    void everyGradientIsTheOriginals(String name, BackendProvider provider) throws IOException {
        try (TrainingFixture f = new TrainingFixture(name, provider)) {
            double[] weights = f.weights(f.real("lambda", 1));
            f.learn(f.file.get("label_dropped").toInts(), f.file.get("tokens").toInts(), weights, keep(f));

            float[] losses = f.learner.losses();
            double loss = 0;
            for (int i = 0; i < losses.length; i++) {
                loss += weights[i % weights.length] * losses[i] / f.number("batch", 1);
            }
            double expected = f.file.get("loss_f64").floatAt(0);
            assertEquals(expected, loss, 1e-5 * Math.abs(expected), "loss");
            assertClose("logits", f.file.get("logits").toFloats(), f.learner.logits(), 1e-3);
            assertClose("token_loss", f.file.get("token_loss").toFloats(), losses, 2e-4);

            double difference = 0;
            double all = 0;
            for (Parameter p : f.learner.parameters()) {
                Optional<Tensor> want = f.file.find("grad." + p.name());
                assertTrue(want.isPresent(), "grad." + p.name());
                float[] theirs = want.get().toFloats();
                float[] ours = f.learner.gradient(p);
                assertGradient(p.name(), theirs, ours);
                for (int i = 0; i < theirs.length; i++) {
                    double d = (double) theirs[i] - ours[i];
                    difference += d * d;
                    all += (double) theirs[i] * theirs[i];
                }
            }
            assertTrue(Math.sqrt(difference / all) < 5e-5, "all gradients: " + Math.sqrt(difference / all));
            List<String> missing = f.file.names().stream()
                    .filter(n -> n.startsWith("grad."))
                    .filter(n -> f.learner.parameters().stream().noneMatch(p -> n.equals("grad." + p.name())))
                    .toList();
            assertEquals(List.of(), missing);
        }
    }

    private static float[][] keep(TrainingFixture f) {
        Optional<Tensor> masks = f.file.find("keep_mask");
        if (masks.isEmpty()) {
            return null;
        }
        float[] mask = masks.get().toFloats();
        float[] rates = f.file.get("drop_path_rate").toFloats();
        int batch = f.number("batch", 0);
        float[][] keep = new float[mask.length / batch][batch];
        for (int i = 0; i < mask.length; i++) {
            int branch = i / batch;
            keep[branch][i % batch] = mask[i] / (1 - rates[branch / 2]);
        }
        return keep;
    }

    private static void assertClose(String what, float[] expected, float[] actual, double tolerance) {
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], tolerance, what + " at " + i);
        }
    }

    private static void assertGradient(String name, float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length, name);
        double largest = 0;
        for (float e : expected) {
            largest = Math.max(largest, Math.abs(e));
        }
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 2e-4 * largest + 5e-6, name + " at " + i);
        }
    }
}
