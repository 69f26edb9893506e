package dev.tandem.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.cpu.work.Workers;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void everyItemIsDoneOnce(int threads) throws InterruptedException {
        try (Workers workers = new Workers(threads)) {
            for (int round = 0; round < 300; round++) {
                int n = round % 7 * 5;
                AtomicIntegerArray done = new AtomicIntegerArray(n);
                workers.forEach(n, item -> done.incrementAndGet(item));
                for (int i = 0; i < n; i++) {
                    assertEquals(1, done.get(i));
                }
                if (round % 100 == 0) {
                    // Long enough for helpers to fall asleep.
                    Thread.sleep(5);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void failuresReachTheCallerAndWorkGoesOn(int threads) {
        try (Workers workers = new Workers(threads)) {
            for (int round = 0; round < 50; round++) {
                assertThrows(
                        IllegalStateException.class,
                        () -> workers.forEach(20, item -> {
                            if (item == 13) {
                                throw new IllegalStateException("item 13");
                            }
                        }));
                AtomicIntegerArray done = new AtomicIntegerArray(4);
                workers.forEach(4, item -> done.incrementAndGet(item));
                assertEquals(4, done.get(0) + done.get(1) + done.get(2) + done.get(3));
            }
        }
    }

    @Test
    void workersKnowThemselves() {
        try (Workers workers = new Workers(4)) {
            AtomicIntegerArray busy = new AtomicIntegerArray(4);
            workers.forEach(1000, (worker, item) -> {
                assertEquals(1, busy.incrementAndGet(worker), "two threads share a worker's number");
                busy.decrementAndGet(worker);
            });
        }
    }
}
