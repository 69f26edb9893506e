package dev.tandem.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.op.Buffer;
import dev.tandem.op.SamplingState;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where thousands of codes are about as likely, sums that are off in the seventh digit draw a neighbour. */
class ExactDrawsTest {
    private static final int VOCABULARY = 4096;
    private static final int ROWS = 512;

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 1",
        "0.01, 0, 0, 2",
        "0.5, 0, 0, 0.8",
        "3, 0, 0, 2",
        "0, 0, 0.3, 1",
        "0.01, 0, 0.5, 2",
        "0.5, 0, 0.999, 1",
        "0.5, 900, 0.95, 1",
        "0.5, 600, 0.95, 1.1",
        "0.1, 1024, 0.9, 1",
        "0.1, 1025, 0.9, 1",
        "0.5, 0, 0.5, 1",
        "0.1, 2048, 0.9, 1",
        "0.1, 2049, 0.9, 1"
    })
    void everyDrawIsTheOracles(float spread, int topK, double topP, double temperature) {
        try (Session scalar = Backends.choose("scalar").provider().open(SessionOptions.defaults());
                Session device = Backends.choose("tornado").provider().open(TestDevice.options())) {
            int[] expected = draw(scalar, spread, topK, topP, temperature);
            assertTrue(Arrays.stream(expected).distinct().count() > ROWS / 4);
            assertArrayEquals(expected, draw(device, spread, topK, topP, temperature));
        }
    }

    private static int[] draw(Session session, float spread, int topK, double topP, double temperature) {
        OpsBench b = new OpsBench(session, new Random(11));
        Buffer logits = session.floats("logits", 2, ROWS, VOCABULARY);
        float[] values = b.values(2 * ROWS * VOCABULARY);
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] * spread + 0f; // no −0
        }
        session.write(logits, values);
        SamplingState state = TornadoOpsTest.state(b, TornadoOpsTest.settings(topK, topP, temperature));
        Buffer tokens = b.ints(new int[2 * ROWS], 2, ROWS);
        b.run(o -> o.sample(logits, state, 1, 0, tokens));
        return session.readInts(tokens);
    }
}
