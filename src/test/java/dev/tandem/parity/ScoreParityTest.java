package dev.tandem.parity;

import dev.tandem.decode.Ensemble;
import dev.tandem.decode.Reconstructor;
import dev.tandem.decode.Scorer;
import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.fixture.Compare;
import dev.tandem.fixture.Fixtures.Case;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Teacher forcing: all positions at once under the block-causal mask give the original's logits. */
class ScoreParityTest {
    private static final double LOGITS = 1e-3;

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"scalar, a", "vector, a", "vector, b"})
    void reproducesTheForwardOfTraining(String backend, String name) {
        Case fixture = new Case(name);
        Safetensors expected = fixture.expected("forward");
        String model = String.valueOf(fixture.run("forward").get("model"));
        try (Session session =
                Backends.choose(backend).provider().open(SessionOptions.defaults())) {
            Ensemble ensemble = Ensemble.load(session, fixture, List.of(model));
            int length = ensemble.vae().config().scales().length();
            int vocabulary = ensemble.vae().config().vocabulary();
            Reconstructor tokenizer = new Reconstructor(session, ensemble.vae());
            Scorer scorer = new Scorer(session, model, ensemble.transformers().get(model));
            int[] labels = expected.get("label").toInts();
            int[] tokens = expected.get("tokens").toInts();
            float[] all = expected.get("logits").toFloats();
            for (int b = 0; b < labels.length; b++) {
                int[] own = Arrays.copyOfRange(tokens, b * length, (b + 1) * length);
                float[] logits = scorer.logits(labels[b], tokenizer.embed(own).maps());
                Optional<Tensor> rows = expected.find("logits_rows");
                if (rows.isPresent()) {
                    logits = GenerationParityTest.rows(logits, rows.get().toInts(), vocabulary);
                }
                float[] want = Arrays.copyOfRange(all, b * logits.length, (b + 1) * logits.length);
                Compare.close("logits " + b, Tensor.ofFloats("", Shape.of(want.length), want), logits, LOGITS);
            }
        }
    }
}
