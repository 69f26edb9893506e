package dev.tandem.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.profile.Breakdown.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class BreakdownTest {
    /** A thousand operations and a hundred bytes each nanosecond. */
    private static final Ceilings CEILINGS = new Ceilings(1e12, 1e11);

    private static Profile run(long fc1, long norm, long copy) {
        return new Profile(
                List.of(
                        new TimedCall(new Work("fc1", 1e6, 100), fc1),
                        new TimedCall(new Work("norm", 0, 10_000), norm),
                        new TimedCall(new Work("fc1", 1e6, 100), fc1),
                        new TimedCall(Work.crossing("copy", 1 << 20), copy)),
                7);
    }

    @Test
    void addsUpByOperationTheMedianOfEachCall() {
        Breakdown b = Breakdown.of(List.of(run(4000, 900, 10), run(2000, 400, 20), run(3000, 90_000, 30)), CEILINGS);
        assertEquals(
                List.of("fc1", "norm", "copy"),
                b.rows().stream().map(r -> r.work().operation()).toList());
        assertEquals(
                List.of(6000.0, 900.0, 20.0), b.rows().stream().map(Row::nanos).toList());
        assertEquals(6920, b.total().nanos());
        assertEquals(4, b.total().calls());
        assertEquals(2e6, b.total().work().flops());
        assertEquals(7, b.waitNanos());
    }

    @Test
    void theSlowerOfBothRoofsBinds() {
        Breakdown b = Breakdown.of(List.of(run(2000, 400, 20)), CEILINGS);
        Row products = b.rows().get(0);
        assertTrue(products.boundByProducts());
        assertEquals(0.5, products.ofCeiling());
        assertEquals(5e11, products.flopsPerSecond());
        Row memory = b.rows().get(1);
        assertFalse(memory.boundByProducts());
        assertEquals(0.25, memory.ofCeiling());
        assertEquals(2.5e10, memory.bytesPerSecond());
        assertEquals(0, b.rows().get(2).ofCeiling(), "what crosses between host and device has no ceiling here");
        assertEquals(2100 / 4420.0, b.total().ofCeiling());
    }

    @Test
    void runsOfOtherCallsAreRefused() {
        List<Profile> unlike = List.of(run(1, 1, 1), new Profile(List.of(), 0));
        assertThrows(IllegalArgumentException.class, () -> Breakdown.of(unlike, CEILINGS));
    }
}
