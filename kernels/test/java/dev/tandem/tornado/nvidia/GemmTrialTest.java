package dev.tandem.tornado.nvidia;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GemmTrialTest {
    private static float at(MemorySegment operands, int inputs, int row, int k) {
        return Float.float16ToFloat(operands.getAtIndex(ValueLayout.JAVA_SHORT, (long) row * inputs + k));
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 1024, 1928})
    void everySumIsZeroButForRounding(int inputs) {
        MemorySegment operands = GemmTrial.operands(inputs);
        for (int m = 0; m < GemmTrial.ROWS; m++) {
            for (int n = 0; n < GemmTrial.OUTPUTS; n++) {
                double exact = 0;
                for (int k = 0; k < inputs; k++) {
                    exact += (double) at(operands, inputs, m, k) * at(operands, inputs, GemmTrial.ROWS + n, k);
                }
                assertEquals(0, exact);
            }
        }
    }

    /** As a split into two parts would build them, or steps of another length. */
    @ParameterizedTest
    @ValueSource(ints = {8, 32, 964})
    void anotherOrderShowsInMostSums(int step) {
        int inputs = 1928;
        MemorySegment operands = GemmTrial.operands(inputs);
        int others = 0;
        for (int m = 0; m < GemmTrial.ROWS; m++) {
            for (int n = 0; n < GemmTrial.OUTPUTS; n++) {
                others += sum(operands, inputs, m, n, 16) == sum(operands, inputs, m, n, step) ? 0 : 1;
            }
        }
        assertTrue(others > 0.9 * GemmTrial.ROWS * GemmTrial.OUTPUTS, others + " differ");
    }

    /** In fp32: each step by itself, then added to what was there. */
    private static float sum(MemorySegment operands, int inputs, int m, int n, int step) {
        float sum = 0;
        for (int from = 0; from < inputs; from += step) {
            float part = 0;
            for (int k = from; k < Math.min(from + step, inputs); k++) {
                part += at(operands, inputs, m, k) * at(operands, inputs, GemmTrial.ROWS + n, k);
            }
            sum += part;
        }
        return sum;
    }
}
