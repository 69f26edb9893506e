package dev.tandem.parity;

import dev.tandem.decode.Reconstructor;
import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.fixture.Compare;
import dev.tandem.fixture.Fixtures.Case;
import dev.tandem.image.Planes;
import dev.tandem.model.Scales;
import dev.tandem.model.VqVae;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.Safetensors;
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
        Safetensors expected = fixture.expected("vae");
        try (Session session =
                Backends.choose(backend).provider().open(SessionOptions.defaults())) {
            VqVaeConfig config = fixture.config().tokenizer().orElseThrow().getValue().config();
            Reconstructor tokenizer = new Reconstructor(session, VqVae.load(config, fixture.tensors("vae"), session));
            Reconstructor.Encoding encoding = tokenizer.encode(input(expected));
            compareEncoding(expected, config, encoding);

            float[] picture = Planes.channelsFirst(tokenizer.decode(encoding.fHat()), 1, 3);
            comparePicture(expected, "reconstruction", picture, config.imageSide());
            float[] fHat = Planes.channelsLast(expected.get("decode.f_hat").toFloats(), 1, config.codeSize());
            float[] decoded = Planes.channelsFirst(tokenizer.decode(fHat), 1, 3);
            comparePicture(expected, "decode.image", decoded, config.imageSide());

            Reconstructor.Encoding again = tokenizer.embed(encoding.tokens());
            Compare.close("maps of given codes", expected.get("teacher_input"), again.maps(), FEATURES);
        }
    }

    private static float[] input(Safetensors expected) {
        float[] planes = expected.get("input_u8").toFloats();
        for (int i = 0; i < planes.length; i++) {
            planes[i] = planes[i] / 255 * 2 - 1;
        }
        return Planes.channelsLast(planes, 1, 3);
    }

    private static void compareEncoding(Safetensors expected, VqVaeConfig config, Reconstructor.Encoding encoding) {
        Scales scales = config.scales();
        Compare.close(
                "f", expected.get("f"), Planes.channelsFirst(encoding.f(), 1, config.codeSize()), FEATURES * 5);
        for (int i = 0; i < scales.count(); i++) {
            String at = "s" + i + ".";
            int[] tokens = Arrays.copyOfRange(encoding.tokens(), scales.start(i), scales.start(i + 1));
            Compare.equalTokens(at + "tokens", expected.get(at + "tokens"), tokens);
            float[] fHat = Planes.channelsFirst(encoding.fHats().get(i), 1, config.codeSize());
            expected.find(at + "f_hat").ifPresent(t -> Compare.close(at + "f_hat", t, fHat, FEATURES));
        }
        Compare.close("teacher_input", expected.get("teacher_input"), encoding.maps(), FEATURES);
    }

    private static void comparePicture(Safetensors expected, String name, float[] planes, int side) {
        expected.find(name).ifPresent(t -> Compare.close(name, t, planes, 2 * PICTURE));
        expected.find(name + "_every4")
                .ifPresent(t -> Compare.close(name, t, Compare.every(planes, side, 4), 2 * PICTURE));
    }
}
