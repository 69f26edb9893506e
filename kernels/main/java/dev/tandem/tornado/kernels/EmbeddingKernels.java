package dev.tandem.tornado.kernels;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The first block's input. */
public final class EmbeddingKernels {
    /** Channels of a group, a work-item each, and positions of it. */
    public static final int LANES = 128;

    public static final int POSITIONS = 8;

    private EmbeddingKernels() {}

    /** Adds what belongs to one position and channel. */
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
        if (item < d.get(0) * positions && n < width) {
            int p = d.get(4) + item % positions;
            float sum = lvlPos.get(p * width + n);
            if (p < d.get(11)) {
                int row = Math.min(item / positions, d.get(7));
                sum += cond.get(d.get(9) + row * width + n) + posStart.get(p * width + n);
            } else {
                sum += bias.get(n) + dot;
            }
            x.set(d.get(10) + item * width + n, sum);
        }
    }

    /**
     * The class at the first scale's positions, the embedded maps at the others.
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
        float[] tile = c.allocateFloatLocalArray(512);
        int t = c.localIdx;
        int n = c.groupIdx * 128 + t;
        int item0 = c.groupIdy * 8;
        int positions = d.get(1);
        int codeSize = d.get(3);
        int channel = Math.min(n, d.get(2) - 1);
        float dot0 = 0f;
        float dot1 = 0f;
        float dot2 = 0f;
        float dot3 = 0f;
        float dot4 = 0f;
        float dot5 = 0f;
        float dot6 = 0f;
        float dot7 = 0f;
        for (int k0 = 0; k0 < codeSize; k0 += 64) {
            for (int e = t; e < 512; e += 128) {
                int item = Math.min(item0 + e / 64, d.get(0) * positions - 1);
                int p = d.get(4) + item % positions;
                float value = 0f;
                if (k0 + e % 64 < codeSize) {
                    if (p >= d.get(11)) {
                        int row = item / positions % d.get(5) * d.get(6) + p - 1;
                        value = maps.get(d.get(8) + row * codeSize + k0 + e % 64);
                    }
                }
                tile[e] = value;
            }
            c.localBarrier();
            int most = Math.min(64, codeSize - k0);
            for (int k = 0; k < most; k++) {
                float w = wordEmbed.get(channel * codeSize + k0 + k);
                dot0 += tile[0 + k] * w;
                dot1 += tile[64 + k] * w;
                dot2 += tile[128 + k] * w;
                dot3 += tile[192 + k] * w;
                dot4 += tile[256 + k] * w;
                dot5 += tile[320 + k] * w;
                dot6 += tile[384 + k] * w;
                dot7 += tile[448 + k] * w;
            }
            c.localBarrier();
        }
        place(d, cond, bias, posStart, lvlPos, x, item0 + 0, n, dot0);
        place(d, cond, bias, posStart, lvlPos, x, item0 + 1, n, dot1);
        place(d, cond, bias, posStart, lvlPos, x, item0 + 2, n, dot2);
        place(d, cond, bias, posStart, lvlPos, x, item0 + 3, n, dot3);
        place(d, cond, bias, posStart, lvlPos, x, item0 + 4, n, dot4);
        place(d, cond, bias, posStart, lvlPos, x, item0 + 5, n, dot5);
        place(d, cond, bias, posStart, lvlPos, x, item0 + 6, n, dot6);
        place(d, cond, bias, posStart, lvlPos, x, item0 + 7, n, dot7);
    }
}
