package dev.tandem.tornado.quantizer;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The multi-scale quantizer: look-up, resizing, nearest code. All in fp32. */
public final class QuantizerKernels {
    /** Work-items of {@link #nearest}. */
    public static final int LANES = 128;

    private QuantizerKernels() {}

    /** @param d rows of out, positions, width, tokens of a picture, first position, offsets of tokens and out */
    public static void lookup(KernelContext c, IntArray d, IntArray tokens, FloatArray codebook, FloatArray out) {
        int i = c.globalIdx;
        int width = d.get(2);
        if (i < d.get(0) * width) {
            int row = i / width;
            int positions = d.get(1);
            int code = tokens.get(d.get(5) + row / positions * d.get(3) + d.get(4) + row % positions);
            out.set(d.get(6) + i, codebook.get(code * width + i % width));
        }
    }

    /**
     * @param d elements of out, side of x, side of out, channels, offsets of x and out
     * @param taps per row or column of out its four in x
     * @param weights of the taps
     */
    public static void bicubicUp(
            KernelContext c, IntArray d, IntArray taps, FloatArray weights, FloatArray x, FloatArray out) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            int from = d.get(1);
            int to = d.get(2);
            int channels = d.get(3);
            int channel = i % channels;
            int column = i / channels % to;
            int row = i / channels / to % to;
            int picture = i / channels / to / to;
            float sum = 0f;
            for (int a = 0; a < 4; a++) {
                int line = (picture * from + taps.get(4 * row + a)) * from;
                float inner = 0f;
                for (int b = 0; b < 4; b++) {
                    int at = (line + taps.get(4 * column + b)) * channels + channel;
                    inner += weights.get(4 * column + b) * x.get(d.get(4) + at);
                }
                sum += weights.get(4 * row + a) * inner;
            }
            out.set(d.get(5) + i, sum);
        }
    }

    /** @param d elements written, side of x, side of out, channels, positions of out, first position, offsets of x and out */
    public static void areaDown(KernelContext c, IntArray d, FloatArray x, FloatArray out) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            int side = d.get(1);
            int p = d.get(2);
            int channels = d.get(3);
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
                    sum += x.get(d.get(6) + ((picture * side + y) * side + z) * channels + channel);
                }
            }
            int position = d.get(5) + row * p + column;
            int area = (bottom - top) * (right - left);
            out.set(d.get(7) + (picture * d.get(4) + position) * channels + channel, sum / area);
        }
    }

    /**
     * A group per vector; the lowest index of equals.
     *
     * @param d positions, width, codes, tokens of a picture, first position, offsets of z and tokens
     * @param cosine 1 where codes are chosen by cosine
     */
    public static void nearest(
            KernelContext c, IntArray d, FloatArray z, FloatArray codebook, IntArray tokens, int cosine) {
        float[] least = c.allocateFloatLocalArray(128);
        int[] index = c.allocateIntLocalArray(128);
        int t = c.localIdx;
        int row = c.groupIdx;
        int positions = d.get(0);
        int width = d.get(1);
        int at = d.get(5) + row * width;
        float best = 3e38f;
        int chosen = 0;
        for (int v = t; v < d.get(2); v += 128) {
            float dot = 0f;
            float norm = 0f;
            float distance = 0f;
            for (int i = 0; i < width; i++) {
                float e = codebook.get(v * width + i);
                float x = z.get(at + i);
                if (cosine == 1) {
                    dot += x * e;
                    norm += e * e;
                } else {
                    distance += e * (e - 2f * x);
                }
            }
            if (cosine == 1) {
                distance = -dot / Math.max(TornadoMath.sqrt(norm), 1e-12f);
            }
            if (distance < best) {
                best = distance;
                chosen = v;
            }
        }
        least[t] = best;
        index[t] = chosen;
        c.localBarrier();
        if (t == 0) {
            for (int i = 1; i < 128; i++) {
                float other = least[i];
                if (other < best) {
                    best = other;
                    chosen = index[i];
                } else if (other == best) {
                    chosen = Math.min(chosen, index[i]);
                }
            }
            tokens.set(d.get(6) + row / positions * d.get(3) + d.get(4) + row % positions, chosen);
        }
    }
}
