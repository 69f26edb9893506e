package dev.tandem.tornado.element;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Puts numbers where libraries and tensor cores want them: one work-item per element. Whole vectors of fp16 move four at a
 * time, as the longs that they share their memory with: sizes and offsets are in longs there.
 */
public final class LayoutKernels {
    /** Numbers of fp16 in a long. */
    public static final int HALVES = 4;

    /** Dimensions of {@link #enlarge}. */
    public static final class EnlargeDims {
        public static final int ELEMENTS = 0;
        public static final int CHANNELS = 1;
        public static final int X_HEIGHT = 2;
        public static final int X_WIDTH = 3;
        public static final int X_OFFSET = 4;

        private EnlargeDims() {}
    }

    /** Dimensions of {@link #narrow}. */
    public static final class NarrowDims {
        public static final int ELEMENTS = 0;
        public static final int Y_CHANNELS = 1;
        public static final int X_CHANNELS = 2;
        public static final int Y_OFFSET = 3;

        private NarrowDims() {}
    }

    /** Dimensions of {@link #halve}. */
    public static final class HalveDims {
        public static final int ELEMENTS = 0;
        public static final int X_OFFSET = 1;

        private HalveDims() {}
    }

    private LayoutKernels() {}

    /** y is x twofold in both directions, nearest. */
    public static void enlarge(KernelContext context, IntArray dims, LongArray x, LongArray y) {
        int i = context.globalIdx;
        if (i < dims.get(EnlargeDims.ELEMENTS)) {
            int channels = dims.get(EnlargeDims.CHANNELS);
            int width = dims.get(EnlargeDims.X_WIDTH);
            int column = i / channels % (2 * width);
            int line = i / channels / (2 * width) % (2 * dims.get(EnlargeDims.X_HEIGHT));
            int picture = i / channels / (2 * width) / (2 * dims.get(EnlargeDims.X_HEIGHT));
            int pixel = (picture * dims.get(EnlargeDims.X_HEIGHT) + line / 2) * width + column / 2;
            y.set(i, x.get(dims.get(EnlargeDims.X_OFFSET) + pixel * channels + i % channels));
        }
    }

    /** y is x without the channels that were there for alignment. */
    public static void narrow(KernelContext context, IntArray dims, HalfFloatArray x, HalfFloatArray y) {
        int i = context.globalIdx;
        if (i < dims.get(NarrowDims.ELEMENTS)) {
            y.set(
                    dims.get(NarrowDims.Y_OFFSET) + i,
                    x.get(i / dims.get(NarrowDims.Y_CHANNELS) * dims.get(NarrowDims.X_CHANNELS)
                            + i % dims.get(NarrowDims.Y_CHANNELS)));
        }
    }

    /** y is x in fp16. */
    public static void halve(KernelContext context, IntArray dims, FloatArray x, HalfFloatArray y) {
        int i = context.globalIdx;
        if (i < dims.get(HalveDims.ELEMENTS)) {
            Elements.store(Elements.FP16, x, y, i, x.get(dims.get(HalveDims.X_OFFSET) + i));
        }
    }
}
