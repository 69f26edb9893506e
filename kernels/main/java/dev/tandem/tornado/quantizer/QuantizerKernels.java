package dev.tandem.tornado.quantizer;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The multi-scale quantizer: look-up, resizing, nearest code. All in fp32. */
public final class QuantizerKernels {
    /** Work-items of {@link #nearest}. */
    public static final int LANES = 128;

    /** Pixels that bicubic interpolation reads per direction. */
    private static final int TAPS = 4;

    /** More than any distance. */
    private static final float MOST = 3e38f;

    /** What a norm is taken to be at least, so that nothing is divided by zero. */
    private static final float LEAST_NORM = 1e-12f;

    /** Dimensions of {@link #lookup}. */
    static final class LookupDims {
        static final int ROWS = 0;
        static final int POSITIONS = 1;
        static final int WIDTH = 2;
        static final int TOKENS = 3;
        static final int FIRST = 4;
        static final int TOKENS_OFFSET = 5;
        static final int OUT_OFFSET = 6;

        private LookupDims() {}
    }

    /** Dimensions of {@link #bicubicUp}. */
    static final class BicubicDims {
        static final int ELEMENTS = 0;
        static final int X_SIDE = 1;
        static final int OUT_SIDE = 2;
        static final int CHANNELS = 3;
        static final int X_OFFSET = 4;
        static final int OUT_OFFSET = 5;

        private BicubicDims() {}
    }

    /** Dimensions of {@link #areaDown}. */
    static final class AreaDims {
        static final int ELEMENTS = 0;
        static final int X_SIDE = 1;
        static final int OUT_SIDE = 2;
        static final int CHANNELS = 3;
        static final int POSITIONS = 4;
        static final int FIRST = 5;
        static final int X_OFFSET = 6;
        static final int OUT_OFFSET = 7;

        private AreaDims() {}
    }

    /** Dimensions of {@link #nearest}. */
    static final class NearestDims {
        static final int POSITIONS = 0;
        static final int WIDTH = 1;
        static final int CODES = 2;
        static final int TOKENS = 3;
        static final int FIRST = 4;
        static final int Z_OFFSET = 5;
        static final int TOKENS_OFFSET = 6;

        private NearestDims() {}
    }

    private QuantizerKernels() {}

    /** Vectors of the codes at some positions: one work-item per number. */
    public static void lookup(
            KernelContext context, IntArray dims, IntArray tokens, FloatArray codebook, FloatArray out) {
        int i = context.globalIdx;
        int width = dims.get(LookupDims.WIDTH);
        if (i < dims.get(LookupDims.ROWS) * width) {
            int row = i / width;
            int positions = dims.get(LookupDims.POSITIONS);
            int place = dims.get(LookupDims.TOKENS_OFFSET)
                    + row / positions * dims.get(LookupDims.TOKENS)
                    + dims.get(LookupDims.FIRST)
                    + row % positions;
            int code = Math.max(0, tokens.get(place)); // where none was drawn any will do
            out.set(dims.get(LookupDims.OUT_OFFSET) + i, codebook.get(code * width + i % width));
        }
    }

    /**
     * Bicubic interpolation to a larger map: one work-item per number.
     *
     * @param taps per row or column of out its four in x
     * @param weights of the taps
     */
    public static void bicubicUp(
            KernelContext context, IntArray dims, IntArray taps, FloatArray weights, FloatArray x, FloatArray out) {
        int i = context.globalIdx;
        if (i < dims.get(BicubicDims.ELEMENTS)) {
            int from = dims.get(BicubicDims.X_SIDE);
            int to = dims.get(BicubicDims.OUT_SIDE);
            int channels = dims.get(BicubicDims.CHANNELS);
            int channel = i % channels;
            int column = i / channels % to;
            int row = i / channels / to % to;
            int picture = i / channels / to / to;
            float sum = 0f;
            for (int a = 0; a < TAPS; a++) {
                int line = (picture * from + taps.get(TAPS * row + a)) * from;
                float inner = 0f;
                for (int b = 0; b < TAPS; b++) {
                    int at = (line + taps.get(TAPS * column + b)) * channels + channel;
                    inner += weights.get(TAPS * column + b) * x.get(dims.get(BicubicDims.X_OFFSET) + at);
                }
                sum += weights.get(TAPS * row + a) * inner;
            }
            out.set(dims.get(BicubicDims.OUT_OFFSET) + i, sum);
        }
    }

    /** Means over areas that become the pixels of a smaller map: one work-item per number. */
    public static void areaDown(KernelContext context, IntArray dims, FloatArray x, FloatArray out) {
        int i = context.globalIdx;
        if (i < dims.get(AreaDims.ELEMENTS)) {
            int side = dims.get(AreaDims.X_SIDE);
            int p = dims.get(AreaDims.OUT_SIDE);
            int channels = dims.get(AreaDims.CHANNELS);
            int channel = i % channels;
            int column = i / channels % p;
            int row = i / channels / p % p;
            int picture = i / channels / p / p;
            int top = row * side / p;
            int bottom = ((row + 1) * side + p - 1) / p;
            int left = column * side / p;
            int right = ((column + 1) * side + p - 1) / p;
            float sum = 0f;
            for (int y = top; y < bottom; y++) {
                for (int z = left; z < right; z++) {
                    sum += x.get(dims.get(AreaDims.X_OFFSET) + ((picture * side + y) * side + z) * channels + channel);
                }
            }
            int position = dims.get(AreaDims.FIRST) + row * p + column;
            int area = (bottom - top) * (right - left);
            out.set(
                    dims.get(AreaDims.OUT_OFFSET)
                            + (picture * dims.get(AreaDims.POSITIONS) + position) * channels
                            + channel,
                    sum / area);
        }
    }

    /**
     * A group per vector; the lowest index of equals.
     *
     * @param cosine 1 where codes are chosen by cosine
     */
    public static void nearest(
            KernelContext context, IntArray dims, FloatArray z, FloatArray codebook, IntArray tokens, int cosine) {
        float[] least = context.allocateFloatLocalArray(LANES);
        int[] index = context.allocateIntLocalArray(LANES);
        int lane = context.localIdx;
        int row = context.groupIdx;
        int positions = dims.get(NearestDims.POSITIONS);
        int width = dims.get(NearestDims.WIDTH);
        int at = dims.get(NearestDims.Z_OFFSET) + row * width;
        float best = MOST;
        int chosen = 0;
        // each work-item takes every LANES-th code
        for (int code = lane; code < dims.get(NearestDims.CODES); code += LANES) {
            float dot = 0f;
            float norm = 0f;
            float distance = 0f;
            for (int i = 0; i < width; i++) {
                float e = codebook.get(code * width + i);
                float x = z.get(at + i);
                if (cosine == 1) {
                    dot += x * e;
                    norm += e * e;
                } else {
                    distance += e * (e - 2f * x);
                }
            }
            if (cosine == 1) {
                distance = -dot / Math.max(TornadoMath.sqrt(norm), LEAST_NORM);
            }
            if (distance < best) {
                best = distance;
                chosen = code;
            }
        }
        // the nearest of those that the work-items found
        least[lane] = best;
        index[lane] = chosen;
        context.localBarrier();
        if (lane == 0) {
            for (int i = 1; i < LANES; i++) {
                float other = least[i];
                if (other < best) {
                    best = other;
                    chosen = index[i];
                } else if (other == best) {
                    chosen = Math.min(chosen, index[i]);
                }
            }
            tokens.set(
                    dims.get(NearestDims.TOKENS_OFFSET)
                            + row / positions * dims.get(NearestDims.TOKENS)
                            + dims.get(NearestDims.FIRST)
                            + row % positions,
                    chosen);
        }
    }
}
