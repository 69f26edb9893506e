package dev.tandem.tornado.attention;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.vectors.Half2;

/**
 * {@link AttentionKernels#split} over fp16 for TornadoVM's CUDA back-end, the only one that moves fp16 in pairs and sums
 * over a warp's registers: twice as fast as the portable one. What they read is loaded before anything is stored, for the
 * compiler does not know that arrays don't overlap.
 */
public final class PackedSplitKernels {
    /** Work-items of a warp. */
    public static final int WARP = 32;

    /** The largest head of {@link #splitWide}. */
    public static final int MAX_HEAD = 128;

    /** The largest head of {@link #splitTwo}. */
    public static final int MAX_PAIRED_HEAD = 64;

    /** Warps of a group of {@link #splitWide}: as many positions and heads, twice as many of {@link #splitTwo}. */
    public static final int HEADS = 8;

    /** What a norm is taken to be at least, so that nothing is divided by zero. */
    private static final float LEAST_NORM = 1e-12f;

    private PackedSplitKernels() {}

    /**
     * {@link AttentionKernels#split} for heads of more than 64, a warp per position and head; heads, widths and offsets are
     * even.
     */
    public static void splitWide(
            KernelContext context,
            IntArray dims,
            HalfFloatArray projected,
            FloatArray qBias,
            FloatArray vBias,
            FloatArray qScale,
            HalfFloatArray q,
            HalfFloatArray k,
            HalfFloatArray v,
            int norm) {
        int lane = context.localIdx % WARP;
        int width = dims.get(SplitDims.WIDTH);
        int heads = dims.get(SplitDims.HEADS);
        int size = dims.get(SplitDims.HEAD_SIZE);
        int positions = dims.get(SplitDims.POSITIONS);
        int work = context.groupIdx * HEADS + context.localIdx / WARP;
        int last = dims.get(SplitDims.ITEMS) - 1;
        int valid = Math.min(work, last);
        int item = valid / heads;
        int head = valid % heads;
        int low = 2 * lane;
        int high = Math.min(2 * lane + 2 * WARP, size - 2);
        float inside = 2 * lane + 2 * WARP < size ? 1f : 0f;
        int shift = dims.get(SplitDims.HEADER_SHIFT);
        int from = shift + dims.get(SplitDims.PROJECTION_OFFSET) + item * 3 * width + head * size;
        int bias = head * size;
        // load, add biases
        Half2 qLow = projected.getHalf2(from + low);
        Half2 kLow = projected.getHalf2(from + width + low);
        Half2 vLow = projected.getHalf2(from + 2 * width + low);
        float q0 = Half2.lowFloat(qLow) + qBias.get(bias + low);
        float q1 = Half2.highFloat(qLow) + qBias.get(bias + low + 1);
        float k0 = Half2.lowFloat(kLow);
        float k1 = Half2.highFloat(kLow);
        float v0 = Half2.lowFloat(vLow) + vBias.get(bias + low);
        float v1 = Half2.highFloat(vLow) + vBias.get(bias + low + 1);
        Half2 qHigh = projected.getHalf2(from + high);
        Half2 kHigh = projected.getHalf2(from + width + high);
        Half2 vHigh = projected.getHalf2(from + 2 * width + high);
        float q2 = Half2.lowFloat(qHigh) + qBias.get(bias + high);
        float q3 = Half2.highFloat(qHigh) + qBias.get(bias + high + 1);
        float k2 = Half2.lowFloat(kHigh);
        float k3 = Half2.highFloat(kHigh);
        float v2 = Half2.lowFloat(vHigh) + vBias.get(bias + high);
        float v3 = Half2.highFloat(vHigh) + vBias.get(bias + high + 1);
        // norms
        float qFactor = 1f;
        float kFactor = 1f;
        if (norm == 1) {
            float qq = context.simdSum(q0 * q0 + q1 * q1 + inside * (q2 * q2 + q3 * q3));
            float kk = context.simdSum(k0 * k0 + k1 * k1 + inside * (k2 * k2 + k3 * k3));
            qFactor = qScale.get(head) / Math.max(TornadoMath.sqrt(qq), LEAST_NORM);
            kFactor = 1f / Math.max(TornadoMath.sqrt(kk), LEAST_NORM);
        }
        // store
        int row = item / positions;
        int position = dims.get(SplitDims.FIRST) + item % positions;
        int cache = shift + ((row * heads + head) * dims.get(SplitDims.LENGTH) + position) * size;
        int to = shift + dims.get(SplitDims.Q_OFFSET) + item * width + head * size;
        if (work <= last) {
            q.setHalf2(to + low, Half2.fromFloats(q0 * qFactor, q1 * qFactor));
            k.setHalf2(cache + low, Half2.fromFloats(k0 * kFactor, k1 * kFactor));
            v.setHalf2(cache + low, Half2.fromFloats(v0, v1));
            if (inside > 0f) {
                q.setHalf2(to + high, Half2.fromFloats(q2 * qFactor, q3 * qFactor));
                k.setHalf2(cache + high, Half2.fromFloats(k2 * kFactor, k3 * kFactor));
                v.setHalf2(cache + high, Half2.fromFloats(v2, v3));
            }
        }
    }

    /**
     * {@link #splitWide} for heads of at most 64: a warp takes two positions and heads, loading all before it works on either.
     */
    public static void splitTwo(
            KernelContext context,
            IntArray dims,
            HalfFloatArray projected,
            FloatArray qBias,
            FloatArray vBias,
            FloatArray qScale,
            HalfFloatArray q,
            HalfFloatArray k,
            HalfFloatArray v,
            int norm) {
        int lane = context.localIdx % WARP;
        int width = dims.get(SplitDims.WIDTH);
        int heads = dims.get(SplitDims.HEADS);
        int size = dims.get(SplitDims.HEAD_SIZE);
        int positions = dims.get(SplitDims.POSITIONS);
        int work = (context.groupIdx * HEADS + context.localIdx / WARP) * 2;
        int last = dims.get(SplitDims.ITEMS) - 1;
        int work0 = Math.min(work, last);
        int work1 = Math.min(work + 1, last);
        int item0 = work0 / heads;
        int item1 = work1 / heads;
        int head0 = work0 % heads;
        int head1 = work1 % heads;
        int column = Math.min(2 * lane, size - 2);
        float inside = 2 * lane < size ? 1f : 0f;
        int shift = dims.get(SplitDims.HEADER_SHIFT);
        int from0 = shift + dims.get(SplitDims.PROJECTION_OFFSET) + item0 * 3 * width + head0 * size + column;
        int from1 = shift + dims.get(SplitDims.PROJECTION_OFFSET) + item1 * 3 * width + head1 * size + column;
        // load both, add biases
        Half2 qPair0 = projected.getHalf2(from0);
        Half2 qPair1 = projected.getHalf2(from1);
        Half2 kPair0 = projected.getHalf2(from0 + width);
        Half2 kPair1 = projected.getHalf2(from1 + width);
        Half2 vPair0 = projected.getHalf2(from0 + 2 * width);
        Half2 vPair1 = projected.getHalf2(from1 + 2 * width);
        int bias0 = head0 * size + column;
        int bias1 = head1 * size + column;
        float qLow0 = Half2.lowFloat(qPair0) + qBias.get(bias0);
        float qHigh0 = Half2.highFloat(qPair0) + qBias.get(bias0 + 1);
        float qLow1 = Half2.lowFloat(qPair1) + qBias.get(bias1);
        float qHigh1 = Half2.highFloat(qPair1) + qBias.get(bias1 + 1);
        float kLow0 = Half2.lowFloat(kPair0);
        float kHigh0 = Half2.highFloat(kPair0);
        float kLow1 = Half2.lowFloat(kPair1);
        float kHigh1 = Half2.highFloat(kPair1);
        float vLow0 = Half2.lowFloat(vPair0) + vBias.get(bias0);
        float vHigh0 = Half2.highFloat(vPair0) + vBias.get(bias0 + 1);
        float vLow1 = Half2.lowFloat(vPair1) + vBias.get(bias1);
        float vHigh1 = Half2.highFloat(vPair1) + vBias.get(bias1 + 1);
        // norms
        float qFactor0 = 1f;
        float qFactor1 = 1f;
        float kFactor0 = 1f;
        float kFactor1 = 1f;
        if (norm == 1) {
            float qq0 = context.simdSum(inside * (qLow0 * qLow0 + qHigh0 * qHigh0));
            float qq1 = context.simdSum(inside * (qLow1 * qLow1 + qHigh1 * qHigh1));
            float kk0 = context.simdSum(inside * (kLow0 * kLow0 + kHigh0 * kHigh0));
            float kk1 = context.simdSum(inside * (kLow1 * kLow1 + kHigh1 * kHigh1));
            qFactor0 = qScale.get(head0) / Math.max(TornadoMath.sqrt(qq0), LEAST_NORM);
            qFactor1 = qScale.get(head1) / Math.max(TornadoMath.sqrt(qq1), LEAST_NORM);
            kFactor0 = 1f / Math.max(TornadoMath.sqrt(kk0), LEAST_NORM);
            kFactor1 = 1f / Math.max(TornadoMath.sqrt(kk1), LEAST_NORM);
        }
        // store
        int first = dims.get(SplitDims.FIRST);
        int length = dims.get(SplitDims.LENGTH);
        int cache0 = shift + ((item0 / positions * heads + head0) * length + first + item0 % positions) * size + column;
        int cache1 = shift + ((item1 / positions * heads + head1) * length + first + item1 % positions) * size + column;
        int to0 = shift + dims.get(SplitDims.Q_OFFSET) + item0 * width + bias0;
        int to1 = shift + dims.get(SplitDims.Q_OFFSET) + item1 * width + bias1;
        if (inside > 0f) {
            if (work <= last) {
                q.setHalf2(to0, Half2.fromFloats(qLow0 * qFactor0, qHigh0 * qFactor0));
                k.setHalf2(cache0, Half2.fromFloats(kLow0 * kFactor0, kHigh0 * kFactor0));
                v.setHalf2(cache0, Half2.fromFloats(vLow0, vHigh0));
            }
            if (work < last) {
                q.setHalf2(to1, Half2.fromFloats(qLow1 * qFactor1, qHigh1 * qFactor1));
                k.setHalf2(cache1, Half2.fromFloats(kLow1 * kFactor1, kHigh1 * kFactor1));
                v.setHalf2(cache1, Half2.fromFloats(vLow1, vHigh1));
            }
        }
    }
}
