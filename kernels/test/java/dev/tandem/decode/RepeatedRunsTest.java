package dev.tandem.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.folder.Model;
import dev.tandem.folder.ModelFolder;
import dev.tandem.tornado.TestDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No result depends on timing. */
class RepeatedRunsTest {
    private static final SamplingSettings SETTINGS =
            new SamplingSettings(List.of(2.0), List.of(20.0), List.of(0.9), List.of(1.1), false);

    @Test
    void manyRunsGiveOnePicture() throws IOException {
        Schedule schedule = Schedule.collaborative("drafter_8", "refiner_8", 8, 10);
        List<Prompt> pictures = List.of(new Prompt(1, 11), new Prompt(3, -12));
        try (Model demo = ModelFolder.open(Path.of("weights/demo"));
                Session session = Backends.choose("tornado").provider().open(TestDevice.options())) {
            Ensemble models = Ensemble.load(session, demo, schedule.models());
            Generator generator = new Generator(models, schedule, SETTINGS, 2, 2);
            byte[] first = generator.generate(pictures, GenerationListener.NONE);
            for (int run = 1; run < TestDevice.repetitions(); run++) {
                assertArrayEquals(first, generator.generate(pictures, GenerationListener.NONE));
            }
        }
    }
}
