package dev.tandem.parity;

import dev.tandem.decode.Reconstructor;
import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.fixture.Expected;
import dev.tandem.fixture.Fixtures.Case;
import dev.tandem.fixture.Formula;
import dev.tandem.image.Planes;
import dev.tandem.model.Scales;
import dev.tandem.model.VqVae;
import dev.tandem.model.VqVaeConfig;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The VQ-VAE encodes a picture to the original's codes and decodes features to the original's pixels. */
class TokenizerParityTest {
    private static final double FEATURES = 2e-4;
    private static final double PICTURE = 1e-3;

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"scalar, a", "vector, a", "vector, b"})
    void encodesAndDecodesAsTheOriginal(String backend, String name) {
        Case fixture = new Case(name);
        Expected expected = fixture.expected("vae");
        try (Session session = Backends.choose(backend).provider().open(SessionOptions.defaults())) {
            VqVaeConfig config =
                    fixture.config().tokenizer().orElseThrow().getValue().config();
            Reconstructor tokenizer = new Reconstructor(session, VqVae.load(config, fixture.tensors("vae"), session));
            Reconstructor.Encoding encoding =
                    tokenizer.encode(picture(String.valueOf(fixture.run("vae").get("picture")), config.imageSide()));
            compareEncoding(expected, config, encoding);

            expected.close(
                    "reconstruction", Planes.channelsFirst(tokenizer.decode(encoding.fHat()), 1, 3), 2 * PICTURE);
            float[] fHat = Formula.values(name + "/f_hat", encoding.fHat().length, 1.5, 0);
            float[] decoded = tokenizer.decode(Planes.channelsLast(fHat, 1, config.codeSize()));
            expected.close("decode.image", Planes.channelsFirst(decoded, 1, 3), 2 * PICTURE);

            Reconstructor.Encoding again = tokenizer.embed(encoding.tokens());
            expected.close("teacher_input", again.maps(), FEATURES);
        }
    }

    /** Blocks of 8 pixels and noise, as integers. */
    private static float[] picture(String seed, int side) {
        int blocks = side / 8;
        float[] coarse = Formula.values(seed + "/coarse", 3 * blocks * blocks, 127.5, 128);
        float[] fine = Formula.values(seed + "/fine", 3 * side * side, 127.5, 128);
        float[] planes = new float[fine.length];
        for (int i = 0; i < planes.length; i++) {
            int block = (i / side / side * blocks + i / side % side / 8) * blocks + i % side / 8;
            planes[i] = (float) ((3 * (int) coarse[block] + (int) fine[i]) / 4) / 255 * 2 - 1;
        }
        return Planes.channelsLast(planes, 1, 3);
    }

    private static void compareEncoding(Expected expected, VqVaeConfig config, Reconstructor.Encoding encoding) {
        Scales scales = config.scales();
        expected.close("f", Planes.channelsFirst(encoding.f(), 1, config.codeSize()), FEATURES * 5);
        for (int i = 0; i < scales.count(); i++) {
            String at = "s" + i + ".";
            int[] tokens = Arrays.copyOfRange(encoding.tokens(), scales.start(i), scales.start(i + 1));
            expected.equalTokens(at + "tokens", tokens);
            float[] fHat = Planes.channelsFirst(encoding.fHats().get(i), 1, config.codeSize());
            expected.close(at + "f_hat", fHat, FEATURES);
        }
        expected.close("teacher_input", encoding.maps(), FEATURES);
    }
}
