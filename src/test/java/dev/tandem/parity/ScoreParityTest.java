package dev.tandem.parity;

import dev.tandem.decode.Ensemble;
import dev.tandem.decode.Reconstructor;
import dev.tandem.decode.Scorer;
import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.fixture.Expected;
import dev.tandem.fixture.Fixtures.Case;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Teacher forcing: all positions at once under the block-causal mask give the original's logits. */
class ScoreParityTest {
    private static final double LOGITS = 1e-3;

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"scalar, a", "vector, a", "vector, b"})
    void reproducesTheForwardOfTraining(String backend, String name) {
        Case fixture = new Case(name);
        Expected expected = fixture.expected("forward");
        String model = String.valueOf(fixture.run("forward").get("model"));
        try (Session session = Backends.choose(backend).provider().open(SessionOptions.defaults())) {
            Ensemble ensemble = Ensemble.load(session, fixture, List.of(model));
            int length = ensemble.vae().config().scales().length();
            Reconstructor tokenizer = new Reconstructor(session, ensemble.vae());
            Scorer scorer = new Scorer(session, model, ensemble.transformers().get(model));
            int[] labels = expected.ints("label");
            int[] tokens = expected.ints("tokens");
            for (int b = 0; b < labels.length; b++) {
                int[] own = Arrays.copyOfRange(tokens, b * length, (b + 1) * length);
                expected.close(
                        "logits." + b,
                        scorer.logits(labels[b], tokenizer.embed(own).maps()),
                        LOGITS);
            }
        }
    }
}
