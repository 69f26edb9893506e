package dev.tandem.tornado.linear;

import static dev.tandem.tornado.linear.LinearKernels.INPUTS;
import static dev.tandem.tornado.linear.LinearKernels.OUTPUTS;
import static dev.tandem.tornado.linear.LinearKernels.ROWS;
import static dev.tandem.tornado.linear.LinearKernels.X_OFFSET;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.Int8Array;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The product of {@link LinearKernels} for few rows, which takes as long as reading the weights. */
public final class LinearRowKernels {
    /** Work-items of a group, and the rows and outputs that it makes. */
    public static final int LANES = 128;

    public static final int ROWS_OF_GROUP = 8;
    public static final int OUTPUTS_OF_GROUP = 4;

    private LinearRowKernels() {}

    /**
     * Few rows, {@link #ROWS_OF_GROUP} of them and {@link #OUTPUTS_OF_GROUP} outputs a group: each work-item takes every 128th input, so
     * that a group reads weights in whole lines.
     */
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
        float[] part = c.allocateFloatLocalArray(4224); // [row and output][work-item], padded against bank conflicts
        float[] some = c.allocateFloatLocalArray(128);
        int t = c.localIdx;
        int m0 = c.groupIdy * 8;
        int n0 = c.groupIdx * 4;
        int lastRow = d.get(ROWS) - 1;
        int lastOutput = d.get(OUTPUTS) - 1;
        int inputs = d.get(INPUTS);
        int x = d.get(X_OFFSET);
        int x0 = x + Math.min(m0, lastRow) * inputs;
        int x1 = x + Math.min(m0 + 1, lastRow) * inputs;
        int x2 = x + Math.min(m0 + 2, lastRow) * inputs;
        int x3 = x + Math.min(m0 + 3, lastRow) * inputs;
        int x4 = x + Math.min(m0 + 4, lastRow) * inputs;
        int x5 = x + Math.min(m0 + 5, lastRow) * inputs;
        int x6 = x + Math.min(m0 + 6, lastRow) * inputs;
        int x7 = x + Math.min(m0 + 7, lastRow) * inputs;
        int w0 = Math.min(n0, lastOutput) * inputs;
        int w1 = Math.min(n0 + 1, lastOutput) * inputs;
        int w2 = Math.min(n0 + 2, lastOutput) * inputs;
        int w3 = Math.min(n0 + 3, lastOutput) * inputs;
        float s0_0 = 0f, s0_1 = 0f, s0_2 = 0f, s0_3 = 0f;
        float s1_0 = 0f, s1_1 = 0f, s1_2 = 0f, s1_3 = 0f;
        float s2_0 = 0f, s2_1 = 0f, s2_2 = 0f, s2_3 = 0f;
        float s3_0 = 0f, s3_1 = 0f, s3_2 = 0f, s3_3 = 0f;
        float s4_0 = 0f, s4_1 = 0f, s4_2 = 0f, s4_3 = 0f;
        float s5_0 = 0f, s5_1 = 0f, s5_2 = 0f, s5_3 = 0f;
        float s6_0 = 0f, s6_1 = 0f, s6_2 = 0f, s6_3 = 0f;
        float s7_0 = 0f, s7_1 = 0f, s7_2 = 0f, s7_3 = 0f;
        int k = t;
        for (; k + 128 < inputs; k += 256) {
            float v0a = Elements.weight(spec >> 1 & 3, wf, wh, wb, w0 + k);
            float v1a = Elements.weight(spec >> 1 & 3, wf, wh, wb, w1 + k);
            float v2a = Elements.weight(spec >> 1 & 3, wf, wh, wb, w2 + k);
            float v3a = Elements.weight(spec >> 1 & 3, wf, wh, wb, w3 + k);
            float v0b = Elements.weight(spec >> 1 & 3, wf, wh, wb, w0 + k + 128);
            float v1b = Elements.weight(spec >> 1 & 3, wf, wh, wb, w1 + k + 128);
            float v2b = Elements.weight(spec >> 1 & 3, wf, wh, wb, w2 + k + 128);
            float v3b = Elements.weight(spec >> 1 & 3, wf, wh, wb, w3 + k + 128);
            float u0a = Elements.load(spec & 1, xf, xh, x0 + k);
            s0_0 += u0a * v0a;
            s0_1 += u0a * v1a;
            s0_2 += u0a * v2a;
            s0_3 += u0a * v3a;
            float u1a = Elements.load(spec & 1, xf, xh, x1 + k);
            s1_0 += u1a * v0a;
            s1_1 += u1a * v1a;
            s1_2 += u1a * v2a;
            s1_3 += u1a * v3a;
            float u2a = Elements.load(spec & 1, xf, xh, x2 + k);
            s2_0 += u2a * v0a;
            s2_1 += u2a * v1a;
            s2_2 += u2a * v2a;
            s2_3 += u2a * v3a;
            float u3a = Elements.load(spec & 1, xf, xh, x3 + k);
            s3_0 += u3a * v0a;
            s3_1 += u3a * v1a;
            s3_2 += u3a * v2a;
            s3_3 += u3a * v3a;
            float u4a = Elements.load(spec & 1, xf, xh, x4 + k);
            s4_0 += u4a * v0a;
            s4_1 += u4a * v1a;
            s4_2 += u4a * v2a;
            s4_3 += u4a * v3a;
            float u5a = Elements.load(spec & 1, xf, xh, x5 + k);
            s5_0 += u5a * v0a;
            s5_1 += u5a * v1a;
            s5_2 += u5a * v2a;
            s5_3 += u5a * v3a;
            float u6a = Elements.load(spec & 1, xf, xh, x6 + k);
            s6_0 += u6a * v0a;
            s6_1 += u6a * v1a;
            s6_2 += u6a * v2a;
            s6_3 += u6a * v3a;
            float u7a = Elements.load(spec & 1, xf, xh, x7 + k);
            s7_0 += u7a * v0a;
            s7_1 += u7a * v1a;
            s7_2 += u7a * v2a;
            s7_3 += u7a * v3a;
            float u0b = Elements.load(spec & 1, xf, xh, x0 + k + 128);
            s0_0 += u0b * v0b;
            s0_1 += u0b * v1b;
            s0_2 += u0b * v2b;
            s0_3 += u0b * v3b;
            float u1b = Elements.load(spec & 1, xf, xh, x1 + k + 128);
            s1_0 += u1b * v0b;
            s1_1 += u1b * v1b;
            s1_2 += u1b * v2b;
            s1_3 += u1b * v3b;
            float u2b = Elements.load(spec & 1, xf, xh, x2 + k + 128);
            s2_0 += u2b * v0b;
            s2_1 += u2b * v1b;
            s2_2 += u2b * v2b;
            s2_3 += u2b * v3b;
            float u3b = Elements.load(spec & 1, xf, xh, x3 + k + 128);
            s3_0 += u3b * v0b;
            s3_1 += u3b * v1b;
            s3_2 += u3b * v2b;
            s3_3 += u3b * v3b;
            float u4b = Elements.load(spec & 1, xf, xh, x4 + k + 128);
            s4_0 += u4b * v0b;
            s4_1 += u4b * v1b;
            s4_2 += u4b * v2b;
            s4_3 += u4b * v3b;
            float u5b = Elements.load(spec & 1, xf, xh, x5 + k + 128);
            s5_0 += u5b * v0b;
            s5_1 += u5b * v1b;
            s5_2 += u5b * v2b;
            s5_3 += u5b * v3b;
            float u6b = Elements.load(spec & 1, xf, xh, x6 + k + 128);
            s6_0 += u6b * v0b;
            s6_1 += u6b * v1b;
            s6_2 += u6b * v2b;
            s6_3 += u6b * v3b;
            float u7b = Elements.load(spec & 1, xf, xh, x7 + k + 128);
            s7_0 += u7b * v0b;
            s7_1 += u7b * v1b;
            s7_2 += u7b * v2b;
            s7_3 += u7b * v3b;
        }
        if (k < inputs) {
            float v0 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w0 + k);
            float v1 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w1 + k);
            float v2 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w2 + k);
            float v3 = Elements.weight(spec >> 1 & 3, wf, wh, wb, w3 + k);
            float u0 = Elements.load(spec & 1, xf, xh, x0 + k);
            s0_0 += u0 * v0;
            s0_1 += u0 * v1;
            s0_2 += u0 * v2;
            s0_3 += u0 * v3;
            float u1 = Elements.load(spec & 1, xf, xh, x1 + k);
            s1_0 += u1 * v0;
            s1_1 += u1 * v1;
            s1_2 += u1 * v2;
            s1_3 += u1 * v3;
            float u2 = Elements.load(spec & 1, xf, xh, x2 + k);
            s2_0 += u2 * v0;
            s2_1 += u2 * v1;
            s2_2 += u2 * v2;
            s2_3 += u2 * v3;
            float u3 = Elements.load(spec & 1, xf, xh, x3 + k);
            s3_0 += u3 * v0;
            s3_1 += u3 * v1;
            s3_2 += u3 * v2;
            s3_3 += u3 * v3;
            float u4 = Elements.load(spec & 1, xf, xh, x4 + k);
            s4_0 += u4 * v0;
            s4_1 += u4 * v1;
            s4_2 += u4 * v2;
            s4_3 += u4 * v3;
            float u5 = Elements.load(spec & 1, xf, xh, x5 + k);
            s5_0 += u5 * v0;
            s5_1 += u5 * v1;
            s5_2 += u5 * v2;
            s5_3 += u5 * v3;
            float u6 = Elements.load(spec & 1, xf, xh, x6 + k);
            s6_0 += u6 * v0;
            s6_1 += u6 * v1;
            s6_2 += u6 * v2;
            s6_3 += u6 * v3;
            float u7 = Elements.load(spec & 1, xf, xh, x7 + k);
            s7_0 += u7 * v0;
            s7_1 += u7 * v1;
            s7_2 += u7 * v2;
            s7_3 += u7 * v3;
        }
        part[t] = s0_0;
        part[132 + t] = s0_1;
        part[264 + t] = s0_2;
        part[396 + t] = s0_3;
        part[528 + t] = s1_0;
        part[660 + t] = s1_1;
        part[792 + t] = s1_2;
        part[924 + t] = s1_3;
        part[1056 + t] = s2_0;
        part[1188 + t] = s2_1;
        part[1320 + t] = s2_2;
        part[1452 + t] = s2_3;
        part[1584 + t] = s3_0;
        part[1716 + t] = s3_1;
        part[1848 + t] = s3_2;
        part[1980 + t] = s3_3;
        part[2112 + t] = s4_0;
        part[2244 + t] = s4_1;
        part[2376 + t] = s4_2;
        part[2508 + t] = s4_3;
        part[2640 + t] = s5_0;
        part[2772 + t] = s5_1;
        part[2904 + t] = s5_2;
        part[3036 + t] = s5_3;
        part[3168 + t] = s6_0;
        part[3300 + t] = s6_1;
        part[3432 + t] = s6_2;
        part[3564 + t] = s6_3;
        part[3696 + t] = s7_0;
        part[3828 + t] = s7_1;
        part[3960 + t] = s7_2;
        part[4092 + t] = s7_3;
        c.localBarrier();
        // 4 work-items for each sum, each every 4th of its parts
        int from = t / 4 * 132 + t % 4;
        float sum = 0f;
        for (int i = 0; i < 128; i += 4) {
            sum += part[from + i];
        }
        some[t] = sum;
        c.localBarrier();
        if (t < 32) {
            float all = some[4 * t] + some[4 * t + 1] + some[4 * t + 2] + some[4 * t + 3];
            LinearKernels.finish(d, scale, bias, gate, yf, yh, spec, 0, m0 + t / 4, n0 + t % 4, all);
        }
    }
}
