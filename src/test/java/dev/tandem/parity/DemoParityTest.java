package dev.tandem.parity;

import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.tandem.fixture.Expected;
import dev.tandem.fixture.Fixtures;
import dev.tandem.folder.Model;
import dev.tandem.folder.ModelFolder;
import dev.tandem.image.Planes;
import dev.tandem.model.VqVae;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bundled model, int8 weights and all, draws what the original code draws with the same weights. */
class DemoParityTest {
    private static final Path BUNDLED = Path.of("weights/demo");
    private static final int SCALES = 10;

    private final Fixtures.Case fixture = new Fixtures.Case("demo");

    @Test
    void theDrafterAloneDrawsTheOriginalsPictures() throws IOException {
        compare("var_cfg3", Schedule.single("drafter_8", SCALES), "");
    }

    @Test
    void collaborativeDecodingDrawsTheOriginalsPictures() throws IOException {
        compare("code_n8_cfg3", Schedule.collaborative("drafter_8", "refiner_8", 8, SCALES), "draft.");
    }

    private void compare(String run, Schedule schedule, String prefix) throws IOException {
        Expected expected = fixture.expected(run);
        List<Prompt> pictures = ((List<?>) fixture.run(run).get("labels"))
                .stream().map(label -> new Prompt((Integer) label, 0)).toList();
        try (Model model = ModelFolder.open(BUNDLED);
                Session session = Backends.choose("vector").provider().open(SessionOptions.defaults())) {
            Ensemble models = Ensemble.load(session, model, schedule.models());
            Generator generator = new Generator(models, schedule, SamplingSettings.greedy(3), pictures.size(), 1);
            generator.generate(pictures, new GenerationListener() {
                @Override
                public void decodedScale(Schedule.Step step, Generator g, long nanos) {
                    String at = (step.stage() == 0 ? prefix : "refine.") + "s" + step.scale() + ".";
                    expected.equalTokens(
                            at + "tokens",
                            GenerationParityTest.tokens(
                                    step.scale(), models.vae().config(), g));
                    expected.close(at + "logits", g.readLogits(step.scale()), 2e-3);
                    expected.close(at + "f_hat", Planes.channelsFirst(g.readFHat(), g.batch(), 16), 2e-4);
                }
            });
            float[] planes = Planes.channelsFirst(generator.readImage(), pictures.size(), 3);
            for (int i = 0; i < planes.length; i++) {
                planes[i] = (planes[i] + 1) / 2;
            }
            expected.close("image", planes, 1e-3);
        }
    }

    /** From what the fp16 checkpoints drew: the int8 decoder must make the pictures that the fp16 one does. */
    @Test
    void eightBitsChangeThePicturesLittle() throws IOException {
        Expected expected = fixture.expected("fp16");
        try (Model model = ModelFolder.open(BUNDLED);
                Session session = Backends.choose("vector").provider().open(SessionOptions.defaults())) {
            var part = model.config().tokenizer().orElseThrow();
            Reconstructor tokenizer = new Reconstructor(
                    session, VqVae.load(part.getValue().config(), model.tensors(part.getKey()), session));
            float[] fHat = Planes.channelsLast(expected.whole("f_hat").toFloats(), 1, 16);
            float[] decoded = expected.kept("image", Planes.channelsFirst(tokenizer.decode(fHat), 1, 3));
            float[] images = expected.file().get("image").toFloats();
            double squares = 0;
            for (int i = 0; i < images.length; i++) {
                double d = (decoded[i] + 1) / 2 - images[i];
                squares += d * d;
            }
            double psnr = -10 * Math.log10(squares / images.length);
            assertTrue(psnr > 38, () -> "PSNR of the int8 decoder against fp16 is " + psnr + " dB");
        }
    }
}
