package dev.tandem.tornado.kernels;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Layer norm and group norm. */
public final class NormKernels {
    /** Work-items per group. */
    public static final int LANES = 128;

    private NormKernels() {}

    /**
     * AdaLN: a group per position.
     *
     * @param d positions of x, positions of out, width, offsets of x and out; length of the table's rows, its last row and
     *     the offset of the vector, for scale and for shift
     */
    public static void adaNorm(
            KernelContext c,
            IntArray d,
            FloatArray x,
            FloatArray scale,
            FloatArray shift,
            FloatArray eps,
            FloatArray outF,
            HalfFloatArray outH,
            int fp16) {
        float[] part = c.allocateFloatLocalArray(128);
        int t = c.localIdx;
        int item = c.groupIdx;
        int positions = d.get(0);
        int kept = d.get(1);
        int width = d.get(2);
        int row = item / kept;
        int from = d.get(3) + (row * positions + positions - kept + item % kept) * width;
        float sum = 0f;
        for (int i = t; i < width; i += 128) {
            sum += x.get(from + i);
        }
        part[t] = sum;
        c.localBarrier();
        float mean = 0f;
        for (int i = 0; i < 128; i++) {
            mean += part[i];
        }
        mean = mean / width;
        c.localBarrier();
        float squares = 0f;
        for (int i = t; i < width; i += 128) {
            float v = x.get(from + i) - mean;
            squares += v * v;
        }
        part[t] = squares;
        c.localBarrier();
        float variance = 0f;
        for (int i = 0; i < 128; i++) {
            variance += part[i];
        }
        float inverse = 1f / TornadoMath.sqrt(variance / width + eps.get(0));
        int scaleAt = d.get(7) + Math.min(row, d.get(6)) * d.get(5);
        int shiftAt = d.get(10) + Math.min(row, d.get(9)) * d.get(8);
        int to = d.get(4) + item * width;
        for (int i = t; i < width; i += 128) {
            float normed = (x.get(from + i) - mean) * inverse;
            Stored.store(fp16, outF, outH, to + i, normed * (1f + scale.get(scaleAt + i)) + shift.get(shiftAt + i));
        }
    }

    /**
     * Mean and squared deviations of one group of channels over some of its pixels: a group per picture, group of
     * channels and chunk.
     *
     * @param d pixels, channels, groups, chunks, pixels of a chunk, offset of x
     * @param parts out, [pictures · groups · chunks, 2]
     */
    public static void groupParts(
            KernelContext c, IntArray d, FloatArray xf, HalfFloatArray xh, FloatArray parts, int fp16) {
        float[] part = c.allocateFloatLocalArray(128);
        int t = c.localIdx;
        int item = c.groupIdx;
        int pixels = d.get(0);
        int channels = d.get(1);
        int groups = d.get(2);
        int chunks = d.get(3);
        int size = channels / groups;
        int chunk = item % chunks;
        int group = item / chunks % groups;
        int picture = item / chunks / groups;
        int first = chunk * d.get(4);
        int count = (Math.min(first + d.get(4), pixels) - first) * size;
        int from = d.get(5) + (picture * pixels + first) * channels + group * size;
        float sum = 0f;
        for (int i = t; i < count; i += 128) {
            sum += Stored.load(fp16, xf, xh, from + i / size * channels + i % size);
        }
        part[t] = sum;
        c.localBarrier();
        float mean = 0f;
        for (int i = 0; i < 128; i++) {
            mean += part[i];
        }
        mean = mean / count;
        c.localBarrier();
        float squares = 0f;
        for (int i = t; i < count; i += 128) {
            float v = Stored.load(fp16, xf, xh, from + i / size * channels + i % size) - mean;
            squares += v * v;
        }
        part[t] = squares;
        c.localBarrier();
        if (t == 0) {
            float total = 0f;
            for (int i = 0; i < 128; i++) {
                total += part[i];
            }
            parts.set(2 * item, mean);
            parts.set(2 * item + 1, total);
        }
    }

    /**
     * Mean and reciprocal deviation of every group of channels from those of its chunks.
     *
     * @param d as {@link #groupParts}, then the number of pictures · groups
     * @param stats out, [pictures · groups, 2]
     */
    public static void groupStats(KernelContext c, IntArray d, FloatArray parts, FloatArray eps, FloatArray stats) {
        int item = c.globalIdx;
        if (item < d.get(6)) {
            int pixels = d.get(0);
            int chunks = d.get(3);
            int size = d.get(1) / d.get(2);
            float mean = 0f;
            float squares = 0f;
            float seen = 0f;
            for (int i = 0; i < chunks; i++) {
                float count = (Math.min((i + 1) * d.get(4), pixels) - i * d.get(4)) * size;
                float delta = parts.get(2 * (item * chunks + i)) - mean;
                float all = seen + count;
                mean = mean + delta * (count / all);
                squares = squares + parts.get(2 * (item * chunks + i) + 1) + delta * delta * (seen * count / all);
                seen = all;
            }
            stats.set(2 * item, mean);
            stats.set(2 * item + 1, 1f / TornadoMath.sqrt(squares / seen + eps.get(0)));
        }
    }

    /** @param d elements, pixels, channels, groups, offsets of x and out */
    public static void groupApply(
            KernelContext c,
            IntArray d,
            FloatArray xf,
            HalfFloatArray xh,
            FloatArray stats,
            FloatArray gamma,
            FloatArray beta,
            FloatArray outF,
            HalfFloatArray outH,
            int fp16,
            int outHalf,
            int silu) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            int channels = d.get(2);
            int channel = i % channels;
            int picture = i / channels / d.get(1);
            int group = picture * d.get(3) + channel / (channels / d.get(3));
            float x = Stored.load(fp16, xf, xh, d.get(4) + i);
            float y = (x - stats.get(2 * group)) * stats.get(2 * group + 1) * gamma.get(channel) + beta.get(channel);
            if (silu == 1) {
                y = Stored.silu(y);
            }
            Stored.store(outHalf, outF, outH, d.get(5) + i, y);
        }
    }
}
