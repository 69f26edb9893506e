package dev.tandem.tornado.linear;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.Int8Array;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * y = x·Wᵀ with its epilogues. {@link #rows} reads every weight once for a few rows; {@link #tile} and {@link #strip}
 * keep tiles in local memory. The latter two add up in the same order, so that which of them runs changes no bit.
 *
 * <p>{@code d}: rows M, outputs N, inputs K, offsets of x and y, of the gate's vector, length of its table's rows, the
 * table's last row, rows of x that share a row of the table.
 */
public final class LinearKernels {
    /** Work-items that share the inputs of one output in {@link #rows}, and rows of x that one group takes. */
    public static final int LANES = 64;

    public static final int ROWS = 8;

    /** Side of {@link #tile}'s tile, and rows of {@link #strip}'s; outputs are {@link #TILE} in both. */
    public static final int TILE = 64;

    public static final int STRIP = 16;

    /** Side of the work-groups of both. */
    public static final int SIDE = 16;

    /** Epilogues. */
    public static final int STORE = 0;

    public static final int GELU = 1;
    public static final int GATED_ADD = 2;

    private static final int DEPTH = 16;
    private static final int PITCH = 65;

    private LinearKernels() {}

    /** The one scalar: element types, epilogue, whether there is a bias. */
    public static int spec(int xHalf, int weightType, int yHalf, int epilogue, int bias) {
        return xHalf | weightType << 1 | yHalf << 3 | epilogue << 4 | bias << 6;
    }

    private static void finish(
            IntArray d,
            FloatArray scale,
            FloatArray bias,
            FloatArray gate,
            FloatArray yf,
            HalfFloatArray yh,
            int spec,
            int m,
            int n,
            float sum) {
        int outputs = d.get(1);
        if (m < d.get(0) && n < outputs) {
            float value = sum;
            if ((spec >> 1 & 3) == 2) {
                value = value * scale.get(n);
            }
            if ((spec >> 6 & 1) == 1) {
                value = value + bias.get(n);
            }
            int at = d.get(4) + m * outputs + n;
            int epilogue = spec >> 4 & 3;
            if (epilogue == 2) {
                int row = m / d.get(8);
                if (row > d.get(7)) {
                    row = d.get(7);
                }
                yf.set(at, yf.get(at) + gate.get(d.get(5) + row * d.get(6) + n) * value);
            } else {
                if (epilogue == 1) {
                    value = Elements.gelu(value);
                }
                Elements.store(spec >> 3 & 1, yf, yh, at, value);
            }
        }
    }

    /** Few rows: a group per output and {@link #ROWS} rows. */
    public static void rows(
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
        float[] part = c.allocateFloatLocalArray(512);
        int t = c.localIdx;
        int n = c.groupIdx;
        int m0 = c.groupIdy * 8;
        int last = d.get(0) - 1;
        int k = d.get(2);
        int x0 = d.get(3) + m0 * k;
        int x1 = d.get(3) + Math.min(m0 + 1, last) * k;
        int x2 = d.get(3) + Math.min(m0 + 2, last) * k;
        int x3 = d.get(3) + Math.min(m0 + 3, last) * k;
        int x4 = d.get(3) + Math.min(m0 + 4, last) * k;
        int x5 = d.get(3) + Math.min(m0 + 5, last) * k;
        int x6 = d.get(3) + Math.min(m0 + 6, last) * k;
        int x7 = d.get(3) + Math.min(m0 + 7, last) * k;
        float s0 = 0f;
        float s1 = 0f;
        float s2 = 0f;
        float s3 = 0f;
        float s4 = 0f;
        float s5 = 0f;
        float s6 = 0f;
        float s7 = 0f;
        for (int i = t; i < k; i += 64) {
            float w = Elements.weight(spec >> 1 & 3, wf, wh, wb, n * k + i);
            s0 += w * Elements.load(spec & 1, xf, xh, x0 + i);
            s1 += w * Elements.load(spec & 1, xf, xh, x1 + i);
            s2 += w * Elements.load(spec & 1, xf, xh, x2 + i);
            s3 += w * Elements.load(spec & 1, xf, xh, x3 + i);
            s4 += w * Elements.load(spec & 1, xf, xh, x4 + i);
            s5 += w * Elements.load(spec & 1, xf, xh, x5 + i);
            s6 += w * Elements.load(spec & 1, xf, xh, x6 + i);
            s7 += w * Elements.load(spec & 1, xf, xh, x7 + i);
        }
        part[t] = s0;
        part[t + 64] = s1;
        part[t + 128] = s2;
        part[t + 192] = s3;
        part[t + 256] = s4;
        part[t + 320] = s5;
        part[t + 384] = s6;
        part[t + 448] = s7;
        c.localBarrier();
        if (t < 8) {
            float sum = 0f;
            for (int i = 0; i < 64; i++) {
                sum += part[t * 64 + i];
            }
            finish(d, scale, bias, gate, yf, yh, spec, m0 + t, n, sum);
        }
    }

    /** Many rows: a group of 16×16 makes 64×64 outputs, 4×4 per work-item. */
    public static void tile(
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
        float[] a = c.allocateFloatLocalArray(1040);
        float[] b = c.allocateFloatLocalArray(1040);
        int tx = c.localIdx;
        int ty = c.localIdy;
        int n0 = c.groupIdx * 64;
        int m0 = c.groupIdy * 64;
        int rows = d.get(0);
        int outputs = d.get(1);
        int k = d.get(2);
        int x = d.get(3);
        float s00 = 0f;
        float s01 = 0f;
        float s02 = 0f;
        float s03 = 0f;
        float s10 = 0f;
        float s11 = 0f;
        float s12 = 0f;
        float s13 = 0f;
        float s20 = 0f;
        float s21 = 0f;
        float s22 = 0f;
        float s23 = 0f;
        float s30 = 0f;
        float s31 = 0f;
        float s32 = 0f;
        float s33 = 0f;
        for (int k0 = 0; k0 < k; k0 += 16) {
            int kk = k0 + tx;
            for (int i = 0; i < 4; i++) {
                int m = m0 + ty + 16 * i;
                int n = n0 + ty + 16 * i;
                float av = 0f;
                float bv = 0f;
                if (kk < k) {
                    if (m < rows) {
                        av = Elements.load(spec & 1, xf, xh, x + m * k + kk);
                    }
                    if (n < outputs) {
                        bv = Elements.weight(spec >> 1 & 3, wf, wh, wb, n * k + kk);
                    }
                }
                a[tx * 65 + ty + 16 * i] = av;
                b[tx * 65 + ty + 16 * i] = bv;
            }
            c.localBarrier();
            for (int j = 0; j < 16; j++) {
                float a0 = a[j * 65 + ty];
                float a1 = a[j * 65 + ty + 16];
                float a2 = a[j * 65 + ty + 32];
                float a3 = a[j * 65 + ty + 48];
                float b0 = b[j * 65 + tx];
                float b1 = b[j * 65 + tx + 16];
                float b2 = b[j * 65 + tx + 32];
                float b3 = b[j * 65 + tx + 48];
                s00 += a0 * b0;
                s01 += a0 * b1;
                s02 += a0 * b2;
                s03 += a0 * b3;
                s10 += a1 * b0;
                s11 += a1 * b1;
                s12 += a1 * b2;
                s13 += a1 * b3;
                s20 += a2 * b0;
                s21 += a2 * b1;
                s22 += a2 * b2;
                s23 += a2 * b3;
                s30 += a3 * b0;
                s31 += a3 * b1;
                s32 += a3 * b2;
                s33 += a3 * b3;
            }
            c.localBarrier();
        }
        int m = m0 + ty;
        int n = n0 + tx;
        finish(d, scale, bias, gate, yf, yh, spec, m, n, s00);
        finish(d, scale, bias, gate, yf, yh, spec, m, n + 16, s01);
        finish(d, scale, bias, gate, yf, yh, spec, m, n + 32, s02);
        finish(d, scale, bias, gate, yf, yh, spec, m, n + 48, s03);
        finish(d, scale, bias, gate, yf, yh, spec, m + 16, n, s10);
        finish(d, scale, bias, gate, yf, yh, spec, m + 16, n + 16, s11);
        finish(d, scale, bias, gate, yf, yh, spec, m + 16, n + 32, s12);
        finish(d, scale, bias, gate, yf, yh, spec, m + 16, n + 48, s13);
        finish(d, scale, bias, gate, yf, yh, spec, m + 32, n, s20);
        finish(d, scale, bias, gate, yf, yh, spec, m + 32, n + 16, s21);
        finish(d, scale, bias, gate, yf, yh, spec, m + 32, n + 32, s22);
        finish(d, scale, bias, gate, yf, yh, spec, m + 32, n + 48, s23);
        finish(d, scale, bias, gate, yf, yh, spec, m + 48, n, s30);
        finish(d, scale, bias, gate, yf, yh, spec, m + 48, n + 16, s31);
        finish(d, scale, bias, gate, yf, yh, spec, m + 48, n + 32, s32);
        finish(d, scale, bias, gate, yf, yh, spec, m + 48, n + 48, s33);
    }

    /** Some rows: a group of 16×16 makes 16×64 outputs, so that there are enough groups. */
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
        float[] a = c.allocateFloatLocalArray(272);
        float[] b = c.allocateFloatLocalArray(1040);
        int tx = c.localIdx;
        int ty = c.localIdy;
        int n0 = c.groupIdx * 64;
        int m = c.groupIdy * 16 + ty;
        int rows = d.get(0);
        int outputs = d.get(1);
        int k = d.get(2);
        int x = d.get(3) + m * k;
        float s0 = 0f;
        float s1 = 0f;
        float s2 = 0f;
        float s3 = 0f;
        for (int k0 = 0; k0 < k; k0 += 16) {
            int kk = k0 + tx;
            float av = 0f;
            if (kk < k) {
                if (m < rows) {
                    av = Elements.load(spec & 1, xf, xh, x + kk);
                }
            }
            a[tx * 17 + ty] = av;
            for (int i = 0; i < 4; i++) {
                int n = n0 + ty + 16 * i;
                float bv = 0f;
                if (kk < k) {
                    if (n < outputs) {
                        bv = Elements.weight(spec >> 1 & 3, wf, wh, wb, n * k + kk);
                    }
                }
                b[tx * 65 + ty + 16 * i] = bv;
            }
            c.localBarrier();
            for (int j = 0; j < 16; j++) {
                float a0 = a[j * 17 + ty];
                s0 += a0 * b[j * 65 + tx];
                s1 += a0 * b[j * 65 + tx + 16];
                s2 += a0 * b[j * 65 + tx + 32];
                s3 += a0 * b[j * 65 + tx + 48];
            }
            c.localBarrier();
        }
        int n = n0 + tx;
        finish(d, scale, bias, gate, yf, yh, spec, m, n, s0);
        finish(d, scale, bias, gate, yf, yh, spec, m, n + 16, s1);
        finish(d, scale, bias, gate, yf, yh, spec, m, n + 32, s2);
        finish(d, scale, bias, gate, yf, yh, spec, m, n + 48, s3);
    }
}
