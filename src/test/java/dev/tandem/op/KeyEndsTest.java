package dev.tandem.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class KeyEndsTest {
    private final KeyEnds ends = new KeyEnds(new int[] {1, 5, 14}, new int[] {3, 7, 16});

    @Test
    void theLastQueriesKeepTheirEnds() {
        for (int n = 1; n <= 14; n++) {
            KeyEnds last = ends.last(n);
            assertEquals(n, last.queries());
            for (int q = 0; q < n; q++) {
                assertEquals(ends.of(14 - n + q), last.of(q));
            }
        }
        assertEquals(KeyEnds.all(9, 16), ends.last(9));
        assertEquals(ends, ends.last(14));
    }
}
