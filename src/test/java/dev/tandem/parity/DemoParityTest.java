package dev.tandem.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.convert.Converter;
import dev.tandem.convert.ModelNotes;
import dev.tandem.decode.Ensemble;
import dev.tandem.decode.GenerationListener;
import dev.tandem.decode.Generator;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.Reconstructor;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.fixture.Compare;
import dev.tandem.folder.Model;
import dev.tandem.folder.ModelFolder;
import dev.tandem.image.Planes;
import dev.tandem.model.VqVae;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trained demo family, converted from its checkpoints, draws the original code's pictures. */
class DemoParityTest {
    private static final Path SOURCE = Path.of("../shared/demo-model");
    private static final Path BUNDLED = Path.of("weights/demo");

    @TempDir
    private Path folder;

    private Safetensors expected;

    @BeforeEach
    void open() throws IOException {
        Path parity = SOURCE.resolve("parity.safetensors");
        Assumptions.assumeTrue(Files.exists(parity), "skipped: the demo's checkpoints are not on this machine");
        expected = Safetensors.open(parity, Arena.ofAuto());
    }

    private Model convert(String... files) throws IOException {
        List<Path> inputs =
                Stream.of(files).map(f -> SOURCE.resolve(f + ".pth")).toList();
        new Converter(new Converter.Options(null, ModelNotes.NONE, false), (done, total, part) -> {})
                .convert(inputs, folder);
        return ModelFolder.open(folder);
    }

    @Test
    void varDrawsTheOriginalsPictures() throws IOException {
        try (Model model = convert("vae_demo", "var_demo_d6")) {
            compare(model, Schedule.single("var_demo_d6", 10), "var_d6.");
        }
    }

    @Test
    void collaborativeDecodingDrawsTheOriginalsPictures() throws IOException {
        try (Model model = convert("vae_demo", "drafter_8", "refiner_8")) {
            compare(model, Schedule.collaborative("drafter_8", "refiner_8", 8, 10), "code_8.");
        }
    }

    private void compare(Model model, Schedule schedule, String at) {
        int[] labels = expected.get("labels").toInts();
        List<Prompt> pictures =
                Arrays.stream(labels).mapToObj(l -> new Prompt(l, 0)).toList();
        try (Session session = Backends.choose("vector").provider().open(SessionOptions.defaults())) {
            Generator generator = new Generator(
                    Ensemble.load(session, model, schedule.models()),
                    schedule,
                    SamplingSettings.greedy(3),
                    labels.length,
                    1);
            generator.generate(pictures, GenerationListener.NONE);
            Compare.equalTokens("codes", expected.get(at + "tokens"), generator.readTokens());
            Compare.close(
                    "f_hat",
                    expected.get(at + "f_hat"),
                    Planes.channelsFirst(generator.readFHat(), labels.length, 16),
                    2e-4);
            float[] planes = Planes.channelsFirst(generator.readImage(), labels.length, 3);
            for (int i = 0; i < planes.length; i++) {
                planes[i] = (planes[i] + 1) / 2;
            }
            Compare.close("picture", expected.get(at + "image"), planes, 1e-3);
        }
    }

    @Test
    void theTokenizerEncodesAndDecodesAsTheOriginal() throws IOException {
        try (Model model = convert("vae_demo");
                Session session = Backends.choose("vector").provider().open(SessionOptions.defaults())) {
            Reconstructor tokenizer = tokenizer(model, session);
            float[] picture = Planes.channelsLast(expected.get("vae.input").toFloats(), 1, 3);
            Reconstructor.Encoding encoding = tokenizer.encode(picture);
            assertArrayEquals(expected.get("vae.tokens").toInts(), encoding.tokens());
            float[] again = Planes.channelsFirst(tokenizer.decode(encoding.fHat()), 1, 3);
            Compare.close("reconstruction", expected.get("vae.image"), again, 2e-3);
        }
    }

    private static Reconstructor tokenizer(Model model, Session session) {
        var part = model.config().tokenizer().orElseThrow();
        VqVaeConfig config = part.getValue().config();
        return new Reconstructor(session, VqVae.load(config, model.tensors(part.getKey()), session));
    }

    /** The bundled folder is int8: its decoder must draw from given features what the fp16 one draws. */
    @Test
    void eightBitsChangeThePicturesLittle() throws IOException {
        try (Model model = ModelFolder.open(BUNDLED);
                Session session = Backends.choose("vector").provider().open(SessionOptions.defaults())) {
            Reconstructor tokenizer = tokenizer(model, session);
            Tensor fHats = expected.get("code_8.f_hat");
            float[] images = expected.get("code_8.image").toFloats();
            int n = images.length / 2;
            for (int b = 0; b < 2; b++) {
                float[] fHat = Arrays.copyOfRange(fHats.toFloats(), b * 16 * 256, (b + 1) * 16 * 256);
                float[] decoded =
                        Planes.channelsFirst(tokenizer.decode(Planes.channelsLast(fHat, 1, 16)), 1, 3);
                double squares = 0;
                for (int i = 0; i < n; i++) {
                    double d = (decoded[i] + 1) / 2 - images[b * n + i];
                    squares += d * d;
                }
                double psnr = -10 * Math.log10(squares / n);
                assertTrue(psnr > 38, () -> "PSNR of the int8 decoder against fp16 is " + psnr + " dB");
            }
        }
    }
}
