package dev.tandem.tornado.attention;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** What stands between the two products of the VQ-VAE's attention. */
public final class SoftmaxKernels {
    /** Work-items of {@link #softmax}. */
    public static final int LANES = 128;

    private SoftmaxKernels() {}

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
