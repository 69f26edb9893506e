package dev.tandem.tornado.norm;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Layer norm and group norm. */
public final class NormKernels {
    /** Work-items per group. */
    public static final int LANES = 256;

    /** Work-items of {@link #groupStats}. */
    public static final int STATS_LANES = 32;

    /** The most channels that a group norm takes. */
    public static final int MAX_CHANNELS = 1024;

    /** Sums of {@link #adaNorm} that are left to be added up by all work-items. */
    private static final int PARTIAL = 16;

    private static final int MOST_CHANNEL_LANES = 256;

    private NormKernels() {}

    /** AdaLN: a group per position. Dimensions are {@link AdaNormDims}. */
    public static void adaNorm(
            KernelContext context,
            IntArray dims,
            FloatArray x,
            FloatArray scale,
            FloatArray shift,
            FloatArray eps,
            FloatArray outF,
            HalfFloatArray outH,
            int outHalf) {
        float[] part = context.allocateFloatLocalArray(LANES);
        float[] partial = context.allocateFloatLocalArray(2 * PARTIAL);
        int lane = context.localIdx;
        int item = context.groupIdx;
        int positions = dims.get(AdaNormDims.POSITIONS);
        int kept = dims.get(AdaNormDims.KEPT);
        int width = dims.get(AdaNormDims.WIDTH);
        int row = item / kept;
        int from = dims.get(AdaNormDims.X_OFFSET) + (row * positions + positions - kept + item % kept) * width;
        // mean: each work-item's sum, then in two steps
        float sum = 0f;
        for (int i = lane; i < width; i += LANES) {
            sum += x.get(from + i);
        }
        part[lane] = sum;
        context.localBarrier();
        if (lane < PARTIAL) {
            sum = 0f;
            for (int i = 0; i < PARTIAL; i++) {
                sum += part[lane + PARTIAL * i];
            }
            partial[lane] = sum;
        }
        context.localBarrier();
        float mean = 0f;
        for (int i = 0; i < PARTIAL; i++) {
            mean += partial[i];
        }
        mean = mean / width;
        // variance, likewise
        float squares = 0f;
        for (int i = lane; i < width; i += LANES) {
            float v = x.get(from + i) - mean;
            squares += v * v;
        }
        part[lane] = squares;
        context.localBarrier();
        if (lane < PARTIAL) {
            squares = 0f;
            for (int i = 0; i < PARTIAL; i++) {
                squares += part[lane + PARTIAL * i];
            }
            partial[lane + PARTIAL] = squares;
        }
        context.localBarrier();
        float variance = 0f;
        for (int i = 0; i < PARTIAL; i++) {
            variance += partial[i + PARTIAL];
        }
        float inverse = 1f / TornadoMath.sqrt(variance / width + eps.get(0));
        // normalise and store
        int scaleAt = dims.get(AdaNormDims.SCALE_AT)
                + Math.min(row, dims.get(AdaNormDims.SCALE_LAST)) * dims.get(AdaNormDims.SCALE_ROW);
        int shiftAt = dims.get(AdaNormDims.SHIFT_AT)
                + Math.min(row, dims.get(AdaNormDims.SHIFT_LAST)) * dims.get(AdaNormDims.SHIFT_ROW);
        int to = dims.get(AdaNormDims.OUT_OFFSET) + item * width;
        for (int i = lane; i < width; i += LANES) {
            float normed = (x.get(from + i) - mean) * inverse;
            Elements.store(
                    outHalf, outF, outH, to + i, normed * (1f + scale.get(scaleAt + i)) + shift.get(shiftAt + i));
        }
    }

    /** Work-items that walk over the channels of a group norm: as even a share of them as possible. */
    public static int channelLanes(int channels) {
        int turns = (channels + MOST_CHANNEL_LANES - 1) / MOST_CHANNEL_LANES;
        return (channels + turns - 1) / turns;
    }

    /**
     * Mean and squared deviations of every group of channels over a chunk of pixels: a work-group per picture and chunk,
     * a work-item per channel. Sums are of differences from the chunk's first value, so that little cancels.
     *
     * @param d pixels, channels, groups, chunks, pixels of a chunk, offset of x, pictures · groups, work-items
     * @param parts out, [pictures · groups · chunks, 2]
     */
    public static void groupParts(
            KernelContext c, IntArray d, FloatArray xf, HalfFloatArray xh, FloatArray parts, int fp16) {
        float[] sums = c.allocateFloatLocalArray(1024);
        float[] squares = c.allocateFloatLocalArray(1024);
        int t = c.localIdx;
        int lanes = d.get(7);
        int pixels = d.get(0);
        int channels = d.get(1);
        int groups = d.get(2);
        int chunks = d.get(3);
        int size = channels / groups;
        int chunk = c.groupIdx % chunks;
        int picture = c.groupIdx / chunks;
        int first = chunk * d.get(4);
        int count = Math.min(d.get(4), pixels - first);
        int from = d.get(5) + (picture * pixels + first) * channels;
        for (int channel = t; channel < channels; channel += lanes) {
            float pivot = Elements.load(fp16, xf, xh, from + channel / size * size);
            float s0 = 0f;
            float s1 = 0f;
            float s2 = 0f;
            float s3 = 0f;
            float q0 = 0f;
            float q1 = 0f;
            float q2 = 0f;
            float q3 = 0f;
            int at = from + channel;
            int whole = count / 4 * 4;
            for (int i = 0; i < whole; i += 4) {
                float x0 = Elements.load(fp16, xf, xh, at) - pivot;
                float x1 = Elements.load(fp16, xf, xh, at + channels) - pivot;
                float x2 = Elements.load(fp16, xf, xh, at + 2 * channels) - pivot;
                float x3 = Elements.load(fp16, xf, xh, at + 3 * channels) - pivot;
                s0 += x0;
                s1 += x1;
                s2 += x2;
                s3 += x3;
                q0 += x0 * x0;
                q1 += x1 * x1;
                q2 += x2 * x2;
                q3 += x3 * x3;
                at += 4 * channels;
            }
            for (int i = whole; i < count; i++) {
                float x0 = Elements.load(fp16, xf, xh, at) - pivot;
                s0 += x0;
                q0 += x0 * x0;
                at += channels;
            }
            sums[channel] = s0 + s1 + (s2 + s3);
            squares[channel] = q0 + q1 + (q2 + q3);
        }
        c.localBarrier();
        for (int group = t; group < groups; group += lanes) {
            float sum = 0f;
            float square = 0f;
            for (int i = 0; i < size; i++) {
                sum += sums[group * size + i];
                square += squares[group * size + i];
            }
            float mean = sum / (count * size);
            int item = (picture * groups + group) * chunks + chunk;
            parts.set(2 * item, Elements.load(fp16, xf, xh, from + group * size) + mean);
            parts.set(2 * item + 1, Math.max(square - sum * mean, 0f));
        }
    }

    /**
     * Mean and reciprocal deviation of every group of channels from those of its chunks: a work-group each.
     *
     * @param d as {@link #groupParts}
     * @param stats out, [pictures · groups, 2]
     */
    public static void groupStats(KernelContext c, IntArray d, FloatArray parts, FloatArray eps, FloatArray stats) {
        float[] means = c.allocateFloatLocalArray(32);
        float[] squares = c.allocateFloatLocalArray(32);
        float[] counts = c.allocateFloatLocalArray(32);
        int t = c.localIdx;
        int item = c.groupIdx;
        int pixels = d.get(0);
        int chunks = d.get(3);
        int size = d.get(1) / d.get(2);
        float mean = 0f;
        float square = 0f;
        float seen = 0f;
        for (int i = t; i < chunks; i += 32) {
            float count = Math.min(d.get(4), pixels - i * d.get(4)) * size;
            float delta = parts.get(2 * (item * chunks + i)) - mean;
            float all = seen + count;
            mean = mean + delta * (count / all);
            square = square + parts.get(2 * (item * chunks + i) + 1) + delta * delta * (seen * count / all);
            seen = all;
        }
        means[t] = mean;
        squares[t] = square;
        counts[t] = seen;
        c.localBarrier();
        if (t == 0) {
            for (int i = 1; i < 32; i++) {
                float count = counts[i];
                if (count > 0f) {
                    float delta = means[i] - mean;
                    float all = seen + count;
                    mean = mean + delta * (count / all);
                    square = square + squares[i] + delta * delta * (seen * count / all);
                    seen = all;
                }
            }
            stats.set(2 * item, mean);
            stats.set(2 * item + 1, 1f / TornadoMath.sqrt(square / seen + eps.get(0)));
        }
    }

    /**
     * Normalises: work-groups and work-items as in {@link #groupParts}.
     *
     * @param d as there, then the offset of out
     */
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
        int lanes = d.get(7);
        int pixels = d.get(0);
        int channels = d.get(1);
        int groups = d.get(2);
        int chunks = d.get(3);
        int first = c.groupIdx % chunks * d.get(4);
        int picture = c.groupIdx / chunks;
        int count = Math.min(d.get(4), pixels - first);
        int start = (picture * pixels + first) * channels;
        for (int channel = c.localIdx; channel < channels; channel += lanes) {
            int group = picture * groups + channel / (channels / groups);
            float mean = stats.get(2 * group);
            float factor = stats.get(2 * group + 1) * gamma.get(channel);
            float shift = beta.get(channel);
            int at = start + channel;
            int whole = count / 4 * 4;
            for (int i = 0; i < whole; i += 4) {
                float y0 = (Elements.load(fp16, xf, xh, d.get(5) + at) - mean) * factor + shift;
                float y1 = (Elements.load(fp16, xf, xh, d.get(5) + at + channels) - mean) * factor + shift;
                float y2 = (Elements.load(fp16, xf, xh, d.get(5) + at + 2 * channels) - mean) * factor + shift;
                float y3 = (Elements.load(fp16, xf, xh, d.get(5) + at + 3 * channels) - mean) * factor + shift;
                if (silu == 1) {
                    y0 = Elements.silu(y0);
                    y1 = Elements.silu(y1);
                    y2 = Elements.silu(y2);
                    y3 = Elements.silu(y3);
                }
                Elements.store(outHalf, outF, outH, d.get(8) + at, y0);
                Elements.store(outHalf, outF, outH, d.get(8) + at + channels, y1);
                Elements.store(outHalf, outF, outH, d.get(8) + at + 2 * channels, y2);
                Elements.store(outHalf, outF, outH, d.get(8) + at + 3 * channels, y3);
                at += 4 * channels;
            }
            for (int i = whole; i < count; i++) {
                float y = (Elements.load(fp16, xf, xh, d.get(5) + at) - mean) * factor + shift;
                if (silu == 1) {
                    y = Elements.silu(y);
                }
                Elements.store(outHalf, outF, outH, d.get(8) + at, y);
                at += channels;
            }
        }
    }
}
