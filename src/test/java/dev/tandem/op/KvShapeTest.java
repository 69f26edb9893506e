package dev.tandem.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KvShapeTest {
    /** What a block appends last never lies over what is still to be read: itself, and the blocks after it. */
    @ParameterizedTest
    @CsvSource({
        "30, 155, 255, 1, 1000000",
        "16, 424, 680, 16, 1000000",
        "7, 1, 5, 16, 60",
        "5, 0, 9, 1, 50",
        "1, 3, 3, 1, 4"
    })
    void noBlockLiesOverOneWhoseTurnComes(int blocks, int kept, int capacity, int spacing, int positions) {
        KvShape shape = new KvShape(blocks, 2, 3, 5, kept, capacity);
        KvShape.Strips strips = shape.strips(spacing, 30L * positions);
        assertTrue(strips.count() == 1 || strips.elements(0) <= 30L * positions);
        assertEquals(
                IntStream.range(0, strips.count()).mapToLong(strips::elements).sum(), strips.elements());
        for (int block = 0; block < blocks; block++) {
            assertEquals(0, strips.start(block) % spacing);
            assertTrue(strips.start(block) + capacity <= strips.length(strips.of(block)));
            for (int later = block + 1; later < blocks; later++) {
                if (strips.of(later) == strips.of(block)) {
                    assertTrue(strips.start(later) + kept <= strips.start(block));
                }
            }
        }
        assertEquals(strips.count() - 1, strips.of(blocks - 1));
    }

    @Test
    void oneForwardAloneTakesTheRoomOfOneBlock() {
        KvShape.Strips strips = new KvShape(16, 1, 2, 8, 0, 680).strips(16, KvShape.MOST);
        assertEquals(680, strips.length(0));
        assertEquals(1, strips.count());
    }

    @Test
    void stripsAreOfEqualLengthAndNoLongerThanAnArray() {
        // VAR-d30, 64 pictures with guidance
        KvShape.Strips strips = new KvShape(30, 128, 30, 64, 424, 680).strips(1, KvShape.MOST);
        assertEquals(2, strips.count());
        assertEquals(15, strips.blocks());
        assertEquals(14 * 424 + 680, strips.length(0));
    }

    @Test
    void theLastStripIsAsLongAsItsBlocksWant() {
        // VAR-d36 at 512 px, 64 pictures with guidance
        KvShape.Strips strips = new KvShape(36, 128, 36, 64, 1216, 2240).strips(1, KvShape.MOST);
        assertEquals(8, strips.count());
        assertEquals(4 * 1216 + 2240, strips.length(6));
        assertEquals(2240, strips.length(7));
        assertEquals(0, strips.start(35));
    }

    @Test
    void moreCannotBeKeptThanThereIs() {
        assertThrows(IllegalArgumentException.class, () -> new KvShape(1, 1, 1, 1, 3, 2));
    }
}
