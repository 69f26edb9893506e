package dev.tandem.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tandem.decode.Schedule;
import dev.tandem.model.Scales;
import dev.tandem.model.VqVaeConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class GenerateTraceTest {
    /** Scales of 1, 4, 9: after two, the maps of 4 and 9 positions are handed over, and likewise after a larger first. */
    @Test
    void handsOverTheMapsOfAllScalesButTheFirst() {
        assertEquals(13, shape(1, 2, 3, 4).handedOver());
        assertEquals(0, shape(1, 2, 3, 4).firstMap());
        assertEquals(25, shape(2, 3, 4, 5).handedOver());
        assertEquals(3, shape(2, 3, 4, 5).firstMap());
    }

    private static GenerateTrace.Shape shape(Integer... patchNums) {
        VqVaeConfig vae = new VqVaeConfig(
                24, 6, 4, List.of(1, 1, 2), 1, new Scales(List.of(patchNums)), 4, 0.5f, 2, 1e-6f, false);
        return new GenerateTrace.Shape(vae, Schedule.collaborative("big", "small", 2, patchNums.length), 1);
    }
}
