package dev.tandem.cpu.backward;

import static dev.tandem.cpu.work.Lanes.CHUNK;
import static dev.tandem.cpu.work.Lanes.COLUMNS;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.product.Gemm;
import dev.tandem.cpu.product.PackedRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** The two products on the way back of a projection, by the register tile that the forward uses. */
final class VectorProducts {
    /** Rows that are summed up at a time: a panel of this many fits the first-level cache. */
    private static final int PANEL = 256;

    private final Gemm gemm;

    VectorProducts(Gemm gemm) {
        this.gemm = gemm;
    }

    /** gX += g·W. */
    void inputs(CpuWeight w, CpuBuffer g, CpuBuffer gX) {
        int outputs = w.size(0);
        int inputs = w.rowLength();
        int rows = g.length / outputs;
        Gemm.Rows source = (row, height, to, at) -> {
            for (int r = 0; r < height; r++) {
                if (row + r < rows) {
                    PackedRows.packRow(g.floats, g.offset + (row + r) * outputs, outputs, to, at + r * CHUNK, height);
                } else {
                    PackedRows.clearRow(outputs, to, at + r * CHUNK, height);
                }
            }
        };
        MemorySegment data = w.data();
        Gemm.Panels panels = (own, column, from, count, panel, at) -> {
            int columns = Math.min(COLUMNS, inputs - column);
            for (int k = 0; k < count; k++) {
                long begin = (long) (from + k) * inputs + column;
                int to = at + k * COLUMNS;
                MemorySegment.copy(data, ValueLayout.JAVA_FLOAT_UNALIGNED, begin * Float.BYTES, panel, to, columns);
                Arrays.fill(panel, to + columns, to + COLUMNS, 0);
            }
        };
        gemm.run(source, rows, outputs, PANEL, panels, inputs, adding(gX.floats, gX.offset, inputs));
    }

    /** gWeight += gᵀ·x. */
    void weights(CpuBuffer x, CpuBuffer g, CpuBuffer gWeight) {
        int outputs = gWeight.size(0);
        int inputs = gWeight.length / outputs;
        int rows = g.length / outputs;
        Gemm.Rows source = (output, height, to, at) -> {
            int there = Math.min(height, outputs - output);
            for (int first = 0; first < rows; first += CHUNK) {
                int count = Math.min(CHUNK, rows - first);
                int tile = at + first * height;
                Arrays.fill(to, tile, tile + CHUNK * height, 0);
                for (int k = 0; k < count; k++) {
                    int from = g.offset + (first + k) * outputs + output;
                    for (int r = 0; r < there; r++) {
                        to[tile + r * CHUNK + k] = g.floats[from + r];
                    }
                }
            }
        };
        Gemm.Panels panels = (own, column, from, count, panel, at) -> {
            int columns = Math.min(COLUMNS, inputs - column);
            for (int k = 0; k < count; k++) {
                int to = at + k * COLUMNS;
                System.arraycopy(x.floats, x.offset + (from + k) * inputs + column, panel, to, columns);
                Arrays.fill(panel, to + columns, to + COLUMNS, 0);
            }
        };
        gemm.run(source, outputs, rows, PANEL, panels, inputs, adding(gWeight.floats, gWeight.offset, inputs));
    }

    private static Gemm.Epilogue adding(float[] out, int offset, int width) {
        return (c, at, row, rows, column, columns) -> {
            for (int i = 0; i < rows; i++) {
                int to = offset + (row + i) * width + column;
                int from = at + i * COLUMNS;
                for (int j = 0; j < columns; j++) {
                    out[to + j] += c[from + j];
                }
            }
        };
    }
}
