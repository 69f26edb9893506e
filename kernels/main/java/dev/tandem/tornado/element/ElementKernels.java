package dev.tandem.tornado.element;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** One work-item per element. */
public final class ElementKernels {
    private ElementKernels() {}

    /** @param d elements, offset of out */
    public static void fillAll(
            KernelContext c, IntArray d, FloatArray value, FloatArray outF, HalfFloatArray outH, int fp16) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            Elements.store(fp16, outF, outH, d.get(1) + i, value.get(0));
        }
    }

    /** @param d elements, offsets of x and out */
    public static void silu(
            KernelContext c,
            IntArray d,
            FloatArray xf,
            HalfFloatArray xh,
            FloatArray outF,
            HalfFloatArray outH,
            int xHalf,
            int outHalf) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            float x = Elements.load(xHalf, xf, xh, d.get(1) + i);
            Elements.store(outHalf, outF, outH, d.get(2) + i, Elements.silu(x));
        }
    }

    /** @param d elements of out, of a row of out, of a row of x, offsets of the first row's last positions and of out */
    public static void lastPositions(
            KernelContext c,
            IntArray d,
            FloatArray xf,
            HalfFloatArray xh,
            FloatArray outF,
            HalfFloatArray outH,
            int fp16) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            int from = d.get(3) + i / d.get(1) * d.get(2) + i % d.get(1);
            Elements.store(fp16, outF, outH, d.get(4) + i, Elements.load(fp16, xf, xh, from));
        }
    }

    /** @param d elements, offsets of x and out */
    public static void clampTo(
            KernelContext c, IntArray d, FloatArray xf, HalfFloatArray xh, FloatArray limits, FloatArray out, int xHalf) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            float x = Elements.load(xHalf, xf, xh, d.get(1) + i);
            out.set(d.get(2) + i, TornadoMath.min(TornadoMath.max(x, limits.get(0)), limits.get(1)));
        }
    }

    /** @param d elements of out, of a picture's out, of a picture's x, offsets of x and out */
    public static void toBytes(KernelContext c, IntArray d, FloatArray x, IntArray out) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            int at = i % d.get(1) * 4;
            int from = d.get(3) + i / d.get(1) * d.get(2) + at;
            int word = 0;
            for (int k = 0; k < 4; k++) {
                if (at + k < d.get(2)) {
                    float value = (x.get(from + k) + 1f) * 0.5f * 255f + 0.5f;
                    word |= Math.min(Math.max((int) value, 0), 255) << 8 * k;
                }
            }
            out.set(d.get(4) + i, word);
        }
    }

    /** @param d elements, offsets of a, b and out */
    public static void subtract(KernelContext c, IntArray d, FloatArray a, FloatArray b, FloatArray out) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            out.set(d.get(3) + i, a.get(d.get(1) + i) - b.get(d.get(2) + i));
        }
    }

    /** @param d elements, channels, offsets of fHat, kept and mask */
    public static void blendByMask(KernelContext c, IntArray d, FloatArray kept, FloatArray mask, FloatArray fHat) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            float m = mask.get(d.get(4) + i / d.get(1));
            int at = d.get(2) + i;
            fHat.set(at, m * fHat.get(at) + (1f - m) * kept.get(d.get(3) + i));
        }
    }

    /** @param d elements, length of the row, offsets of x and out */
    public static void addRow(KernelContext c, IntArray d, FloatArray x, FloatArray row, FloatArray out) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            out.set(d.get(3) + i, x.get(d.get(2) + i) + row.get(i % d.get(1)));
        }
    }
}
