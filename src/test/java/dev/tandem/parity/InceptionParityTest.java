package dev.tandem.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.fixture.Compare;
import dev.tandem.fixture.FormulaInception;
import dev.tandem.model.Inception;
import dev.tandem.model.InceptionConfig.Pooling;
import dev.tandem.op.Buffer;
import dev.tandem.tensor.Safetensors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Features and scores of both networks are PyTorch's. */
class InceptionParityTest {
    private static final int SIDE = 80;
    private static final int EVERY = 8;
    private static final int PICTURES = 2;
    /** Of values of the order of 0.1. */
    private static final double TOLERANCE = 1e-5;

    private Safetensors expected;

    @BeforeEach
    void open() throws IOException {
        expected = Safetensors.open(Path.of("src/test/resources/quality/inception.safetensors"), Arena.ofAuto());
    }

    private static float[] input() {
        byte[] first = FormulaInception.picture("direct0", SIDE, SIDE);
        byte[] second = FormulaInception.picture("direct1", SIDE, SIDE);
        float[] out = new float[first.length + second.length];
        for (int i = 0; i < out.length; i++) {
            byte b = i < first.length ? first[i] : second[i - first.length];
            out[i] = 2 * ((b & 0xff) / 255f) - 1;
        }
        return out;
    }

    private static float[] sparse(float[] x, int row) {
        float[] out = new float[x.length / row * ((row + EVERY - 1) / EVERY)];
        int to = 0;
        for (int i = 0; i < x.length; i++) {
            if (i % row % EVERY == 0) {
                out[to++] = x[i];
            }
        }
        return out;
    }

    @ParameterizedTest
    @CsvSource({"scalar, TORCHVISION, 1000", "vector, TORCHVISION, 1000", "vector, FID, 1008"})
    void featuresAndScoresArePyTorchs(String backend, Pooling pooling, int classes) {
        try (Session session = Backends.choose(backend).provider().open(SessionOptions.defaults())) {
            Inception model =
                    Inception.load(FormulaInception.config(pooling, classes), new FormulaInception(classes), session);
            Inception.State state = new Inception.State(session, model, PICTURES, SIDE);
            Buffer pictures = session.activations("pictures", PICTURES, SIDE, SIDE, 3);
            Buffer features =
                    session.floats("features", PICTURES, model.config().features());
            Buffer scores = session.floats("scores", PICTURES, classes);
            Buffer spatial = session.activations("spatial", model.spatialShape(PICTURES, SIDE));
            session.write(pictures, input());
            session.program("inception", ops -> {
                        model.features(ops, pictures, state, features, spatial);
                        model.classify(ops, features, scores);
                    })
                    .run();
            String prefix = pooling == Pooling.FID ? "fid.80." : "torchvision.80.";
            float[] f = session.readFloats(features);
            Compare.close(prefix + "features", expected.get(prefix + "features"), sparse(f, 2048), TOLERANCE);
            expected.find(prefix + "scores")
                    .ifPresent(t ->
                            Compare.close("scores", t, sparse(session.readFloats(scores), classes), 2 * TOLERANCE));
            expected.find(prefix + "spatial")
                    .ifPresent(t -> Compare.close(
                            "spatial", t, sparse(channels(session.readFloats(spatial), 8, 7), 3 * 3 * 7), TOLERANCE));
            alone(session, model, features, Arrays.copyOfRange(f, f.length / 2, f.length));
        }
    }

    private static float[] channels(float[] map, int all, int first) {
        float[] out = new float[map.length / all * first];
        for (int i = 0; i < out.length; i++) {
            out[i] = map[i / first * all + i % first];
        }
        return out;
    }

    /** The second picture gives the same, to the last bit, where it is the only one. */
    private static void alone(Session session, Inception model, Buffer features, float[] inBatch) {
        float[] all = input();
        Buffer one = session.activations("one", 1, SIDE, SIDE, 3);
        session.write(one, Arrays.copyOfRange(all, all.length / 2, all.length));
        Inception.State state = new Inception.State(session, model, 1, SIDE);
        Buffer row = features.view(1, model.config().features());
        Buffer spatial = session.activations("spatial", model.spatialShape(1, SIDE));
        session.program("one", ops -> model.features(ops, one, state, row, spatial))
                .run();
        assertArrayEquals(inBatch, session.readFloats(row));
    }
}
