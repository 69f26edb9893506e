package dev.tandem.tornado.launch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class DimsTest {
    @Test
    void liesWhereTheKernelReadsIt() {
        assertArrayEquals(
                new int[] {7, 0, -3}, new Dims().put(2, -3).put(0, 7).put(1, 0).toArray());
    }

    @Test
    void nothingIsPutTwice() {
        Dims dims = new Dims().put(1, 4);
        assertThrows(IllegalStateException.class, () -> dims.put(1, 4));
    }

    @Test
    void nothingIsMissing() {
        Dims dims = new Dims().put(0, 1).put(2, 3);
        assertThrows(IllegalStateException.class, dims::toArray);
    }
}
