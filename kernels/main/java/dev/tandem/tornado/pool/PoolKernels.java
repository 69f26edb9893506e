package dev.tandem.tornado.pool;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Pooling. */
public final class PoolKernels {
    /** The largest value. */
    public static final int MAX = 0;

    /** The mean of what lies in the map. */
    public static final int MEAN = 1;

    /** The mean with zeros around the map. */
    public static final int PADDED_MEAN = 2;

    /** Less than any number of a map. */
    private static final float LEAST = -3e38f;

    /** Dimensions of {@link #pool}. */
    static final class PoolDims {
        static final int ELEMENTS = 0;
        static final int CHANNELS = 1;
        static final int X_HEIGHT = 2;
        static final int X_WIDTH = 3;
        static final int OUT_HEIGHT = 4;
        static final int OUT_WIDTH = 5;
        static final int WINDOW_HEIGHT = 6;
        static final int WINDOW_WIDTH = 7;
        static final int STRIDE = 8;
        static final int PAD_Y = 9;
        static final int PAD_X = 10;
        static final int OUT_CHANNELS = 11;
        static final int X_OFFSET = 12;
        static final int OUT_OFFSET = 13;

        private PoolDims() {}
    }

    /** Dimensions of {@link #globalMean}. */
    static final class MeanDims {
        static final int ELEMENTS = 0;
        static final int PIXELS = 1;
        static final int CHANNELS = 2;
        static final int X_OFFSET = 3;
        static final int OUT_OFFSET = 4;

        private MeanDims() {}
    }

    private PoolKernels() {}

    /**
     * One work-item per pixel and channel.
     *
     * @param mode which of the three
     */
    public static void pool(
            KernelContext context,
            IntArray dims,
            FloatArray xf,
            HalfFloatArray xh,
            FloatArray outF,
            HalfFloatArray outH,
            int xHalf,
            int outHalf,
            int mode) {
        int i = context.globalIdx;
        if (i < dims.get(PoolDims.ELEMENTS)) {
            int channels = dims.get(PoolDims.CHANNELS);
            int channel = i % channels;
            int pixel = i / channels;
            int column = pixel % dims.get(PoolDims.OUT_WIDTH);
            int row = pixel / dims.get(PoolDims.OUT_WIDTH) % dims.get(PoolDims.OUT_HEIGHT);
            int picture = pixel / dims.get(PoolDims.OUT_WIDTH) / dims.get(PoolDims.OUT_HEIGHT);
            int top = row * dims.get(PoolDims.STRIDE) - dims.get(PoolDims.PAD_Y);
            int left = column * dims.get(PoolDims.STRIDE) - dims.get(PoolDims.PAD_X);
            int bottom = Math.min(top + dims.get(PoolDims.WINDOW_HEIGHT), dims.get(PoolDims.X_HEIGHT));
            int right = Math.min(left + dims.get(PoolDims.WINDOW_WIDTH), dims.get(PoolDims.X_WIDTH));
            float max = LEAST;
            float sum = 0f;
            int count = 0;
            for (int y = Math.max(top, 0); y < bottom; y++) {
                for (int x = Math.max(left, 0); x < right; x++) {
                    int at = ((picture * dims.get(PoolDims.X_HEIGHT) + y) * dims.get(PoolDims.X_WIDTH) + x) * channels
                            + channel;
                    float v = Elements.load(xHalf, xf, xh, dims.get(PoolDims.X_OFFSET) + at);
                    max = Math.max(max, v);
                    sum += v;
                    count++;
                }
            }
            float value = max;
            if (mode == MEAN) {
                value = sum / count;
            }
            if (mode == PADDED_MEAN) {
                value = sum / (dims.get(PoolDims.WINDOW_HEIGHT) * dims.get(PoolDims.WINDOW_WIDTH));
            }
            Elements.store(
                    outHalf,
                    outF,
                    outH,
                    dims.get(PoolDims.OUT_OFFSET) + pixel * dims.get(PoolDims.OUT_CHANNELS) + channel,
                    value);
        }
    }

    /** One work-item per picture and channel. */
    public static void globalMean(
            KernelContext context, IntArray dims, FloatArray xf, HalfFloatArray xh, FloatArray out, int xHalf) {
        int i = context.globalIdx;
        if (i < dims.get(MeanDims.ELEMENTS)) {
            int pixels = dims.get(MeanDims.PIXELS);
            int channels = dims.get(MeanDims.CHANNELS);
            int from = dims.get(MeanDims.X_OFFSET) + i / channels * pixels * channels + i % channels;
            float sum = 0f;
            for (int p = 0; p < pixels; p++) {
                sum += Elements.load(xHalf, xf, xh, from + p * channels);
            }
            out.set(dims.get(MeanDims.OUT_OFFSET) + i, sum / pixels);
        }
    }
}
