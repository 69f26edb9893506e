package dev.tandem.cpu;

import static dev.tandem.cpu.work.Lanes.COLUMNS;
import static dev.tandem.cpu.work.Lanes.F;
import static dev.tandem.cpu.work.Lanes.L;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuKvCache;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.product.Gemm;
import dev.tandem.cpu.work.Lanes;
import dev.tandem.cpu.work.VectorMath;
import jdk.incubator.vector.FloatVector;

/**
 * What is done with the finished columns of a product. Whole tiles are two vectors wide; the last, narrower one of a
 * matrix goes through plain loops with the same roundings.
 */
final class Epilogues {
    private Epilogues() {}

    /** The biases of {@code n} outputs, zeros where there are none, readable to the end of the last tile. */
    static float[] bias(CpuWeight w, int n) {
        float[] padded = new float[Lanes.roundUp(n, COLUMNS)];
        if (w != null) {
            System.arraycopy(w.vector(), 0, padded, 0, n);
        }
        return padded;
    }

    /** out[row] = c + bias, and plus {@code residual} of the same place where it is not null. */
    static Gemm.Epilogue store(float[] bias, float[] residual, int residualAt, float[] out, int to, int n) {
        return (c, co, row, rows, column, columns) -> {
            int shift = residualAt - to;
            if (columns < COLUMNS) {
                for (int i = 0; i < rows; i++) {
                    int at = to + (row + i) * n + column;
                    for (int j = 0; j < columns; j++) {
                        float v = c[co + i * COLUMNS + j] + bias[column + j];
                        out[at + j] = residual == null ? v : v + residual[at + shift + j];
                    }
                }
                return;
            }
            for (int half = 0; half < COLUMNS; half += L) {
                FloatVector b = FloatVector.fromArray(F, bias, column + half);
                int at = to + row * n + column + half;
                if (residual == null) {
                    for (int i = 0; i < rows; i++) {
                        FloatVector.fromArray(F, c, co + i * COLUMNS + half)
                                .add(b)
                                .intoArray(out, at + i * n);
                    }
                } else {
                    for (int i = 0; i < rows; i++) {
                        FloatVector.fromArray(F, c, co + i * COLUMNS + half)
                                .add(b)
                                .add(FloatVector.fromArray(F, residual, at + shift + i * n))
                                .intoArray(out, at + i * n);
                    }
                }
            }
        };
    }

    /** out[row] = max(0, c + bias), in rows that are n apart. */
    static Gemm.Epilogue relu(float[] bias, float[] out, int to, int n) {
        return (c, co, row, rows, column, columns) -> {
            for (int i = 0; i < rows; i++) {
                int at = to + (row + i) * n + column;
                int from = co + i * COLUMNS;
                if (columns < COLUMNS) {
                    for (int j = 0; j < columns; j++) {
                        out[at + j] = Math.max(0, c[from + j] + bias[column + j]);
                    }
                    continue;
                }
                for (int half = 0; half < COLUMNS; half += L) {
                    FloatVector.fromArray(F, c, from + half)
                            .add(FloatVector.fromArray(F, bias, column + half))
                            .max(0)
                            .intoArray(out, at + half);
                }
            }
        };
    }

    /** out[row] = GELU(c + bias). */
    static Gemm.Epilogue gelu(float[] bias, float[] out, int to, int n) {
        return (c, co, row, rows, column, columns) -> {
            boolean whole = columns == COLUMNS;
            int at = to + row * n + column;
            for (int half = 0; half < COLUMNS; half += L) {
                FloatVector b = FloatVector.fromArray(F, bias, column + half);
                for (int i = 0; i < rows; i++) {
                    FloatVector v = VectorMath.gelu(
                            FloatVector.fromArray(F, c, co + i * COLUMNS + half).add(b));
                    v.intoArray(whole ? out : c, whole ? at + i * n + half : co + i * COLUMNS + half);
                }
            }
            if (!whole) {
                for (int i = 0; i < rows; i++) {
                    System.arraycopy(c, co + i * COLUMNS, out, at + i * n, columns);
                }
            }
        };
    }

    /** Where the vector of gates for one row of a product begins. */
    interface GateAt {
        int of(int row);
    }

    /** x[row] += gate · (c + bias). */
    static Gemm.Epilogue gatedAdd(float[] bias, float[] gates, GateAt gateAt, float[] x, int to, int n) {
        return (c, co, row, rows, column, columns) -> {
            for (int i = 0; i < rows; i++) {
                int at = to + (row + i) * n + column;
                int gate = gateAt.of(row + i) + column;
                if (columns < COLUMNS) {
                    for (int j = 0; j < columns; j++) {
                        x[at + j] = Math.fma(c[co + i * COLUMNS + j] + bias[column + j], gates[gate + j], x[at + j]);
                    }
                    continue;
                }
                for (int half = 0; half < COLUMNS; half += L) {
                    FloatVector.fromArray(F, c, co + i * COLUMNS + half)
                            .add(FloatVector.fromArray(F, bias, column + half))
                            .fma(FloatVector.fromArray(F, gates, gate + half), FloatVector.fromArray(F, x, at + half))
                            .intoArray(x, at + half);
                }
            }
        };
    }

    /**
     * Takes the columns of q, k and v apart: q with its bias into {@code q} [rows][width], keys and values of position
     * {@code first + row mod positions} into the cache.
     */
    static Gemm.Epilogue qkv(
            float[] qBias, float[] vBias, CpuBuffer q, CpuKvCache cache, int first, int positions, int width) {
        int d = cache.headSize();
        return (c, co, row, rows, column, columns) -> {
            int done = 0;
            while (done < columns) {
                int n = (column + done) % width;
                int head = n / d;
                int inHead = n % d;
                // A run of columns of one head of one of the three.
                int run = Math.min(columns - done, d - inHead);
                switch ((column + done) / width) {
                    case 0 -> {
                        for (int i = 0; i < rows; i++) {
                            add(c, co + i * COLUMNS + done, qBias, n, q.floats, q.offset + (row + i) * width + n, run);
                        }
                    }
                    case 1 -> {
                        for (int i = 0; i < rows; ) {
                            int picture = (row + i) / positions;
                            int position = (row + i) % positions;
                            int count = Math.min(rows - i, positions - position);
                            int at = cache.keysAt(picture, head) + inHead * cache.keyStride() + first + position;
                            transpose(c, co + i * COLUMNS + done, count, run, cache.keys(), at, cache.keyStride());
                            i += count;
                        }
                    }
                    default -> {
                        for (int i = 0; i < rows; i++) {
                            int at = cache.valuesAt((row + i) / positions, head);
                            at += (first + (row + i) % positions) * d + inHead;
                            add(c, co + i * COLUMNS + done, vBias, n, cache.values(), at, run);
                        }
                    }
                }
                done += run;
            }
        };
    }

    private static void add(float[] a, int ao, float[] b, int bo, float[] out, int to, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(F, a, ao + i)
                    .add(FloatVector.fromArray(F, b, bo + i))
                    .intoArray(out, to + i);
        }
        for (; i < n; i++) {
            out[to + i] = a[ao + i] + b[bo + i];
        }
    }

    /** A tile of {@code rows} × {@code columns} into rows of keys. */
    private static void transpose(float[] c, int at, int rows, int columns, float[] keys, int to, int stride) {
        for (int j = 0; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                keys[to + j * stride + i] = c[at + i * COLUMNS + j];
            }
        }
    }

    /** fHat[row] += (1 − ratio)·x + ratio·(c + bias). */
    static Gemm.Epilogue blend(float[] bias, float ratio, CpuBuffer x, CpuBuffer fHat, int n) {
        return (c, co, row, rows, column, columns) -> {
            for (int i = 0; i < rows; i++) {
                int at = (row + i) * n + column;
                for (int j = 0; j < columns; j++) {
                    float value = c[co + i * COLUMNS + j] + bias[column + j];
                    fHat.floats[fHat.offset + at + j] += (1 - ratio) * x.floats[x.offset + at + j] + ratio * value;
                }
            }
        };
    }
}
