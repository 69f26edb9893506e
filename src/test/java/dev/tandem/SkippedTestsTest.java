package dev.tandem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SkippedTestsTest {
    @Test
    void nothingSkippedIsSaid() {
        assertEquals("No test was skipped.", SkippedTests.summary(Map.of()));
    }

    @Test
    void reasonsAreCounted() {
        assertEquals(
                "3 tests were skipped: 1 × no Chromium; 2 × no device.",
                SkippedTests.summary(new TreeMap<>(Map.of("no device", 2, "no Chromium", 1))));
        assertEquals("1 test was skipped: 1 × no SDK.", SkippedTests.summary(Map.of("no SDK", 1)));
    }
}
