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

    private PackedSplitKernels() {}

    /**
     * {@link AttentionKernels#split} for heads of more than 64, a warp per position and head; heads, widths and offsets are
     * even.
     *
     * @param d as there; then what an index of a pair is off by
     */
    public static void splitWide(
            KernelContext c,
            IntArray d,
            HalfFloatArray p,
            FloatArray qBias,
            FloatArray vBias,
            FloatArray qScale,
            HalfFloatArray q,
            HalfFloatArray k,
            HalfFloatArray v,
            int norm) {
        int t = c.localIdx % 32;
        int width = d.get(0);
        int heads = d.get(1);
        int size = d.get(2);
        int positions = d.get(3);
        int work = c.groupIdx * 8 + c.localIdx / 32;
        int last = d.get(8) - 1;
        int valid = Math.min(work, last);
        int item = valid / heads;
        int head = valid % heads;
        int i0 = 2 * t;
        int i1 = Math.min(2 * t + 64, size - 2);
        float m1 = 2 * t + 64 < size ? 1f : 0f;
        int off = d.get(9);
        int from = off + d.get(6) + item * 3 * width + head * size;
        int bias = head * size;
        Half2 a0 = p.getHalf2(from + i0);
        Half2 b0 = p.getHalf2(from + width + i0);
        Half2 c0 = p.getHalf2(from + 2 * width + i0);
        float q0 = Half2.lowFloat(a0) + qBias.get(bias + i0);
        float q1 = Half2.highFloat(a0) + qBias.get(bias + i0 + 1);
        float k0 = Half2.lowFloat(b0);
        float k1 = Half2.highFloat(b0);
        float v0 = Half2.lowFloat(c0) + vBias.get(bias + i0);
        float v1 = Half2.highFloat(c0) + vBias.get(bias + i0 + 1);
        Half2 a1 = p.getHalf2(from + i1);
        Half2 b1 = p.getHalf2(from + width + i1);
        Half2 c1 = p.getHalf2(from + 2 * width + i1);
        float q2 = Half2.lowFloat(a1) + qBias.get(bias + i1);
        float q3 = Half2.highFloat(a1) + qBias.get(bias + i1 + 1);
        float k2 = Half2.lowFloat(b1);
        float k3 = Half2.highFloat(b1);
        float v2 = Half2.lowFloat(c1) + vBias.get(bias + i1);
        float v3 = Half2.highFloat(c1) + vBias.get(bias + i1 + 1);
        float qFactor = 1f;
        float kFactor = 1f;
        if (norm == 1) {
            float qq = c.simdSum(q0 * q0 + q1 * q1 + m1 * (q2 * q2 + q3 * q3));
            float kk = c.simdSum(k0 * k0 + k1 * k1 + m1 * (k2 * k2 + k3 * k3));
            qFactor = qScale.get(head) / Math.max(TornadoMath.sqrt(qq), 1e-12f);
            kFactor = 1f / Math.max(TornadoMath.sqrt(kk), 1e-12f);
        }
        int row = item / positions;
        int position = d.get(4) + item % positions;
        int cache = off + ((row * heads + head) * d.get(5) + position) * size;
        int to = off + d.get(7) + item * width + head * size;
        if (work <= last) {
            q.setHalf2(to + i0, Half2.fromFloats(q0 * qFactor, q1 * qFactor));
            k.setHalf2(cache + i0, Half2.fromFloats(k0 * kFactor, k1 * kFactor));
            v.setHalf2(cache + i0, Half2.fromFloats(v0, v1));
            if (m1 > 0f) {
                q.setHalf2(to + i1, Half2.fromFloats(q2 * qFactor, q3 * qFactor));
                k.setHalf2(cache + i1, Half2.fromFloats(k2 * kFactor, k3 * kFactor));
                v.setHalf2(cache + i1, Half2.fromFloats(v2, v3));
            }
        }
    }

    /**
     * {@link #splitWide} for heads of at most 64: a warp takes two positions and heads, loading all before it works on either.
     *
     * @param d as there
     */
    public static void splitTwo(
            KernelContext c,
            IntArray d,
            HalfFloatArray p,
            FloatArray qBias,
            FloatArray vBias,
            FloatArray qScale,
            HalfFloatArray q,
            HalfFloatArray k,
            HalfFloatArray v,
            int norm) {
        int t = c.localIdx % 32;
        int width = d.get(0);
        int heads = d.get(1);
        int size = d.get(2);
        int positions = d.get(3);
        int work = (c.groupIdx * 8 + c.localIdx / 32) * 2;
        int last = d.get(8) - 1;
        int work0 = Math.min(work, last);
        int work1 = Math.min(work + 1, last);
        int item0 = work0 / heads;
        int item1 = work1 / heads;
        int head0 = work0 % heads;
        int head1 = work1 % heads;
        int i = Math.min(2 * t, size - 2);
        float m = 2 * t < size ? 1f : 0f;
        int off = d.get(9);
        int from0 = off + d.get(6) + item0 * 3 * width + head0 * size + i;
        int from1 = off + d.get(6) + item1 * 3 * width + head1 * size + i;
        Half2 a0 = p.getHalf2(from0);
        Half2 a1 = p.getHalf2(from1);
        Half2 b0 = p.getHalf2(from0 + width);
        Half2 b1 = p.getHalf2(from1 + width);
        Half2 c0 = p.getHalf2(from0 + 2 * width);
        Half2 c1 = p.getHalf2(from1 + 2 * width);
        int bias0 = head0 * size + i;
        int bias1 = head1 * size + i;
        float q00 = Half2.lowFloat(a0) + qBias.get(bias0);
        float q01 = Half2.highFloat(a0) + qBias.get(bias0 + 1);
        float q10 = Half2.lowFloat(a1) + qBias.get(bias1);
        float q11 = Half2.highFloat(a1) + qBias.get(bias1 + 1);
        float k00 = Half2.lowFloat(b0);
        float k01 = Half2.highFloat(b0);
        float k10 = Half2.lowFloat(b1);
        float k11 = Half2.highFloat(b1);
        float v00 = Half2.lowFloat(c0) + vBias.get(bias0);
        float v01 = Half2.highFloat(c0) + vBias.get(bias0 + 1);
        float v10 = Half2.lowFloat(c1) + vBias.get(bias1);
        float v11 = Half2.highFloat(c1) + vBias.get(bias1 + 1);
        float qFactor0 = 1f;
        float qFactor1 = 1f;
        float kFactor0 = 1f;
        float kFactor1 = 1f;
        if (norm == 1) {
            float qq0 = c.simdSum(m * (q00 * q00 + q01 * q01));
            float qq1 = c.simdSum(m * (q10 * q10 + q11 * q11));
            float kk0 = c.simdSum(m * (k00 * k00 + k01 * k01));
            float kk1 = c.simdSum(m * (k10 * k10 + k11 * k11));
            qFactor0 = qScale.get(head0) / Math.max(TornadoMath.sqrt(qq0), 1e-12f);
            qFactor1 = qScale.get(head1) / Math.max(TornadoMath.sqrt(qq1), 1e-12f);
            kFactor0 = 1f / Math.max(TornadoMath.sqrt(kk0), 1e-12f);
            kFactor1 = 1f / Math.max(TornadoMath.sqrt(kk1), 1e-12f);
        }
        int first = d.get(4);
        int length = d.get(5);
        int cache0 = off + ((item0 / positions * heads + head0) * length + first + item0 % positions) * size + i;
        int cache1 = off + ((item1 / positions * heads + head1) * length + first + item1 % positions) * size + i;
        int to0 = off + d.get(7) + item0 * width + bias0;
        int to1 = off + d.get(7) + item1 * width + bias1;
        if (m > 0f) {
            if (work <= last) {
                q.setHalf2(to0, Half2.fromFloats(q00 * qFactor0, q01 * qFactor0));
                k.setHalf2(cache0, Half2.fromFloats(k00 * kFactor0, k01 * kFactor0));
                v.setHalf2(cache0, Half2.fromFloats(v00, v01));
            }
            if (work < last) {
                q.setHalf2(to1, Half2.fromFloats(q10 * qFactor1, q11 * qFactor1));
                k.setHalf2(cache1, Half2.fromFloats(k10 * kFactor1, k11 * kFactor1));
                v.setHalf2(cache1, Half2.fromFloats(v10, v11));
            }
        }
    }
}
