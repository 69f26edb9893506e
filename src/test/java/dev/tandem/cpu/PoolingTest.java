package dev.tandem.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.work.Workers;
import dev.tandem.op.Linear;
import dev.tandem.op.Window;
import dev.tandem.tensor.DType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pooling and windows on maps small enough to check by eye. */
class PoolingTest {
    private final Workers workers = new Workers(1);
    private final ScalarOps ops = new ScalarOps(workers);

    @AfterEach
    void close() {
        workers.close();
    }

    /** 1 … 9 in one channel. */
    private static CpuBuffer nine() {
        CpuBuffer x = Made.empty(1, 3, 3, 1);
        for (int i = 0; i < 9; i++) {
            x.floats[x.offset + i] = i + 1;
        }
        return x;
    }

    @Test
    void largestOfEachWindow() {
        CpuBuffer out = Made.empty(1, 1, 1, 1);
        ops.maxPool(nine(), new Window(3, 3, 2, 0, 0), 0, out);
        assertArrayEquals(new float[] {9}, Made.values(out));
        CpuBuffer same = Made.empty(1, 3, 3, 2);
        CpuBuffer negative = nine();
        for (int i = 0; i < 9; i++) {
            negative.floats[negative.offset + i] -= 20;
        }
        // what lies outside is no zero, which would be larger than all of these
        ops.maxPool(negative, Window.square(3, 1), 1, same);
        assertArrayEquals(
                new float[] {0, -15, 0, -14, 0, -14, 0, -12, 0, -11, 0, -11, 0, -12, 0, -11, 0, -11},
                Made.values(same));
    }

    @Test
    void meanOfEachWindowWithAndWithoutPadding() {
        CpuBuffer out = Made.empty(1, 3, 3, 1);
        ops.averagePool(nine(), Window.square(3, 1), false, 0, out);
        assertArrayEquals(new float[] {3, 3.5f, 4, 4.5f, 5, 5.5f, 6, 6.5f, 7}, Made.values(out));
        ops.averagePool(nine(), Window.square(3, 1), true, 0, out);
        assertArrayEquals(
                new float[] {12 / 9f, 21 / 9f, 16 / 9f, 27 / 9f, 5, 33 / 9f, 24 / 9f, 39 / 9f, 28 / 9f},
                Made.values(out),
                1e-6f);
    }

    @Test
    void meanOverAllPixels() {
        CpuBuffer x = Made.empty(2, 2, 2, 2);
        for (int i = 0; i < 16; i++) {
            x.floats[x.offset + i] = i;
        }
        CpuBuffer out = Made.empty(2, 2);
        ops.globalMean(x, out);
        assertArrayEquals(new float[] {3, 4, 11, 12}, Made.values(out));
    }

    @Test
    void convolvesAcrossOnly() {
        Made made = new Made(1);
        Linear w = made.linear(DType.F32, true, 1, 1, 1, 3);
        float[] taps = CpuWeight.of(w.weight()).vector();
        float bias = CpuWeight.of(w.bias()).vector()[0];
        CpuBuffer out = Made.empty(1, 3, 3, 1);
        ops.convRelu(nine(), w, new Window(1, 3, 1, 0, 1), 0, out);
        assertEquals(Math.max(0, 5 * taps[1] + 6 * taps[2] + 4 * taps[0] + bias), Made.values(out)[4], 1e-5);
        assertEquals(Math.max(0, 7 * taps[1] + 8 * taps[2] + bias), Made.values(out)[6], 1e-5);
    }
}
