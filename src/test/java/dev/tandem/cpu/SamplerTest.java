package dev.tandem.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.fixture.Expected;
import dev.tandem.fixture.Fixtures;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {
    private final Safetensors ops = Fixtures.open("ops/expected/ops.safetensors");

    @Test
    void keepsAndWeighsTheCodesThatTheOriginalKeeps() throws IOException {
        Map<String, Object> json = JSON.std.mapFrom(Files.readString(Fixtures.file("ops/ops.json")));
        float[] logits = ops.get("sample.logits").toFloats();
        Tensor u = ops.get("sample.u");
        for (Object entry : (List<?>) json.get("sampling")) {
            Map<?, ?> s = (Map<?, ?>) entry;
            String name = "sample." + s.get("name");
            float[] expected = ops.get(name + ".probs").toFloats();
            int[] tokens = ops.get(name + ".tokens").toInts();
            int topK = (Integer) s.get("top_k");
            float topP = ((Number) s.get("top_p")).floatValue();
            float temperature = ((Number) s.get("temp")).floatValue();
            Sampler sampler = new Sampler(50);
            double[] actual = new double[50];
            for (int row = 0; row < 14; row++) {
                sampler.filter(logits, row * 50, topK, topP);
                sampler.probabilities(logits, row * 50, temperature, actual);
                for (int v = 0; v < 50; v++) {
                    assertEquals(expected[row * 50 + v], actual[v], 1e-6, name + " row " + row + " code " + v);
                    assertEquals(expected[row * 50 + v] == 0, actual[v] == 0, name + " survivors of row " + row);
                }
                double uniform = u.data().getAtIndex(java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED, row);
                assertEquals(tokens[row], sampler.draw(logits, row * 50, temperature, uniform), name + " row " + row);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"a, var_sampled", "a, var_smooth", "a, code_n2_sampled"})
    void drawsTheOriginalsCodesFromItsUniformNumbers(String name, String run) {
        Fixtures.Case fixture = new Fixtures.Case(name);
        Expected expected = fixture.expected(run);
        Map<?, ?> settings = fixture.run(run);
        for (String tensor : expected.file().names()) {
            if (!tensor.matches("(draft\\.)?s\\d\\.u")) {
                continue;
            }
            String at = tensor.substring(0, tensor.length() - 1);
            int scale = at.charAt(at.length() - 2) - '0';
            float[] logits = expected.whole(at + "logits").toFloats();
            int[] tokens = expected.whole(at + "tokens").toInts();
            int vocabulary = expected.whole(at + "logits").shape().size(-1);
            int topK = settings.get("top_k") instanceof List<?> l
                    ? (Integer) l.get(scale)
                    : (Integer) settings.get("top_k");
            float topP = ((Number) settings.get("top_p")).floatValue();
            float temperature = settings.get("temp") instanceof List<?> l ? ((Number) l.get(scale)).floatValue() : 1;
            Sampler sampler = new Sampler(vocabulary);
            for (int row = 0; row < tokens.length; row++) {
                sampler.filter(logits, row * vocabulary, topK, topP);
                double u = expected.whole(tensor)
                        .data()
                        .getAtIndex(java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED, row);
                assertEquals(tokens[row], sampler.draw(logits, row * vocabulary, temperature, u), at + row);
            }
        }
    }

    @Test
    void softensAsTheOriginalsGumbelSoftmax() {
        Fixtures.Case fixture = new Fixtures.Case("a");
        Expected expected = fixture.expected("var_smooth");
        float[] codebook = new float[64 * 64];
        for (int v = 0; v < 64; v++) {
            codebook[v * 64 + v] = 1; // an identity code book gives the weights themselves
        }
        for (int scale = 0; scale < 4; scale++) {
            String at = "s" + scale + ".";
            float[] logits = expected.whole(at + "logits").toFloats();
            float[] noise = expected.whole(at + "exp_noise").toFloats();
            float[] weights = expected.whole(at + "gumbel_probs").toFloats();
            float gain = 1 + scale / 3f;
            float tau = (float) Math.max(0.27 * (1 - 0.95 * scale / 3), 0.005);
            Sampler sampler = new Sampler(64);
            float[] actual = new float[64];
            for (int row = 0; row < logits.length / 64; row++) {
                int from = row * 64;
                sampler.filter(logits, from, 30, 0.97f);
                sampler.mix(logits, from, gain, tau, v -> noise[from + v], codebook, 64, actual, 0);
                for (int v = 0; v < 64; v++) {
                    assertEquals(weights[from + v], actual[v], 2e-5, at + row);
                }
            }
        }
    }

    @Test
    void tiesWithTheKthLargestStay() {
        float[] logits = {1, 3, 2, 2, 2, -1, 3};
        Sampler sampler = new Sampler(7);
        double[] p = new double[7];
        sampler.filter(logits, 0, 3, 0);
        sampler.probabilities(logits, 0, 1, p);
        assertTrue(p[2] > 0 && p[3] > 0 && p[4] > 0, "all of the tied third stay");
        assertEquals(0, p[0]);
        assertEquals(0, p[5]);
    }

    /** Draws of many positions follow the filtered and tempered distribution. */
    @ParameterizedTest
    @CsvSource({"0, 0, 1", "12, 0, 1", "0, 0.9, 1", "20, 0.8, 1.3"})
    void drawsFollowTheDistribution(int topK, float topP, float temperature) {
        int vocabulary = 40;
        float[] logits = new float[vocabulary];
        for (int v = 0; v < vocabulary; v++) {
            logits[v] = (float) (2 * Math.sin(v * 1.7) + 0.03 * v);
        }
        Sampler sampler = new Sampler(vocabulary);
        sampler.filter(logits, 0, topK, topP);
        double[] p = new double[vocabulary];
        sampler.probabilities(logits, 0, temperature, p);
        int draws = 40_000;
        long[] counts = new long[vocabulary];
        for (int i = 0; i < draws; i++) {
            counts[sampler.draw(logits, 0, temperature, sampler.uniform(7, 9, i % 10, i / 10))]++;
        }
        int kept = 0;
        for (int v = 0; v < vocabulary; v++) {
            if (p[v] == 0) {
                assertEquals(0, counts[v], "a filtered code was drawn");
            } else {
                kept++;
            }
        }
        double[] expected = new double[kept];
        long[] observed = new long[kept];
        for (int v = 0, i = 0; v < vocabulary; v++) {
            if (p[v] > 0) {
                expected[i] = p[v] * draws;
                observed[i++] = counts[v];
            }
        }
        assertTrue(new ChiSquareTest().chiSquareTest(expected, observed) > 1e-3, "chi-square test");
    }
}
