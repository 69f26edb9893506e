package dev.tandem.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.engine.Backends;
import dev.tandem.engine.Precision;
import dev.tandem.engine.Session;
import dev.tandem.fixture.Fixtures.Case;
import dev.tandem.tornado.TestDevice;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A device gives the same picture in any batch, and the codes that the CPU draws. */
class TornadoInvarianceTest {
    private static final SamplingSettings SETTINGS =
            new SamplingSettings(List.of(2.0), List.of(20.0), List.of(0.9), List.of(1.1), false);

    private final InvarianceTest tests = new InvarianceTest();
    private final Case fixture = new Case("a");

    @Test
    void theSameInAnyBatchAndPosition() {
        tests.theSameInAnyBatchPositionAndThreadCount("tornado");
    }

    @Test
    void replayingABatchGivesTheSame() {
        tests.replayingABatchGivesTheSame("tornado");
    }

    @Test
    void aModelThatComesBackCatchesUp() {
        tests.aModelThatComesBackCatchesUp("tornado");
    }

    @Test
    void withoutGuidanceTheConditionalHalfIsThePicture() {
        tests.withoutGuidanceTheConditionalHalfIsThePicture("tornado", 2);
        tests.aModelWithoutGuidanceBesideOneWithItDrawsTheSame("tornado");
    }

    private record Drawn(int[] tokens, float[] image) {}

    private Drawn draw(Session session, boolean smooth) {
        Schedule schedule = Schedule.collaborative("var", "refiner", 2, 4);
        SamplingSettings settings =
                new SamplingSettings(SETTINGS.cfg(), SETTINGS.topK(), SETTINGS.topP(), SETTINGS.temperature(), smooth);
        Ensemble models = Ensemble.load(session, fixture, schedule.models());
        Generator generator = new Generator(models, schedule, settings, 3, 1);
        generator.generate(
                List.of(new Prompt(1, 11), new Prompt(10, -12), new Prompt(3, 1L << 40)), GenerationListener.NONE);
        return new Drawn(generator.readTokens(), generator.readImage());
    }

    @Test
    void drawsWhatTheCpuDraws() {
        for (boolean smooth : new boolean[] {false, true}) {
            try (Session cpu = Backends.choose("scalar").provider().open(TestDevice.options());
                    Session device = Backends.choose("tornado").provider().open(TestDevice.options())) {
                Drawn expected = draw(cpu, smooth);
                Drawn actual = draw(device, smooth);
                assertArrayEquals(expected.tokens(), actual.tokens());
                if (TestDevice.precision() == Precision.FP16) {
                    // a mix of codes weighs logits that are close: what fp16 is off by shows
                    double most = smooth ? 2e-2 : TestDevice.tolerance(1e-3);
                    assertTrue(off(expected.image(), actual.image()) < most);
                } else {
                    assertArrayEquals(expected.image(), actual.image(), 1e-3f);
                }
            }
        }
    }

    /** Root of the mean square of the difference. */
    private static double off(float[] expected, float[] actual) {
        return Math.sqrt(IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.pow((double) actual[i] - expected[i], 2))
                .average()
                .orElseThrow());
    }
}
