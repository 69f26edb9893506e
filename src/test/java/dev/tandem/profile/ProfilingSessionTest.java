package dev.tandem.profile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.decode.Ensemble;
import dev.tandem.decode.GenerationListener;
import dev.tandem.decode.Generator;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.engine.Backends;
import dev.tandem.engine.PlanSession;
import dev.tandem.engine.Precision;
import dev.tandem.engine.SessionOptions;
import dev.tandem.fixture.TinyModel;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfilingSessionTest {
    private static final Schedule SCHEDULE = Schedule.collaborative("big", "small", 3, TinyModel.SCALES);
    private static final SamplingSettings SETTINGS =
            new SamplingSettings(List.of(2.0), List.of(20.0), List.of(0.9), List.of(1.1), false);

    private final TinyModel model = new TinyModel();

    private ProfilingSession open(String backend) {
        SessionOptions options = new SessionOptions(2, null, Precision.FP32);
        return new ProfilingSession(Backends.choose(backend).provider().open(options));
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void aProfiledRunDrawsTheSamePicture(String backend) {
        try (ProfilingSession session = open(backend)) {
            Generator generator =
                    new Generator(Ensemble.load(session, model, SCHEDULE.models()), SCHEDULE, SETTINGS, 2, 2);
            List<Prompt> pictures = List.of(new Prompt(3, 7), new Prompt(1, 8));
            byte[] whole = generator.generate(pictures, GenerationListener.NONE);
            byte[][] profiled = new byte[1][];
            session.profile(() -> profiled[0] = generator.generate(pictures, GenerationListener.NONE));
            assertArrayEquals(whole, profiled[0]);
            assertArrayEquals(whole, generator.generate(pictures, GenerationListener.NONE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void everyOperationIsTimedOnce(String backend) {
        PlanSession plan = new PlanSession(4);
        new Generator(Ensemble.load(plan, model, SCHEDULE.models()), SCHEDULE, SETTINGS, 1, 1);
        try (ProfilingSession session = open(backend)) {
            Generator generator =
                    new Generator(Ensemble.load(session, model, SCHEDULE.models()), SCHEDULE, SETTINGS, 1, 1);
            Runnable run = () -> generator.generate(List.of(new Prompt(3, 7)), GenerationListener.NONE);
            session.profile(run);
            long start = System.nanoTime();
            List<TimedCall> calls = session.profile(run).calls();
            long wall = System.nanoTime() - start;
            List<TimedCall> operations =
                    calls.stream().filter(c -> !c.work().crosses()).toList();
            assertEquals(plan.operations().size(), operations.size());
            // labels, seeds and settings go there, pixels and codes come back
            assertEquals(5, calls.size() - operations.size());
            long sum = calls.stream().mapToLong(TimedCall::nanos).sum();
            assertTrue(0 < sum && sum <= wall, sum + " of " + wall);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void ceilingsAreMeasured(String backend) {
        try (ProfilingSession session = open(backend)) {
            Ceilings ceilings = Ceilings.measure(session);
            assertTrue(1e7 < ceilings.flops() && ceilings.flops() < 1e16, ceilings.toString());
            assertTrue(1e7 < ceilings.bytes() && ceilings.bytes() < 1e14, ceilings.toString());
        }
    }
}
