package dev.tandem.tornado.linear;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.Int8Array;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * y = x·Wᵀ with its epilogues, on any device. {@link LinearRowKernels} are for few rows; {@link #strip}, and
 * {@link LinearTileKernels} for many, keep tiles in local memory and add up in the same order, so that which of them runs
 * changes no bit. Where there are too few groups the inputs are in parts, whose sums {@link #merge} adds up.
 *
 * <p>Sums stay in registers only as variables of their own, hence the many: {@code s2_1} is of a work-item's third row and
 * second output. No load depends on a condition: indexes are held inside instead, for compilers wait for each load
 * that is inside a branch.
 */
public final class LinearKernels {
    /** Work-items of a group of {@link #strip}, and the rows and outputs that it makes. */
    public static final int STRIP_LANES = 128;

    public static final int STRIP_ROWS = 32;
    public static final int STRIP_OUTPUTS = 128;

    /** Inputs of a step of {@link #strip} and {@link LinearTileKernels#tile}: what parts are multiples of. */
    public static final int DEPTH = 16;

    /** Epilogues. */
    public static final int STORE = 0;

    public static final int GELU = 1;
    public static final int GATED_ADD = 2;

    /** The sums as they are, into [parts, rows, outputs]. */
    public static final int PART = 3;

    /** Places in {@code d}. */
    static final int ROWS = 0;

    static final int OUTPUTS = 1;
    static final int INPUTS = 2;
    static final int X_OFFSET = 3;
    static final int Y_OFFSET = 4;

    /** Of the gate's vector in its table. */
    static final int GATE_OFFSET = 5;

    /** The length of the table's rows, its last row, and rows of x that share one. */
    static final int GATE_PITCH = 6;

    static final int LAST_GATE = 7;
    static final int ROWS_OF_GATE = 8;

    /** How many inputs a part has. */
    static final int PART_INPUTS = 9;

    /** How many values {@code d} has. */
    static final int DIMS = 10;

    private LinearKernels() {}

    /** The one scalar: element types, epilogue, whether there is a bias. */
    public static int spec(int xHalf, int weightType, int yHalf, int epilogue, int bias) {
        return xHalf | weightType << 1 | yHalf << 3 | epilogue << 4 | bias << 6;
    }

    /** A sum, or a part of it, into y where there is such a row and output. */
    static void finish(
            IntArray d,
            FloatArray scale,
            FloatArray bias,
            FloatArray gate,
            FloatArray yf,
            HalfFloatArray yh,
            int spec,
            int part,
            int m,
            int n,
            float sum) {
        int outputs = d.get(OUTPUTS);
        if (m < d.get(ROWS) && n < outputs) {
            int epilogue = spec >> 4 & 3;
            if (epilogue == PART) {
                yf.set((part * d.get(ROWS) + m) * outputs + n, sum);
            } else {
                float value = sum;
                if ((spec >> 1 & 3) == 2) {
                    value = value * scale.get(n);
                }
                if ((spec >> 6 & 1) == 1) {
                    value = value + bias.get(n);
                }
                int at = d.get(Y_OFFSET) + m * outputs + n;
                if (epilogue == GATED_ADD) {
                    int row = Math.min(m / d.get(ROWS_OF_GATE), d.get(LAST_GATE));
                    yf.set(at, yf.get(at) + gate.get(d.get(GATE_OFFSET) + row * d.get(GATE_PITCH) + n) * value);
                } else {
                    if (epilogue == GELU) {
                        value = Elements.gelu(value);
                    }
                    Elements.store(spec >> 3 & 1, yf, yh, at, value);
                }
            }
        }
    }

    /** Some rows: a group makes 32×128 outputs, a work-item of it 4×8. */
    public static void strip(
            KernelContext c,
            IntArray d,
            FloatArray xf,
            HalfFloatArray xh,
            FloatArray wf,
            HalfFloatArray wh,
            Int8Array wb,
            FloatArray scale,
            FloatArray bias,
            FloatArray gate,
            FloatArray yf,
            HalfFloatArray yh,
            int spec) {
        float[] a = c.allocateFloatLocalArray(544);
        float[] b = c.allocateFloatLocalArray(2176);
        int t = c.localIdx;
        int tx = t % 16;
        int ty = t / 16;
        int column = t % 16;
        int line = t / 16;
        int m0 = c.groupIdy * 32;
        int n0 = c.groupIdx * 128;
        int lastRow = d.get(ROWS) - 1;
        int lastOutput = d.get(OUTPUTS) - 1;
        int inputs = d.get(INPUTS);
        int x = d.get(X_OFFSET);
        int begin = c.groupIdz * d.get(PART_INPUTS);
        int end = Math.min(begin + d.get(PART_INPUTS), inputs);
        int x0 = x + Math.min(m0 + line, lastRow) * inputs;
        int x1 = x + Math.min(m0 + line + 8, lastRow) * inputs;
        int x2 = x + Math.min(m0 + line + 16, lastRow) * inputs;
        int x3 = x + Math.min(m0 + line + 24, lastRow) * inputs;
        int w0 = Math.min(n0 + line, lastOutput) * inputs;
        int w1 = Math.min(n0 + line + 8, lastOutput) * inputs;
        int w2 = Math.min(n0 + line + 16, lastOutput) * inputs;
        int w3 = Math.min(n0 + line + 24, lastOutput) * inputs;
        int w4 = Math.min(n0 + line + 32, lastOutput) * inputs;
        int w5 = Math.min(n0 + line + 40, lastOutput) * inputs;
        int w6 = Math.min(n0 + line + 48, lastOutput) * inputs;
        int w7 = Math.min(n0 + line + 56, lastOutput) * inputs;
        int w8 = Math.min(n0 + line + 64, lastOutput) * inputs;
        int w9 = Math.min(n0 + line + 72, lastOutput) * inputs;
        int w10 = Math.min(n0 + line + 80, lastOutput) * inputs;
        int w11 = Math.min(n0 + line + 88, lastOutput) * inputs;
        int w12 = Math.min(n0 + line + 96, lastOutput) * inputs;
        int w13 = Math.min(n0 + line + 104, lastOutput) * inputs;
        int w14 = Math.min(n0 + line + 112, lastOutput) * inputs;
        int w15 = Math.min(n0 + line + 120, lastOutput) * inputs;
        float s0_0 = 0f, s0_1 = 0f, s0_2 = 0f, s0_3 = 0f, s0_4 = 0f, s0_5 = 0f, s0_6 = 0f, s0_7 = 0f;
        float s1_0 = 0f, s1_1 = 0f, s1_2 = 0f, s1_3 = 0f, s1_4 = 0f, s1_5 = 0f, s1_6 = 0f, s1_7 = 0f;
        float s2_0 = 0f, s2_1 = 0f, s2_2 = 0f, s2_3 = 0f, s2_4 = 0f, s2_5 = 0f, s2_6 = 0f, s2_7 = 0f;
        float s3_0 = 0f, s3_1 = 0f, s3_2 = 0f, s3_3 = 0f, s3_4 = 0f, s3_5 = 0f, s3_6 = 0f, s3_7 = 0f;
        for (int first = begin; first < end; first += 16) {
            int k = Math.min(first + column, end - 1);
            float inside = first + column < end ? 1f : 0f;
            float u0 = Elements.load(spec & 1, xf, xh, x0 + k) * inside;
            float u1 = Elements.load(spec & 1, xf, xh, x1 + k) * inside;
            float u2 = Elements.load(spec & 1, xf, xh, x2 + k) * inside;
            float u3 = Elements.load(spec & 1, xf, xh, x3 + k) * inside;
            float v0 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w0 + k);
            float v1 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w1 + k);
            float v2 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w2 + k);
            float v3 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w3 + k);
            float v4 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w4 + k);
            float v5 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w5 + k);
            float v6 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w6 + k);
            float v7 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w7 + k);
            float v8 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w8 + k);
            float v9 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w9 + k);
            float v10 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w10 + k);
            float v11 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w11 + k);
            float v12 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w12 + k);
            float v13 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w13 + k);
            float v14 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w14 + k);
            float v15 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w15 + k);
            a[column * 34 + line] = u0;
            a[column * 34 + line + 8] = u1;
            a[column * 34 + line + 16] = u2;
            a[column * 34 + line + 24] = u3;
            b[column * 130 + line] = v0;
            b[column * 130 + line + 8] = v1;
            b[column * 130 + line + 16] = v2;
            b[column * 130 + line + 24] = v3;
            b[column * 130 + line + 32] = v4;
            b[column * 130 + line + 40] = v5;
            b[column * 130 + line + 48] = v6;
            b[column * 130 + line + 56] = v7;
            b[column * 130 + line + 64] = v8;
            b[column * 130 + line + 72] = v9;
            b[column * 130 + line + 80] = v10;
            b[column * 130 + line + 88] = v11;
            b[column * 130 + line + 96] = v12;
            b[column * 130 + line + 104] = v13;
            b[column * 130 + line + 112] = v14;
            b[column * 130 + line + 120] = v15;
            c.localBarrier();
            for (int j = 0; j < 16; j++) {
                float a0 = a[j * 34 + ty];
                float a1 = a[j * 34 + ty + 8];
                float a2 = a[j * 34 + ty + 16];
                float a3 = a[j * 34 + ty + 24];
                float b0 = b[j * 130 + tx];
                float b1 = b[j * 130 + tx + 16];
                float b2 = b[j * 130 + tx + 32];
                float b3 = b[j * 130 + tx + 48];
                float b4 = b[j * 130 + tx + 64];
                float b5 = b[j * 130 + tx + 80];
                float b6 = b[j * 130 + tx + 96];
                float b7 = b[j * 130 + tx + 112];
                s0_0 += a0 * b0;
                s0_1 += a0 * b1;
                s0_2 += a0 * b2;
                s0_3 += a0 * b3;
                s0_4 += a0 * b4;
                s0_5 += a0 * b5;
                s0_6 += a0 * b6;
                s0_7 += a0 * b7;
                s1_0 += a1 * b0;
                s1_1 += a1 * b1;
                s1_2 += a1 * b2;
                s1_3 += a1 * b3;
                s1_4 += a1 * b4;
                s1_5 += a1 * b5;
                s1_6 += a1 * b6;
                s1_7 += a1 * b7;
                s2_0 += a2 * b0;
                s2_1 += a2 * b1;
                s2_2 += a2 * b2;
                s2_3 += a2 * b3;
                s2_4 += a2 * b4;
                s2_5 += a2 * b5;
                s2_6 += a2 * b6;
                s2_7 += a2 * b7;
                s3_0 += a3 * b0;
                s3_1 += a3 * b1;
                s3_2 += a3 * b2;
                s3_3 += a3 * b3;
                s3_4 += a3 * b4;
                s3_5 += a3 * b5;
                s3_6 += a3 * b6;
                s3_7 += a3 * b7;
            }
            c.localBarrier();
        }
        int n = n0 + tx;
        int mine = t * 17;
        int slots = Math.min(16, 15 + inputs); // unknown to the compiler, lest it unroll what follows
        b[mine] = s0_0;
        b[mine + 1] = s0_1;
        b[mine + 2] = s0_2;
        b[mine + 3] = s0_3;
        b[mine + 4] = s0_4;
        b[mine + 5] = s0_5;
        b[mine + 6] = s0_6;
        b[mine + 7] = s0_7;
        b[mine + 8] = s1_0;
        b[mine + 9] = s1_1;
        b[mine + 10] = s1_2;
        b[mine + 11] = s1_3;
        b[mine + 12] = s1_4;
        b[mine + 13] = s1_5;
        b[mine + 14] = s1_6;
        b[mine + 15] = s1_7;
        for (int i = 0; i < slots; i++) {
            int m = m0 + ty + 8 * (i / 8);
            finish(d, scale, bias, gate, yf, yh, spec, c.groupIdz, m, n + 16 * (i % 8), b[mine + i]);
        }
        b[mine] = s2_0;
        b[mine + 1] = s2_1;
        b[mine + 2] = s2_2;
        b[mine + 3] = s2_3;
        b[mine + 4] = s2_4;
        b[mine + 5] = s2_5;
        b[mine + 6] = s2_6;
        b[mine + 7] = s2_7;
        b[mine + 8] = s3_0;
        b[mine + 9] = s3_1;
        b[mine + 10] = s3_2;
        b[mine + 11] = s3_3;
        b[mine + 12] = s3_4;
        b[mine + 13] = s3_5;
        b[mine + 14] = s3_6;
        b[mine + 15] = s3_7;
        for (int i = 0; i < slots; i++) {
            int m = m0 + ty + 8 * (2 + i / 8);
            finish(d, scale, bias, gate, yf, yh, spec, c.groupIdz, m, n + 16 * (i % 8), b[mine + i]);
        }
    }

    /** Adds up the sums of {@code count} parts, and what follows. */
    public static void merge(
            KernelContext c,
            IntArray d,
            FloatArray parts,
            FloatArray scale,
            FloatArray bias,
            FloatArray gate,
            FloatArray yf,
            HalfFloatArray yh,
            int count,
            int spec) {
        int i = c.globalIdx;
        int outputs = d.get(OUTPUTS);
        int all = d.get(ROWS) * outputs;
        if (i < all) {
            float sum = 0f;
            for (int part = 0; part < count; part++) {
                sum += parts.get(part * all + i);
            }
            finish(d, scale, bias, gate, yf, yh, spec, 0, i / outputs, i % outputs, sum);
        }
    }
}
