package dev.tandem.tornado.embedding;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The first block's input. */
public final class EmbeddingKernels {
    /** Work-items of a group: 64 pairs of channels, 4 lots of 8 positions. */
    public static final int LANES = 256;

    public static final int CHANNELS = 128;

    public static final int POSITIONS = 32;

    private EmbeddingKernels() {}

    /** Adds what belongs to one of the pictures' positions and a channel, in each row of that picture. */
    private static void place(
            IntArray d,
            FloatArray cond,
            FloatArray bias,
            FloatArray posStart,
            FloatArray lvlPos,
            FloatArray x,
            int item,
            int n,
            float dot) {
        int positions = d.get(1);
        int width = d.get(2);
        int pictures = d.get(5);
        int picture = item / positions;
        if (picture < pictures && n < width) {
            int p = d.get(4) + item % positions;
            float level = lvlPos.get(p * width + n);
            for (int row = picture; row < d.get(0); row += pictures) {
                float sum = level;
                if (p < d.get(11)) {
                    sum += cond.get(d.get(9) + Math.min(row, d.get(7)) * width + n) + posStart.get(p * width + n);
                } else {
                    sum += bias.get(n) + dot;
                }
                x.set(d.get(10) + (row * positions + item % positions) * width + n, sum);
            }
        }
    }

    /**
     * The class at the first scale's positions, the embedded maps at the others: once for all rows of a picture.
     *
     * @param d rows, positions, width, code size, first position, pictures, positions of maps, condition rows − 1, offsets
     *     of maps, cond and x, positions of the first scale
     */
    public static void embedInput(
            KernelContext c,
            IntArray d,
            FloatArray maps,
            FloatArray cond,
            FloatArray wordEmbed,
            FloatArray bias,
            FloatArray posStart,
            FloatArray lvlPos,
            FloatArray x) {
        float[] tile = c.allocateFloatLocalArray(1024);
        float[] weights = c.allocateFloatLocalArray(4224); // rows of 33, which keeps banks apart
        int t = c.localIdx;
        int channel0 = c.groupIdx * 128;
        int item0 = c.groupIdy * 32;
        int positions = d.get(1);
        int codeSize = d.get(3);
        int pair = t % 64;
        int lot = t / 64 * 8;
        float a0 = 0f;
        float a1 = 0f;
        float a2 = 0f;
        float a3 = 0f;
        float a4 = 0f;
        float a5 = 0f;
        float a6 = 0f;
        float a7 = 0f;
        float b0 = 0f;
        float b1 = 0f;
        float b2 = 0f;
        float b3 = 0f;
        float b4 = 0f;
        float b5 = 0f;
        float b6 = 0f;
        float b7 = 0f;
        for (int k0 = 0; k0 < codeSize; k0 += 32) {
            int k = k0 + t % 32;
            if (k < codeSize) {
                for (int e = t / 32; e < 32; e += 8) {
                    int item = Math.min(item0 + e, d.get(5) * positions - 1);
                    int p = d.get(4) + item % positions;
                    float value = 0f;
                    if (p >= d.get(11)) {
                        value = maps.get(d.get(8) + (item / positions * d.get(6) + p - 1) * codeSize + k);
                    }
                    tile[e * 32 + t % 32] = value;
                }
                for (int e = t / 32; e < 128; e += 8) {
                    int channel = Math.min(channel0 + e, d.get(2) - 1);
                    weights[e * 33 + t % 32] = wordEmbed.get(channel * codeSize + k);
                }
            }
            c.localBarrier();
            int most = Math.min(32, codeSize - k0);
            for (int i = 0; i < most; i++) {
                float wa = weights[pair * 33 + i];
                float wb = weights[pair * 33 + 2112 + i];
                float v0 = tile[lot * 32 + i];
                float v1 = tile[lot * 32 + 32 + i];
                float v2 = tile[lot * 32 + 64 + i];
                float v3 = tile[lot * 32 + 96 + i];
                float v4 = tile[lot * 32 + 128 + i];
                float v5 = tile[lot * 32 + 160 + i];
                float v6 = tile[lot * 32 + 192 + i];
                float v7 = tile[lot * 32 + 224 + i];
                a0 += v0 * wa;
                a1 += v1 * wa;
                a2 += v2 * wa;
                a3 += v3 * wa;
                a4 += v4 * wa;
                a5 += v5 * wa;
                a6 += v6 * wa;
                a7 += v7 * wa;
                b0 += v0 * wb;
                b1 += v1 * wb;
                b2 += v2 * wb;
                b3 += v3 * wb;
                b4 += v4 * wb;
                b5 += v5 * wb;
                b6 += v6 * wb;
                b7 += v7 * wb;
            }
            c.localBarrier();
        }
        int item = item0 + lot;
        int n = channel0 + pair;
        place(d, cond, bias, posStart, lvlPos, x, item, n, a0);
        place(d, cond, bias, posStart, lvlPos, x, item + 1, n, a1);
        place(d, cond, bias, posStart, lvlPos, x, item + 2, n, a2);
        place(d, cond, bias, posStart, lvlPos, x, item + 3, n, a3);
        place(d, cond, bias, posStart, lvlPos, x, item + 4, n, a4);
        place(d, cond, bias, posStart, lvlPos, x, item + 5, n, a5);
        place(d, cond, bias, posStart, lvlPos, x, item + 6, n, a6);
        place(d, cond, bias, posStart, lvlPos, x, item + 7, n, a7);
        place(d, cond, bias, posStart, lvlPos, x, item, n + 64, b0);
        place(d, cond, bias, posStart, lvlPos, x, item + 1, n + 64, b1);
        place(d, cond, bias, posStart, lvlPos, x, item + 2, n + 64, b2);
        place(d, cond, bias, posStart, lvlPos, x, item + 3, n + 64, b3);
        place(d, cond, bias, posStart, lvlPos, x, item + 4, n + 64, b4);
        place(d, cond, bias, posStart, lvlPos, x, item + 5, n + 64, b5);
        place(d, cond, bias, posStart, lvlPos, x, item + 6, n + 64, b6);
        place(d, cond, bias, posStart, lvlPos, x, item + 7, n + 64, b7);
    }
}
