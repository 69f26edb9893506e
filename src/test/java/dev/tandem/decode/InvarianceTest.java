package dev.tandem.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.fixture.Fixtures.Case;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A picture depends on model, label, seed and sampling parameters alone, to the last bit. */
class InvarianceTest {
    private static final SamplingSettings SETTINGS =
            new SamplingSettings(List.of(2.0), List.of(20.0), List.of(0.9), List.of(1.1), false);

    private final Case fixture = new Case("a");

    private <T> T with(String backend, int threads, Schedule schedule, Function<Ensemble, T> body) {
        try (Session session = Backends.choose(backend).provider().open(new SessionOptions(threads, null))) {
            return body.apply(Ensemble.load(session, fixture, schedule.models()));
        }
    }

    private float[] generate(Ensemble models, Schedule schedule, SamplingSettings settings, Prompt... pictures) {
        Generator generator = new Generator(models, schedule, settings, pictures.length, 2);
        generator.generate(List.of(pictures), GenerationListener.NONE);
        return generator.readImage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void theSameInAnyBatchPositionAndThreadCount(String backend) {
        Schedule schedule = Schedule.collaborative("var", "refiner", 2, 4);
        Prompt wanted = new Prompt(3, 12345678901L);
        float[] alone = with(backend, 1, schedule, m -> generate(m, schedule, SETTINGS, wanted));
        float[] batch = with(
                backend, 2, schedule, m -> generate(m, schedule, SETTINGS, new Prompt(9, 1), new Prompt(0, 2), wanted));
        assertArrayEquals(alone, Arrays.copyOfRange(batch, 2 * alone.length, 3 * alone.length));
    }

    @ParameterizedTest
    @CsvSource({"scalar,false", "vector,false", "scalar,true", "vector,true"})
    void theSameBesidePicturesOfOtherSettings(String backend, boolean smooth) {
        Schedule schedule = Schedule.collaborative("var", "refiner", 2, 4);
        List<SamplingSettings> settings = List.of(
                new SamplingSettings(List.of(0.5, 4.0, 0.0, 1.0), List.of(0.0), List.of(0.5), List.of(0.7), smooth),
                new SamplingSettings(List.of(2.0), List.of(20.0), List.of(0.9), List.of(1.1), smooth),
                new SamplingSettings(List.of(3.0), List.of(2.0), List.of(0.0), List.of(1.0, 2.0, 1.0, 3.0), smooth));
        // as guided as the others, at every scale
        SamplingSettings first =
                new SamplingSettings(List.of(0.5, 4.0, 0.1, 1.0), List.of(0.0), List.of(0.5), List.of(0.7), smooth);
        List<SamplingSettings> each = List.of(first, settings.get(1), settings.get(2));
        List<Prompt> prompts = List.of(new Prompt(3, 7), new Prompt(3, 7), new Prompt(9, -1));
        byte[] together = with(backend, 2, schedule, m -> {
            Generator generator = new Generator(m, schedule, first, 3, 2);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> generator.generate(prompts, settings, GenerationListener.NONE),
                    "one is not guided at scale 3");
            return generator.generate(prompts, each, GenerationListener.NONE);
        });
        for (int i = 0; i < 3; i++) {
            Prompt prompt = prompts.get(i);
            SamplingSettings own = each.get(i);
            byte[] alone = with(
                    backend,
                    1,
                    schedule,
                    m -> new Generator(m, schedule, own, 1, 1).generate(List.of(prompt), GenerationListener.NONE));
            assertArrayEquals(alone, Arrays.copyOfRange(together, i * alone.length, (i + 1) * alone.length));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void replayingABatchGivesTheSame(String backend) {
        Schedule schedule = Schedule.collaborative("var", "refiner", 1, 4);
        Prompt first = new Prompt(3, 7);
        with(backend, 2, schedule, m -> {
            Generator generator = new Generator(m, schedule, SETTINGS, 1, 1);
            byte[] before = generator.generate(List.of(first), GenerationListener.NONE);
            byte[] other = generator.generate(List.of(new Prompt(3, 8)), GenerationListener.NONE);
            assertFalse(Arrays.equals(before, other), "another seed gives another picture");
            assertArrayEquals(before, generator.generate(List.of(first), GenerationListener.NONE));
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void theDrafterDrawsWhatPlainVarDraws(String backend) {
        int[] plain = tokens(backend, Schedule.single("var", 4));
        int[] collaborative = tokens(backend, Schedule.collaborative("var", "refiner", 3, 4));
        assertArrayEquals(Arrays.copyOf(plain, 14), Arrays.copyOf(collaborative, 14));
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void aModelThatComesBackCatchesUp(String backend) {
        Schedule swapped = new Schedule(List.of(
                new Schedule.Stage("var", 0, 1), new Schedule.Stage("refiner", 1, 2), new Schedule.Stage("var", 2, 4)));
        Schedule same = new Schedule(List.of(
                new Schedule.Stage("var", 0, 1), new Schedule.Stage("var", 1, 2), new Schedule.Stage("var", 2, 4)));
        assertArrayEquals(tokens(backend, Schedule.single("var", 4)), tokens(backend, same));
        assertFalse(Arrays.equals(tokens(backend, swapped), tokens(backend, same)));
    }

    private int[] tokens(String backend, Schedule schedule) {
        return with(backend, 2, schedule, m -> {
            Generator generator = new Generator(m, schedule, SETTINGS, 1, 1);
            generator.generate(List.of(new Prompt(5, 99)), GenerationListener.NONE);
            return generator.readTokens();
        });
    }

    private static SamplingSettings guidance(Double... cfg) {
        return new SamplingSettings(List.of(cfg), List.of(20.0), List.of(0.9), List.of(1.0), false);
    }

    @ParameterizedTest
    @CsvSource({"scalar, 0", "vector, 0", "scalar, 2", "vector, 2", "vector, 3"})
    void withoutGuidanceTheConditionalHalfIsThePicture(String backend, int draftSteps) {
        Schedule schedule =
                draftSteps == 0 ? Schedule.single("var", 4) : Schedule.collaborative("var", "refiner", draftSteps, 4);
        Prompt wanted = new Prompt(2, 4);
        // so little guidance that (1 + t) rounds to 1
        float[] guided = with(backend, 1, schedule, m -> generate(m, schedule, guidance(1e-30), wanted));
        float[] unguided = with(backend, 1, schedule, m -> generate(m, schedule, guidance(0.0), wanted));
        assertArrayEquals(guided, unguided);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void aModelWithoutGuidanceBesideOneWithItDrawsTheSame(String backend) {
        Schedule schedule = Schedule.collaborative("var", "refiner", 2, 4);
        Prompt wanted = new Prompt(2, 4);
        float[] all = with(backend, 1, schedule, m -> generate(m, schedule, guidance(1e-30, 1e-30, 2.0, 2.0), wanted));
        float[] half = with(backend, 2, schedule, m -> generate(m, schedule, guidance(0.0, 0.0, 2.0, 2.0), wanted));
        assertArrayEquals(all, half);
    }
}
