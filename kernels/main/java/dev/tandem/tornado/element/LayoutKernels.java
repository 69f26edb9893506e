package dev.tandem.tornado.element;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Puts numbers where libraries want them. Whole vectors of fp16 move four at a time, as the longs that they share their
 * memory with: sizes and offsets are in longs there.
 */
public final class LayoutKernels {
    /** Numbers of fp16 in a long. */
    public static final int HALVES = 4;

    private LayoutKernels() {}

    /** Twofold in both directions, nearest. {@code d}: elements of y, channels, height and width of x, offset of x. */
    public static void enlarge(KernelContext c, IntArray d, LongArray x, LongArray y) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            int channels = d.get(1);
            int width = d.get(3);
            int column = i / channels % (2 * width);
            int line = i / channels / (2 * width) % (2 * d.get(2));
            int picture = i / channels / (2 * width) / (2 * d.get(2));
            int pixel = (picture * d.get(2) + line / 2) * width + column / 2;
            y.set(i, x.get(d.get(4) + pixel * channels + i % channels));
        }
    }

    /** Drops channels that were there for alignment. {@code d}: elements of y, its channels, x's, offset of y. */
    public static void narrow(KernelContext c, IntArray d, HalfFloatArray x, HalfFloatArray y) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            y.set(d.get(3) + i, x.get(i / d.get(1) * d.get(2) + i % d.get(1)));
        }
    }

    /** fp32 to fp16. {@code d}: elements, offset of x. */
    public static void halve(KernelContext c, IntArray d, FloatArray x, HalfFloatArray y) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            Elements.store(1, x, y, i, x.get(d.get(1) + i));
        }
    }
}
