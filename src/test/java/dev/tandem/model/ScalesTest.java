package dev.tandem.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.fixture.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ScalesTest {
    private static final List<Integer> PUBLIC = List.of(1, 2, 3, 4, 5, 6, 8, 10, 13, 16);

    @Test
    void startsAreTheSumsOfSquares() {
        Scales scales = new Scales(PUBLIC);
        assertEquals(
                List.of(0, 1, 5, 14, 30, 55, 91, 155, 255, 424, 680),
                IntStream.rangeClosed(0, 10).mapToObj(scales::start).toList());
        assertEquals(16, scales.side());
    }

    @Test
    void aQuerySeesTheScalesUpToItsOwn() {
        var ends = new Scales(PUBLIC).keyEnds(0, 3);
        assertEquals(1, ends.of(0));
        assertEquals(5, ends.of(1));
        assertEquals(5, ends.of(4));
        assertEquals(14, ends.of(5));
        assertEquals(14, ends.queries());
        assertEquals(30, new Scales(PUBLIC).keyEnds(3, 4).of(15), "a later scale's queries count from its own start");
    }

    @Property(tries = 200)
    void keyEndsAreThoseOfTheMask(@ForAll @Size(min = 2, max = 8) List<@IntRange(min = 0, max = 3) Integer> steps) {
        List<Integer> patchNums = new ArrayList<>();
        int pn = 1;
        for (int step : steps) {
            pn += step;
            patchNums.add(pn);
        }
        Scales scales = new Scales(patchNums);
        var ends = scales.keyEnds(0, scales.count());
        for (int p = 0; p < scales.length(); p++) {
            int scale = 0;
            while (p >= scales.start(scale + 1)) {
                scale++;
            }
            assertEquals(scales.start(scale + 1), ends.of(p));
        }
    }

    @Test
    void fallingPatchNumbersAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Scales(List.of(1, 3, 2)));
        assertThrows(IllegalArgumentException.class, () -> new Scales(List.of(4)));
        assertThrows(IllegalArgumentException.class, () -> new Scales(List.of(0, 1)));
    }

    @Test
    void phiIsTheNearestTickAlsoWhereTheLastBitDecides() throws IOException {
        Map<?, ?> byCount = (Map<?, ?>) JSON.std
                .mapFrom(Files.readString(Fixtures.file("ops/ops.json")))
                .get("phi_of_scale");
        byCount.forEach((count, expected) -> {
            List<Integer> patchNums = IntStream.rangeClosed(1, Integer.parseInt(String.valueOf(count)))
                    .boxed()
                    .toList();
            VqVaeConfig config = config(patchNums, 4);
            assertEquals(
                    expected,
                    IntStream.range(0, patchNums.size()).mapToObj(config::phiOf).toList());
        });
    }

    @Test
    void aSharedPhiServesAllAndUnsharedOnesEachTheirOwn() {
        assertEquals(0, config(PUBLIC, 1).phiOf(9));
        VqVaeConfig own = config(PUBLIC, 0);
        for (int i = 0; i < 10; i++) {
            assertEquals(i, own.phiOf(i));
        }
    }

    private static VqVaeConfig config(List<Integer> patchNums, int sharing) {
        return new VqVaeConfig(64, 8, 32, List.of(1, 2), 2, new Scales(patchNums), sharing, 0.5f, 32, 1e-6f, false);
    }
}
