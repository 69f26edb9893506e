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

    /** Less than any score. */
    private static final float LEAST = -3e38f;

    /** Dimensions of {@link #softmax}. */
    static final class SoftmaxDims {
        static final int LENGTH = 0;

        private SoftmaxDims() {}
    }

    private SoftmaxKernels() {}

    /** Rows of scores, times a factor, to rows of weights that sum to 1: a group per row. */
    public static void softmax(
            KernelContext context, IntArray dims, FloatArray factor, FloatArray scores, HalfFloatArray weights) {
        float[] part = context.allocateFloatLocalArray(LANES);
        int lane = context.localIdx;
        int length = dims.get(SoftmaxDims.LENGTH);
        int at = context.groupIdx * length;
        float scale = factor.get(0);
        // the largest
        float max = LEAST;
        for (int i = lane; i < length; i += LANES) {
            max = Math.max(max, scores.get(at + i) * scale);
        }
        part[lane] = max;
        context.localBarrier();
        for (int i = 0; i < LANES; i++) {
            max = Math.max(max, part[i]);
        }
        context.localBarrier();
        // the sum
        float sum = 0f;
        for (int i = lane; i < length; i += LANES) {
            sum += TornadoMath.exp(scores.get(at + i) * scale - max);
        }
        part[lane] = sum;
        context.localBarrier();
        float total = 0f;
        for (int i = 0; i < LANES; i++) {
            total += part[i];
        }
        // normalise and store
        for (int i = lane; i < length; i += LANES) {
            Elements.store(
                    Elements.FP16, scores, weights, at + i, TornadoMath.exp(scores.get(at + i) * scale - max) / total);
        }
    }
}
