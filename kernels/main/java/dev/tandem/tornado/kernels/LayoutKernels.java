package dev.tandem.tornado.kernels;

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

    /**
     * For attention: queries with their heads apart, [R, n, H, size] to [R, H, count, size], and the first keys and values
     * of a cache without the gaps behind them. {@code d}: longs of the queries, size, count, H, n, first position, offset
     * of q; longs of the packed keys (0: they need no packing), longs of a head's keys, of its capacity.
     */
    public static void pack(
            KernelContext c, IntArray d, LongArray q, LongArray k, LongArray v, LongArray pq, LongArray pk, LongArray pv) {
        int i = c.globalIdx;
        int queries = d.get(0);
        if (i < queries) {
            int size = d.get(1);
            int count = d.get(2);
            int heads = d.get(3);
            int position = i / size % count;
            int head = i / size / count % heads;
            int row = i / size / count / heads;
            int at = ((row * d.get(4) + d.get(5) + position) * heads + head) * size + i % size;
            pq.set(i, q.get(d.get(6) + at));
        } else {
            int j = i - queries;
            if (j < d.get(7)) {
                int from = j / d.get(8) * d.get(9) + j % d.get(8);
                pk.set(j, k.get(from));
                pv.set(j, v.get(from));
            }
        }
    }

    /**
     * The way back: [R, H, count, size] into [R, n, H, size]. {@code d}: longs, size, count, H, n, first position, offset
     * of y.
     */
    public static void joinHeads(KernelContext c, IntArray d, LongArray x, LongArray y) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            int size = d.get(1);
            int count = d.get(2);
            int heads = d.get(3);
            int head = i / size % heads;
            int position = i / size / heads % count;
            int row = i / size / heads / count;
            int from = ((row * heads + head) * count + position) * size + i % size;
            y.set(d.get(6) + (row * d.get(4) + d.get(5) + position) * heads * size + head * size + i % size, x.get(from));
        }
    }

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
            Stored.store(1, x, y, i, x.get(d.get(1) + i));
        }
    }
}
