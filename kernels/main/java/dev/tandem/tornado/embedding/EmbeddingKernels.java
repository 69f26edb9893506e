package dev.tandem.tornado.embedding;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The first block's input. */
public final class EmbeddingKernels {
    /** Channels of a group: a work-item makes one of the lower half and that of the upper half beside it. */
    public static final int CHANNELS = 128;

    /** Positions of a group. */
    public static final int POSITIONS = 32;

    /** Positions of a work-item. */
    private static final int LOT = 8;

    private static final int PAIRS = CHANNELS / 2;

    /** Work-items of a group. */
    public static final int LANES = PAIRS * POSITIONS / LOT;

    /** Numbers of a code that are in local memory at a time. */
    private static final int STEP = 32;

    /** How far apart rows of weights are in local memory: no bank conflicts. */
    private static final int PITCH = STEP + 1;

    /** Rows that the work-items fetch at once. */
    private static final int FETCHED = LANES / STEP;

    /** Dimensions of {@link #embedInput}. */
    static final class InputDims {
        static final int ROWS = 0;
        static final int POSITIONS = 1;
        static final int WIDTH = 2;
        static final int CODE_SIZE = 3;
        static final int FIRST = 4;
        static final int PICTURES = 5;
        static final int MAP_POSITIONS = 6;
        static final int LAST_CONDITION = 7;
        static final int MAPS_OFFSET = 8;
        static final int CONDITION_OFFSET = 9;
        static final int X_OFFSET = 10;

        /** Positions of the first scale, which the class takes. */
        static final int CLASS_POSITIONS = 11;

        private InputDims() {}
    }

    private EmbeddingKernels() {}

    /** Adds what belongs to one of the pictures' positions and a channel, in each row of that picture. */
    private static void place(
            IntArray dims,
            FloatArray condition,
            FloatArray bias,
            FloatArray posStart,
            FloatArray lvlPos,
            FloatArray x,
            int item,
            int n,
            float dot) {
        int positions = dims.get(InputDims.POSITIONS);
        int width = dims.get(InputDims.WIDTH);
        int pictures = dims.get(InputDims.PICTURES);
        int picture = item / positions;
        if (picture < pictures && n < width) {
            int p = dims.get(InputDims.FIRST) + item % positions;
            float level = lvlPos.get(p * width + n);
            for (int row = picture; row < dims.get(InputDims.ROWS); row += pictures) {
                float sum = level;
                if (p < dims.get(InputDims.CLASS_POSITIONS)) {
                    sum += condition.get(dims.get(InputDims.CONDITION_OFFSET)
                                    + Math.min(row, dims.get(InputDims.LAST_CONDITION)) * width
                                    + n)
                            + posStart.get(p * width + n);
                } else {
                    sum += bias.get(n) + dot;
                }
                x.set(dims.get(InputDims.X_OFFSET) + (row * positions + item % positions) * width + n, sum);
            }
        }
    }

    /**
     * The class at the first scale's positions, the embedded maps at the others: once for all rows of a picture.
     */
    public static void embedInput(
            KernelContext context,
            IntArray dims,
            FloatArray maps,
            FloatArray condition,
            FloatArray wordEmbed,
            FloatArray bias,
            FloatArray posStart,
            FloatArray lvlPos,
            FloatArray x) {
        float[] tile = context.allocateFloatLocalArray(POSITIONS * STEP);
        float[] weights = context.allocateFloatLocalArray(CHANNELS * PITCH);
        int lane = context.localIdx;
        int channel0 = context.groupIdx * CHANNELS;
        int item0 = context.groupIdy * POSITIONS;
        int positions = dims.get(InputDims.POSITIONS);
        int codeSize = dims.get(InputDims.CODE_SIZE);
        int pair = lane % PAIRS;
        int lot = lane / PAIRS * LOT;
        float low0 = 0f;
        float low1 = 0f;
        float low2 = 0f;
        float low3 = 0f;
        float low4 = 0f;
        float low5 = 0f;
        float low6 = 0f;
        float low7 = 0f;
        float high0 = 0f;
        float high1 = 0f;
        float high2 = 0f;
        float high3 = 0f;
        float high4 = 0f;
        float high5 = 0f;
        float high6 = 0f;
        float high7 = 0f;
        // dot products of maps and the embedding, a step of the code size at a time
        for (int k0 = 0; k0 < codeSize; k0 += STEP) {
            int k = k0 + lane % STEP;
            if (k < codeSize) {
                for (int e = lane / STEP; e < POSITIONS; e += FETCHED) {
                    int item = Math.min(item0 + e, dims.get(InputDims.PICTURES) * positions - 1);
                    int p = dims.get(InputDims.FIRST) + item % positions;
                    float value = 0f;
                    if (p >= dims.get(InputDims.CLASS_POSITIONS)) {
                        value = maps.get(dims.get(InputDims.MAPS_OFFSET)
                                + (item / positions * dims.get(InputDims.MAP_POSITIONS) + p - 1) * codeSize
                                + k);
                    }
                    tile[e * STEP + lane % STEP] = value;
                }
                for (int e = lane / STEP; e < CHANNELS; e += FETCHED) {
                    int channel = Math.min(channel0 + e, dims.get(InputDims.WIDTH) - 1);
                    weights[e * PITCH + lane % STEP] = wordEmbed.get(channel * codeSize + k);
                }
            }
            context.localBarrier();
            int most = Math.min(STEP, codeSize - k0);
            for (int i = 0; i < most; i++) {
                float lowWeight = weights[pair * PITCH + i];
                float highWeight = weights[pair * PITCH + PAIRS * PITCH + i];
                float code0 = tile[lot * STEP + i];
                float code1 = tile[lot * STEP + STEP + i];
                float code2 = tile[lot * STEP + 2 * STEP + i];
                float code3 = tile[lot * STEP + 3 * STEP + i];
                float code4 = tile[lot * STEP + 4 * STEP + i];
                float code5 = tile[lot * STEP + 5 * STEP + i];
                float code6 = tile[lot * STEP + 6 * STEP + i];
                float code7 = tile[lot * STEP + 7 * STEP + i];
                low0 += code0 * lowWeight;
                low1 += code1 * lowWeight;
                low2 += code2 * lowWeight;
                low3 += code3 * lowWeight;
                low4 += code4 * lowWeight;
                low5 += code5 * lowWeight;
                low6 += code6 * lowWeight;
                low7 += code7 * lowWeight;
                high0 += code0 * highWeight;
                high1 += code1 * highWeight;
                high2 += code2 * highWeight;
                high3 += code3 * highWeight;
                high4 += code4 * highWeight;
                high5 += code5 * highWeight;
                high6 += code6 * highWeight;
                high7 += code7 * highWeight;
            }
            context.localBarrier();
        }
        // store
        int item = item0 + lot;
        int n = channel0 + pair;
        place(dims, condition, bias, posStart, lvlPos, x, item, n, low0);
        place(dims, condition, bias, posStart, lvlPos, x, item + 1, n, low1);
        place(dims, condition, bias, posStart, lvlPos, x, item + 2, n, low2);
        place(dims, condition, bias, posStart, lvlPos, x, item + 3, n, low3);
        place(dims, condition, bias, posStart, lvlPos, x, item + 4, n, low4);
        place(dims, condition, bias, posStart, lvlPos, x, item + 5, n, low5);
        place(dims, condition, bias, posStart, lvlPos, x, item + 6, n, low6);
        place(dims, condition, bias, posStart, lvlPos, x, item + 7, n, low7);
        place(dims, condition, bias, posStart, lvlPos, x, item, n + PAIRS, high0);
        place(dims, condition, bias, posStart, lvlPos, x, item + 1, n + PAIRS, high1);
        place(dims, condition, bias, posStart, lvlPos, x, item + 2, n + PAIRS, high2);
        place(dims, condition, bias, posStart, lvlPos, x, item + 3, n + PAIRS, high3);
        place(dims, condition, bias, posStart, lvlPos, x, item + 4, n + PAIRS, high4);
        place(dims, condition, bias, posStart, lvlPos, x, item + 5, n + PAIRS, high5);
        place(dims, condition, bias, posStart, lvlPos, x, item + 6, n + PAIRS, high6);
        place(dims, condition, bias, posStart, lvlPos, x, item + 7, n + PAIRS, high7);
    }
}
