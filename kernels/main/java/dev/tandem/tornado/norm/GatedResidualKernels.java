package dev.tandem.tornado.norm;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The gated residual add, by itself or with the norm that follows it. The latter sums over a warp's registers, which only
 * TornadoVM's CUDA back-end can.
 */
public final class GatedResidualKernels {
    private static final int WARP = 32;

    /** The widest row of {@link #gatedAddNorm}. */
    public static final int MAX_WIDTH = 8192;

    /** Numbers of a row that a work-item of {@link #gatedAddNorm} takes. */
    private static final int SHARE = 8;

    private GatedResidualKernels() {}

    /** Work-items of {@link #gatedAddNorm}: whole warps. */
    public static int rowLanes(int width) {
        return (width + SHARE * WARP - 1) / (SHARE * WARP) * WARP;
    }

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

    /**
     * x += gate · (h + bias), then AdaLN of it into out: {@link #gatedAdd} and {@link NormKernels#adaNorm} in
     * one pass over x. A group of {@link #rowLanes} per position.
     *
     * @param d as {@link NormKernels#adaNorm}; then length of the gate table's rows, its last row, the offset of its vector
     */
    public static void gatedAddNorm(
            KernelContext c,
            IntArray d,
            HalfFloatArray h,
            FloatArray bias,
            FloatArray gate,
            FloatArray x,
            FloatArray scale,
            FloatArray shift,
            FloatArray eps,
            HalfFloatArray out,
            int biased) {
        float[] sums = c.allocateFloatLocalArray(32);
        float[] squares = c.allocateFloatLocalArray(32);
        int t = c.localIdx;
        int lanes = c.localGroupSizeX;
        int item = c.groupIdx;
        int width = d.get(2);
        int row = item / d.get(0);
        int from = d.get(3) + item * width;
        int branch = item * width;
        int gateAt = d.get(13) + Math.min(row, d.get(12)) * d.get(11);
        int scaleAt = d.get(7) + Math.min(row, d.get(6)) * d.get(5);
        int shiftAt = d.get(10) + Math.min(row, d.get(9)) * d.get(8);
        float variance = eps.get(0);
        int last = width - 1;
        int i0 = Math.min(t, last);
        int i1 = Math.min(t + lanes, last);
        int i2 = Math.min(t + 2 * lanes, last);
        int i3 = Math.min(t + 3 * lanes, last);
        int i4 = Math.min(t + 4 * lanes, last);
        int i5 = Math.min(t + 5 * lanes, last);
        int i6 = Math.min(t + 6 * lanes, last);
        int i7 = Math.min(t + 7 * lanes, last);
        float v0 = h.get(branch + i0).getFloat32();
        float v1 = h.get(branch + i1).getFloat32();
        float v2 = h.get(branch + i2).getFloat32();
        float v3 = h.get(branch + i3).getFloat32();
        float v4 = h.get(branch + i4).getFloat32();
        float v5 = h.get(branch + i5).getFloat32();
        float v6 = h.get(branch + i6).getFloat32();
        float v7 = h.get(branch + i7).getFloat32();
        if (biased == 1) {
            v0 += bias.get(i0);
            v1 += bias.get(i1);
            v2 += bias.get(i2);
            v3 += bias.get(i3);
            v4 += bias.get(i4);
            v5 += bias.get(i5);
            v6 += bias.get(i6);
            v7 += bias.get(i7);
        }
        v0 = x.get(from + i0) + gate.get(gateAt + i0) * v0;
        v1 = x.get(from + i1) + gate.get(gateAt + i1) * v1;
        v2 = x.get(from + i2) + gate.get(gateAt + i2) * v2;
        v3 = x.get(from + i3) + gate.get(gateAt + i3) * v3;
        v4 = x.get(from + i4) + gate.get(gateAt + i4) * v4;
        v5 = x.get(from + i5) + gate.get(gateAt + i5) * v5;
        v6 = x.get(from + i6) + gate.get(gateAt + i6) * v6;
        v7 = x.get(from + i7) + gate.get(gateAt + i7) * v7;
        float m0 = t < width ? 1f : 0f;
        float m1 = t + lanes < width ? 1f : 0f;
        float m2 = t + 2 * lanes < width ? 1f : 0f;
        float m3 = t + 3 * lanes < width ? 1f : 0f;
        float m4 = t + 4 * lanes < width ? 1f : 0f;
        float m5 = t + 5 * lanes < width ? 1f : 0f;
        float m6 = t + 6 * lanes < width ? 1f : 0f;
        float m7 = t + 7 * lanes < width ? 1f : 0f;
        float sum = m0 * v0 + m1 * v1 + (m2 * v2 + m3 * v3) + (m4 * v4 + m5 * v5 + (m6 * v6 + m7 * v7));
        sum = c.simdSum(sum);
        if (t % 32 == 0) {
            sums[t / 32] = sum;
        }
        c.localBarrier();
        int warps = lanes / 32;
        float mean = 0f;
        for (int i = 0; i < warps; i++) {
            mean += sums[i];
        }
        mean = mean / width;
        float e0 = v0 - mean;
        float e1 = v1 - mean;
        float e2 = v2 - mean;
        float e3 = v3 - mean;
        float e4 = v4 - mean;
        float e5 = v5 - mean;
        float e6 = v6 - mean;
        float e7 = v7 - mean;
        float square = m0 * e0 * e0 + m1 * e1 * e1 + (m2 * e2 * e2 + m3 * e3 * e3)
                + (m4 * e4 * e4 + m5 * e5 * e5 + (m6 * e6 * e6 + m7 * e7 * e7));
        square = c.simdSum(square);
        if (t % 32 == 0) {
            squares[t / 32] = square;
        }
        c.localBarrier();
        float all = 0f;
        for (int i = 0; i < warps; i++) {
            all += squares[i];
        }
        float inverse = 1f / TornadoMath.sqrt(all / width + variance);
        e0 = e0 * inverse * (1f + scale.get(scaleAt + i0)) + shift.get(shiftAt + i0);
        e1 = e1 * inverse * (1f + scale.get(scaleAt + i1)) + shift.get(shiftAt + i1);
        e2 = e2 * inverse * (1f + scale.get(scaleAt + i2)) + shift.get(shiftAt + i2);
        e3 = e3 * inverse * (1f + scale.get(scaleAt + i3)) + shift.get(shiftAt + i3);
        e4 = e4 * inverse * (1f + scale.get(scaleAt + i4)) + shift.get(shiftAt + i4);
        e5 = e5 * inverse * (1f + scale.get(scaleAt + i5)) + shift.get(shiftAt + i5);
        e6 = e6 * inverse * (1f + scale.get(scaleAt + i6)) + shift.get(shiftAt + i6);
        e7 = e7 * inverse * (1f + scale.get(scaleAt + i7)) + shift.get(shiftAt + i7);
        int to = d.get(4) + item * width;
        if (m0 > 0f) {
            x.set(from + i0, v0);
            Elements.store(1, x, out, to + i0, e0);
        }
        if (m1 > 0f) {
            x.set(from + i1, v1);
            Elements.store(1, x, out, to + i1, e1);
        }
        if (m2 > 0f) {
            x.set(from + i2, v2);
            Elements.store(1, x, out, to + i2, e2);
        }
        if (m3 > 0f) {
            x.set(from + i3, v3);
            Elements.store(1, x, out, to + i3, e3);
        }
        if (m4 > 0f) {
            x.set(from + i4, v4);
            Elements.store(1, x, out, to + i4, e4);
        }
        if (m5 > 0f) {
            x.set(from + i5, v5);
            Elements.store(1, x, out, to + i5, e5);
        }
        if (m6 > 0f) {
            x.set(from + i6, v6);
            Elements.store(1, x, out, to + i6, e6);
        }
        if (m7 > 0f) {
            x.set(from + i7, v7);
            Elements.store(1, x, out, to + i7, e7);
        }
    }

}
