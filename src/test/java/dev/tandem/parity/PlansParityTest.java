package dev.tandem.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.tandem.decode.Ensemble;
import dev.tandem.decode.GenerationListener;
import dev.tandem.decode.Generator;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.fixture.Compare;
import dev.tandem.fixture.Fixtures.Case;
import dev.tandem.fixture.TinyModel;
import dev.tandem.folder.Model;
import dev.tandem.folder.ModelConfig;
import dev.tandem.image.Mask;
import dev.tandem.image.Planes;
import dev.tandem.model.Scales;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.Tensor;
import dev.tandem.tensor.TensorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Inpainting with VAR and with drafter and refiner gives what the original's inpaint functions give, and a plan where the
 * large model comes back after another decoded one scale what the original's loop gives with the other's tokens in it; the
 * numbers come from {@code tools/original/plans_golden.py}. Only the decoder's weights are of our own, since f_hat is
 * compared.
 */
class PlansParityTest {
    private static final Path GOLDEN = Path.of("src/test/resources/plans.safetensors");

    /** Fixture a's transformers with the golden file's quantizer. */
    private record Pair(Case fixture, Safetensors golden, VqVaeConfig vae) implements Model {
        static Pair open(Safetensors golden) {
            Case fixture = new Case("a");
            Scales scales = fixture.config().transformers().get("var").config().scales();
            return new Pair(
                    fixture, golden, new VqVaeConfig(64, 8, 4, List.of(1, 1, 2), 1, scales, 4, 0.5f, 2, 1e-6f, false));
        }

        @Override
        public ModelConfig config() {
            Map<String, ModelConfig.Part> parts =
                    new LinkedHashMap<>(fixture.config().parts());
            parts.put("vae", new ModelConfig.VaePart("vae", "fp32", vae));
            return new ModelConfig("pair", List.of(), parts, ModelConfig.SamplingDefaults.NONE, null);
        }

        @Override
        public TensorSource tensors(String part) {
            if (!part.equals("vae")) {
                return fixture.tensors(part);
            }
            Map<String, Tensor> tensors = TinyModel.tokenizer(vae, 3);
            tensors.replaceAll((name, own) -> golden.find("vae." + name).orElse(own));
            return TinyModel.source("vae", tensors);
        }

        @Override
        public String origin() {
            return "plans";
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "scalar, var",
        "scalar, code1",
        "scalar, code2",
        "scalar, code3",
        "scalar, swap1",
        "scalar, swap2",
        "scalar, swap3",
        "vector, var",
        "vector, code2",
        "vector, swap2"
    })
    void drawsTheSame(String backend, String run) throws IOException {
        Safetensors golden = Safetensors.open(GOLDEN, Arena.ofAuto());
        Pair pair = Pair.open(golden);
        Scales scales = pair.vae().scales();
        Schedule schedule = Schedule.parse(plan(run), scales.count());
        boolean edits = !run.startsWith("swap");
        int label = golden.get("label").toInts()[0];
        SamplingSettings settings = SamplingSettings.greedy(golden.get("cfg").toFloats()[0]);
        // two pictures at a time: what is kept must reach both
        int batch = 2;
        List<Prompt> pictures = List.of(new Prompt(label, 1), new Prompt(label, 2));
        List<float[]> kept = new ArrayList<>();
        for (int i = 0; i < scales.count(); i++) {
            kept.add(twice(Planes.channelsLast(golden.get("kept.s" + i).toFloats(), 1, 8)));
        }
        try (Session session = Backends.choose(backend).provider().open(SessionOptions.defaults())) {
            Ensemble models = Ensemble.load(session, pair, schedule.models());
            Generator generator = new Generator(models, schedule, settings, batch, 1, edits);
            if (edits) {
                Mask mask = mask(golden.get("mask")).nearest(scales.side(), scales.side());
                generator.keep(kept, twice(mask.toFloats()));
            }
            generator.generate(pictures, new GenerationListener() {
                @Override
                public void decodedScale(Schedule.Step step, Generator g, long nanos) {
                    String at = run + ".s" + step.scale() + ".";
                    float[] logits = g.readLogits(step.scale());
                    Compare.close(at + "logits", golden.get(at + "logits"), half(logits), 1e-3);
                    float[] fHat = Planes.channelsFirst(g.readFHat(), batch, 8);
                    Compare.close(at + "f_hat", golden.get(at + "f_hat"), half(fHat), 2e-4);
                    assertArrayEquals(half(fHat), Arrays.copyOfRange(fHat, fHat.length / 2, fHat.length));
                    int[] tokens = Arrays.copyOfRange(
                            g.readTokens(), scales.start(step.scale()), scales.start(step.scale() + 1));
                    Compare.equalTokens(at + "tokens", golden.get(at + "tokens"), tokens);
                }
            });
        }
    }

    private static String plan(String run) {
        return switch (run) {
            case "var" -> "var:1-4";
            case "code1" -> "var:1,refiner:2-4";
            case "code2" -> "var:1-2,refiner:3-4";
            case "code3" -> "var:1-3,refiner:4";
            case "swap1" -> "var:1,refiner:2,var:3-4";
            case "swap2" -> "var:1-2,refiner:3,var:4";
            default -> "var:1-3,refiner:4";
        };
    }

    private static Mask mask(Tensor t) {
        int[] values = t.toInts();
        boolean[] marked = new boolean[values.length];
        for (int i = 0; i < marked.length; i++) {
            marked[i] = values[i] == 1;
        }
        return new Mask(t.shape().size(1), t.shape().size(0), marked);
    }

    private static float[] twice(float[] x) {
        float[] out = Arrays.copyOf(x, 2 * x.length);
        System.arraycopy(x, 0, out, x.length, x.length);
        return out;
    }

    private static float[] half(float[] x) {
        return Arrays.copyOf(x, x.length / 2);
    }
}
