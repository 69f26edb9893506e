package dev.tandem.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.engine.PlanSession;
import dev.tandem.fixture.Fixtures.Case;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryEstimateTest {
    private final Case fixture = new Case("b");
    private final SamplingSettings settings = SamplingSettings.greedy(4);

    private MemoryEstimate of(Schedule schedule, int batch) {
        return MemoryEstimate.of(fixture, schedule, settings, batch, 1, 4);
    }

    @Test
    void growsWithTheBatchAndFitsWhereItIsSaidToFit() {
        Schedule schedule = Schedule.single("drafter", 10);
        MemoryEstimate one = of(schedule, 1);
        MemoryEstimate eight = of(schedule, 8);
        assertTrue(eight.buffers() > one.buffers() + one.buffers() / 4);
        assertEquals(one.weights(), eight.weights());
        assertEquals(8, MemoryEstimate.largestBatch(64, b -> of(schedule, b), e -> e.fitsHeap(eight.buffers())));
        assertEquals(0, MemoryEstimate.largestBatch(64, b -> of(schedule, b), e -> e.fitsHeap(one.buffers() - 1)));
    }

    @Test
    void drafterAndRefinerTakeTurnsInOneCacheAndTheirLastScaleIsKeptForOneBlock() {
        PlanSession plan = new PlanSession(4);
        Schedule schedule = Schedule.collaborative("drafter", "refiner", 8, 10);
        new Generator(Ensemble.load(plan, fixture, schedule.models()), schedule, settings, 1, 1);
        long drafter = 2L * 2 * 192 * (3 * 155 + 100) * 4;
        long refiner = 2L * 2 * 128 * (2 * 424 + 256) * 4;
        assertEquals(Math.max(drafter, refiner), plan.cacheBytes());
    }

    /** A shape test of the whole forward: what each operation of the refiner's first step sees. */
    @Test
    void thePlanListsEveryOperationWithItsShapes() {
        PlanSession plan = new PlanSession(4);
        Schedule schedule = Schedule.collaborative("drafter", "refiner", 8, 10);
        new Generator(Ensemble.load(plan, fixture, schedule.models()), schedule, settings, 2, 2);
        List<String> operations = plan.operations();
        assertTrue(operations.contains("embedInput maps 2×679×32, cond 3×128, word_embed.weight 128×32, x 4×424×128"));
        assertTrue(operations.contains("linear normed 4×169×128, head.weight 512×128, x 4×169×512"));
        assertTrue(operations.stream().anyMatch(o -> o.startsWith("attention q 4×424×128, kv 4×2×680×64")));
        assertTrue(operations.stream().anyMatch(o -> o.startsWith("attention normed 4×169×128, kv 4×2×680×64")));
        assertEquals(
                10, operations.stream().filter(o -> o.startsWith("sample ")).count());
    }

    private static SamplingSettings guidance(Double... cfg) {
        return new SamplingSettings(List.of(cfg), List.of(1.0), List.of(0.0), List.of(1.0), false);
    }

    /** The first dimension of what each operation of that kind sees, for three pictures. */
    private static List<String> rows(PlanSession plan, String operation) {
        return plan.operations().stream()
                .filter(o -> o.startsWith(operation + " "))
                .map(o -> o.replaceAll("^\\S+ \\S+ (\\d+)×.*", "$1"))
                .distinct()
                .sorted()
                .toList();
    }

    private PlanSession planned(SamplingSettings sampling, Schedule schedule) {
        PlanSession plan = new PlanSession(4);
        new Generator(Ensemble.load(plan, fixture, schedule.models()), schedule, sampling, 3, 2);
        return plan;
    }

    @Test
    void withoutGuidanceNothingIsComputedOrKeptForTheUnconditionalHalf() {
        Schedule pair = Schedule.collaborative("drafter", "refiner", 8, 10);
        PlanSession without = planned(guidance(0.0), pair);
        PlanSession with = planned(guidance(4.0), pair);
        for (String operation : List.of("attention", "adaNorm", "qkv", "linearGelu", "linearGatedAdd")) {
            assertEquals(List.of("3"), rows(without, operation), operation);
            assertEquals(List.of("6"), rows(with, operation), operation);
        }
        assertTrue(rows(without, "guide").isEmpty());
        assertEquals(with.cacheBytes(), 2 * without.cacheBytes());
        assertTrue(without.operations().stream().noneMatch(o -> o.contains("cond 4×")), "no row for the class 'none'");
        MemoryEstimate less = MemoryEstimate.of(fixture, pair, guidance(0.0), 3, 2, 4);
        assertEquals(without.bufferBytes(), less.buffers());
        assertTrue(less.buffers()
                < MemoryEstimate.of(fixture, pair, guidance(4.0), 3, 2, 4).buffers());
    }

    /** As for a drafter that was tuned to need no guidance, beside a refiner that was not. */
    @Test
    void aModelThatIsNotGuidedAtAnyOfItsScalesHasNoUnconditionalHalf() {
        Schedule pair = Schedule.collaborative("drafter", "refiner", 8, 10);
        PlanSession plan = planned(guidance(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 2.0), pair);
        assertEquals(List.of("3", "6"), rows(plan, "attention"));
        assertTrue(plan.operations().stream().anyMatch(o -> o.startsWith("attention q 3×1×192")), "the drafter's");
        assertTrue(plan.operations().stream().anyMatch(o -> o.startsWith("attention q 6×424×128")), "the refiner's");
        assertEquals(
                2,
                plan.operations().stream().filter(o -> o.startsWith("guide ")).count());
    }
}
