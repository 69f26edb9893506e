package dev.tandem.tornado.attention;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** What stands between the products that a library computes. */
public final class SoftmaxKernels {
    /** Work-items of {@link #softmax}. */
    public static final int LANES = 128;

    private SoftmaxKernels() {}

    /**
     * x += gate · (h + bias). {@code d}: elements, outputs, rows of x that share a row of the gate's table, its last row,
     * length of its rows, offset of its vector, offset of x.
     */
    public static void gatedAdd(
            KernelContext c, IntArray d, HalfFloatArray h, FloatArray bias, FloatArray gate, FloatArray x, int biased) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            int outputs = d.get(1);
            int n = i % outputs;
            int row = Math.min(i / outputs / d.get(2), d.get(3));
            float value = h.get(i).getFloat32();
            if (biased == 1) {
                value = value + bias.get(n);
            }
            int at = d.get(6) + i;
            x.set(at, x.get(at) + gate.get(d.get(5) + row * d.get(4) + n) * value);
        }
    }

    /** Rows of scores, times a factor, to rows of weights that sum to 1: a group per row. {@code d}: length of a row. */
    public static void softmax(KernelContext c, IntArray d, FloatArray factor, FloatArray scores, HalfFloatArray weights) {
        float[] part = c.allocateFloatLocalArray(128);
        int t = c.localIdx;
        int length = d.get(0);
        int at = c.groupIdx * length;
        float scale = factor.get(0);
        float max = -3e38f;
        for (int i = t; i < length; i += 128) {
            max = Math.max(max, scores.get(at + i) * scale);
        }
        part[t] = max;
        c.localBarrier();
        for (int i = 0; i < 128; i++) {
            max = Math.max(max, part[i]);
        }
        c.localBarrier();
        float sum = 0f;
        for (int i = t; i < length; i += 128) {
            sum += TornadoMath.exp(scores.get(at + i) * scale - max);
        }
        part[t] = sum;
        c.localBarrier();
        float total = 0f;
        for (int i = 0; i < 128; i++) {
            total += part[i];
        }
        for (int i = t; i < length; i += 128) {
            Elements.store(1, scores, weights, at + i, TornadoMath.exp(scores.get(at + i) * scale - max) / total);
        }
    }
}
