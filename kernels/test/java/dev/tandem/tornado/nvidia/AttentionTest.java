package dev.tandem.tornado.nvidia;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class AttentionTest {
    private static Attention attention(long start, int keys) {
        Attention.Strides rows = new Attention.Strides(start, 192, 64, 192);
        Attention.Strides cache = new Attention.Strides(3 * start, 5 * 64 * 7, 64 * 7, 64);
        return new Attention(2, 3, 4, keys, 64, 1, rows, cache, rows);
    }

    @Test
    void onePlanServesAllBlocksWhereverTheirCachesLie() {
        assertNotEquals(attention(0, 5), attention(7 * 64, 5));
        assertEquals(attention(0, 5).atStart(), attention(7 * 64, 5).atStart());
        assertNotEquals(attention(0, 5).atStart(), attention(0, 6).atStart());
    }
}
