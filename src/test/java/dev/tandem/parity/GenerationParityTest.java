package dev.tandem.parity;

import dev.tandem.decode.Ensemble;
import dev.tandem.decode.GenerationListener;
import dev.tandem.decode.Generator;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.fixture.Expected;
import dev.tandem.fixture.Fixtures.Case;
import dev.tandem.image.Planes;
import dev.tandem.model.VqVaeConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Greedy runs of the original, VAR and CoDe, give the same codes, logits, features and pictures here. */
class GenerationParityTest {
    private static final double LOGITS = 1e-3;
    private static final double F_HAT = 2e-4;
    private static final double PICTURE = 1e-3;

    @ParameterizedTest(name = "{0}: {1} {2}")
    @CsvSource({
        "scalar, a, var_cfg4",
        "scalar, a, var_batch2_cfg3",
        "scalar, a, var_cfg1.5",
        "scalar, a, var_cfg0",
        "scalar, a, code_n1_cfg4",
        "scalar, a, code_n2_cfg4",
        "scalar, a, code_n3_cfg4",
        "scalar, a, var_f16_weights",
        "scalar, a, var_bf16_weights",
        "scalar, b, code_n8_cfg4",
        "vector, a, var_cfg4",
        "vector, a, var_batch2_cfg3",
        "vector, a, var_cfg1.5",
        "vector, a, var_cfg0",
        "vector, a, code_n1_cfg4",
        "vector, a, code_n2_cfg4",
        "vector, a, code_n3_cfg4",
        "vector, a, var_f16_weights",
        "vector, a, var_bf16_weights",
        "vector, b, var_drafter_cfg4",
        "vector, b, var_refiner_cfg1.5",
        "vector, b, code_n3_cfg4",
        "vector, b, code_n8_cfg4",
    })
    void reproducesTheOriginal(String backend, String name, String run) {
        check(backend, SessionOptions.defaults(), name, run);
    }

    /** Says whether what was computed is near enough to what the original computed. */
    interface Judge {
        void scale(Expected expected, String at, int scale, VqVaeConfig vae, Generator g);

        void picture(Expected expected, float[] planes);
    }

    /** In fp32. */
    private static final Judge EXACT = new Judge() {
        @Override
        public void scale(Expected expected, String at, int scale, VqVaeConfig vae, Generator g) {
            compareScale(expected, at, scale, vae, g);
        }

        @Override
        public void picture(Expected expected, float[] planes) {
            expected.close("image", planes, PICTURE);
        }
    };

    static void check(String backend, SessionOptions options, String name, String run) {
        check(backend, options, name, run, EXACT);
    }

    static void check(String backend, SessionOptions options, String name, String run, Judge judge) {
        Case fixture = new Case(name);
        Expected expected = fixture.expected(run);
        Map<?, ?> settings = fixture.run(run);
        int scales = fixture.config()
                .tokenizer()
                .orElseThrow()
                .getValue()
                .config()
                .scales()
                .count();
        String[] models = String.valueOf(settings.get("model")).split("\\+");
        Schedule schedule = models.length == 1
                ? Schedule.single(models[0], scales)
                : Schedule.collaborative(models[0], models[1], (Integer) settings.get("draft_steps"), scales);
        List<?> labels = (List<?>) settings.get("labels");
        List<Prompt> pictures =
                labels.stream().map(l -> new Prompt((Integer) l, 0)).toList();
        double cfg = ((Number) settings.get("cfg")).doubleValue();

        try (Session session = Backends.choose(backend).provider().open(options)) {
            Ensemble ensemble = Ensemble.load(session, fixture, schedule.models());
            VqVaeConfig vae = ensemble.vae().config();
            Generator generator = new Generator(ensemble, schedule, SamplingSettings.greedy(cfg), pictures.size(), 1);
            generator.generate(pictures, new GenerationListener() {
                @Override
                public void decodedScale(Schedule.Step step, Generator g, long nanos) {
                    String prefix = models.length == 1 ? "" : step.stage() == 0 ? "draft." : "refine.";
                    judge.scale(expected, prefix + "s" + step.scale() + ".", step.scale(), vae, g);
                }
            });
            float[] planes = Planes.channelsFirst(generator.readImage(), pictures.size(), 3);
            for (int i = 0; i < planes.length; i++) {
                planes[i] = (planes[i] + 1) / 2;
            }
            judge.picture(expected, planes);
        }
    }

    private static void compareScale(Expected expected, String at, int scale, VqVaeConfig vae, Generator g) {
        expected.close(at + "logits", g.readLogits(scale), LOGITS);
        expected.equalTokens(at + "tokens", tokens(scale, vae, g));
        expected.close(at + "f_hat", Planes.channelsFirst(g.readFHat(), g.batch(), vae.codeSize()), F_HAT);
    }

    /** Of one scale, [B, l]. */
    static int[] tokens(int scale, VqVaeConfig vae, Generator g) {
        int from = vae.scales().start(scale);
        int to = vae.scales().start(scale + 1);
        int[] all = g.readTokens();
        int[] tokens = new int[g.batch() * (to - from)];
        for (int b = 0; b < g.batch(); b++) {
            System.arraycopy(all, b * vae.scales().length() + from, tokens, b * (to - from), to - from);
        }
        return tokens;
    }
}
