package dev.tandem.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.gradient.Parameter;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Five steps of the original's trainer: rates, losses, gradient norms and where the parameters end. */
class OptimiserParityTest {
    @ParameterizedTest
    @ValueSource(strings = {"a_opt_shared_ce", "a_opt_kd_scale_mean", "a_opt_plain_attention_ce", "a_opt_accumulate2"})
    void stepsLeadWhereTheOriginalsDo(String name) throws IOException {
        try (TrainingFixture f = TrainingFixture.scalar(name)) {
            AdamW optimiser = new AdamW(f.session, f.learner.parameters(), AdamW.Recipe.VAR);
            RateSchedule schedule = new RateSchedule(
                    RateSchedule.Shape.named((String) f.json.get("sche")),
                    f.real("tlr", 0),
                    f.real("twd", 0),
                    f.real("twde", 0),
                    f.number("wp_it", 0),
                    f.number("max_it", 0),
                    f.real("wp0", 0),
                    f.real("wpe", 0));
            int accumulate = f.number("ac", 1);
            int batches = f.number("steps", 0) * accumulate;
            int batch = f.number("batch", 0);
            int[] labels = f.file.get("step.label_dropped").toInts();
            int[] tokens = f.file.get("step.tokens").toInts();
            int length = f.config.scales().length();
            for (int it = 0; it < batches; it++) {
                double rate = schedule.rate(it);
                double decay = schedule.decay(it);
                assertEquals(f.file.get("step.lr").floatAt(it), rate, 1e-7 * rate, "lr");
                assertEquals(f.file.get("step.wd").floatAt(it), decay, 1e-7, "wd");
                Optional<Tensor> lambda = f.file.find("step.lambda");
                double[] weights = f.weights(lambda.isPresent() ? lambda.get().floatAt(it) : 1);
                double[] counted =
                        Arrays.stream(weights).map(w -> w / accumulate).toArray();
                f.learn(
                        Arrays.copyOfRange(labels, it * batch, (it + 1) * batch),
                        Arrays.copyOfRange(tokens, it * batch * length, (it + 1) * batch * length),
                        counted,
                        null);
                float[] losses = f.learner.losses();
                double loss = 0;
                for (int i = 0; i < losses.length; i++) {
                    loss += weights[i % weights.length] * losses[i] / batch;
                }
                double expected = f.file.get("step.loss").floatAt(it);
                assertEquals(expected, loss, 1e-5 * expected, "loss of batch " + it);
                if ((it + 1) % accumulate == 0) {
                    double norm = optimiser.norm();
                    double theirs = f.file.get("step.grad_norm").floatAt(it / accumulate);
                    assertEquals(theirs, norm, 1e-4 * theirs, "norm of step " + it / accumulate);
                    optimiser.step(rate, decay, norm);
                    f.learner.refresh();
                }
            }
            double largestRate = f.real("tlr", 0);
            int compared = 0;
            int off = 0;
            int far = 0;
            for (Parameter p : f.learner.parameters()) {
                Optional<Tensor> end = f.file.find("final." + p.name());
                if (end.isEmpty()) {
                    continue;
                }
                float[] theirs = end.get().toFloats();
                float[] ours = f.learner.value(p);
                for (int i = 0; i < theirs.length; i++) {
                    double d = Math.abs((double) theirs[i] - ours[i]);
                    compared++;
                    off += d > 1e-6 ? 1 : 0;
                    far += d > 0.01 * largestRate ? 1 : 0;
                    assertTrue(d <= 2 * f.real("sum_of_lr", 0), p.name() + " at " + i);
                }
            }
            assertTrue(compared > 0);
            assertTrue(off <= compared / 1000, off + " of " + compared + " parameters off");
            assertTrue(far <= Math.max(3, compared / 10_000), far + " of " + compared + " parameters far off");
        }
    }
}
