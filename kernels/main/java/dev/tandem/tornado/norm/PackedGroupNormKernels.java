package dev.tandem.tornado.norm;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.vectors.Half2;

/**
 * Group norm over pairs of fp16, as {@link GatedResidualKernels}: a work-item per pair of channels, and as many pixels of a chunk
 * at a time as {@code d} says. Channels and offsets are even.
 */
public final class PackedGroupNormKernels {
    private PackedGroupNormKernels() {}

    /**
     * {@link NormKernels#groupParts}, summed in another order.
     *
     * @param d as there and for {@link NormKernels#groupApply}; then pixels at a time, and what an index of a pair is off by
     */
    public static void groupParts(KernelContext c, IntArray d, HalfFloatArray x, FloatArray parts) {
        float[] sums = c.allocateFloatLocalArray(1024);
        float[] squares = c.allocateFloatLocalArray(1024);
        int pixels = d.get(0);
        int channels = d.get(1);
        int groups = d.get(2);
        int chunks = d.get(3);
        int rows = d.get(9);
        int pairs = channels / 2;
        int size = channels / groups;
        int channel = c.localIdx % pairs * 2;
        int row = c.localIdx / pairs;
        int chunk = c.groupIdx % chunks;
        int picture = c.groupIdx / chunks;
        int first = chunk * d.get(4);
        int count = Math.min(d.get(4), pixels - first);
        int start = (picture * pixels + first) * channels;
        float pivot0 = x.get(d.get(5) + start + channel / size * size).getFloat32();
        float pivot1 = x.get(d.get(5) + start + (channel + 1) / size * size).getFloat32();
        float s0 = 0f;
        float s1 = 0f;
        float q0 = 0f;
        float q1 = 0f;
        int at = d.get(10) + d.get(5) + start + row * channels + channel;
        int step = rows * channels;
        int i = row;
        while (i + 3 * rows < count) {
            Half2 x0 = x.getHalf2(at);
            Half2 x1 = x.getHalf2(at + step);
            Half2 x2 = x.getHalf2(at + 2 * step);
            Half2 x3 = x.getHalf2(at + 3 * step);
            float a0 = Half2.lowFloat(x0) - pivot0;
            float b0 = Half2.highFloat(x0) - pivot1;
            float a1 = Half2.lowFloat(x1) - pivot0;
            float b1 = Half2.highFloat(x1) - pivot1;
            float a2 = Half2.lowFloat(x2) - pivot0;
            float b2 = Half2.highFloat(x2) - pivot1;
            float a3 = Half2.lowFloat(x3) - pivot0;
            float b3 = Half2.highFloat(x3) - pivot1;
            s0 += a0 + a1 + (a2 + a3);
            s1 += b0 + b1 + (b2 + b3);
            q0 += a0 * a0 + a1 * a1 + (a2 * a2 + a3 * a3);
            q1 += b0 * b0 + b1 * b1 + (b2 * b2 + b3 * b3);
            at += 4 * step;
            i += 4 * rows;
        }
        while (i < count) {
            Half2 x0 = x.getHalf2(at);
            float a0 = Half2.lowFloat(x0) - pivot0;
            float b0 = Half2.highFloat(x0) - pivot1;
            s0 += a0;
            s1 += b0;
            q0 += a0 * a0;
            q1 += b0 * b0;
            at += step;
            i += rows;
        }
        sums[row * channels + channel] = s0;
        sums[row * channels + channel + 1] = s1;
        squares[row * channels + channel] = q0;
        squares[row * channels + channel + 1] = q1;
        c.localBarrier();
        for (int group = c.localIdx; group < groups; group += rows * pairs) {
            float sum = 0f;
            float square = 0f;
            for (int r = 0; r < rows; r++) {
                for (int k = 0; k < size; k++) {
                    sum += sums[r * channels + group * size + k];
                    square += squares[r * channels + group * size + k];
                }
            }
            float mean = sum / (count * size);
            int item = (picture * groups + group) * chunks + chunk;
            parts.set(2 * item, x.get(d.get(5) + start + group * size).getFloat32() + mean);
            parts.set(2 * item + 1, Math.max(square - sum * mean, 0f));
        }
    }

    /** {@link NormKernels#groupApply}; {@code d} as {@link #groupParts}. */
    public static void groupApply(
            KernelContext c,
            IntArray d,
            HalfFloatArray x,
            FloatArray stats,
            FloatArray gamma,
            FloatArray beta,
            HalfFloatArray out,
            int silu) {
        int pixels = d.get(0);
        int channels = d.get(1);
        int groups = d.get(2);
        int chunks = d.get(3);
        int rows = d.get(9);
        int pairs = channels / 2;
        int channel = c.localIdx % pairs * 2;
        int first = c.groupIdx % chunks * d.get(4);
        int picture = c.groupIdx / chunks;
        int count = Math.min(d.get(4), pixels - first);
        int size = channels / groups;
        int group0 = 2 * (picture * groups + channel / size);
        int group1 = 2 * (picture * groups + (channel + 1) / size);
        float mean0 = stats.get(group0);
        float mean1 = stats.get(group1);
        float factor0 = stats.get(group0 + 1) * gamma.get(channel);
        float factor1 = stats.get(group1 + 1) * gamma.get(channel + 1);
        float shift0 = beta.get(channel);
        float shift1 = beta.get(channel + 1);
        int at = (picture * pixels + first + c.localIdx / pairs) * channels + channel;
        int step = rows * channels;
        int i = c.localIdx / pairs;
        int from = d.get(10) + d.get(5);
        int to = d.get(10) + d.get(8);
        while (i + 3 * rows < count) {
            Half2 x0 = x.getHalf2(from + at);
            Half2 x1 = x.getHalf2(from + at + step);
            Half2 x2 = x.getHalf2(from + at + 2 * step);
            Half2 x3 = x.getHalf2(from + at + 3 * step);
            float a0 = (Half2.lowFloat(x0) - mean0) * factor0 + shift0;
            float b0 = (Half2.highFloat(x0) - mean1) * factor1 + shift1;
            float a1 = (Half2.lowFloat(x1) - mean0) * factor0 + shift0;
            float b1 = (Half2.highFloat(x1) - mean1) * factor1 + shift1;
            float a2 = (Half2.lowFloat(x2) - mean0) * factor0 + shift0;
            float b2 = (Half2.highFloat(x2) - mean1) * factor1 + shift1;
            float a3 = (Half2.lowFloat(x3) - mean0) * factor0 + shift0;
            float b3 = (Half2.highFloat(x3) - mean1) * factor1 + shift1;
            if (silu == 1) {
                a0 = Elements.silu(a0);
                b0 = Elements.silu(b0);
                a1 = Elements.silu(a1);
                b1 = Elements.silu(b1);
                a2 = Elements.silu(a2);
                b2 = Elements.silu(b2);
                a3 = Elements.silu(a3);
                b3 = Elements.silu(b3);
            }
            out.setHalf2(to + at, Half2.fromFloats(a0, b0));
            out.setHalf2(to + at + step, Half2.fromFloats(a1, b1));
            out.setHalf2(to + at + 2 * step, Half2.fromFloats(a2, b2));
            out.setHalf2(to + at + 3 * step, Half2.fromFloats(a3, b3));
            at += 4 * step;
            i += 4 * rows;
        }
        while (i < count) {
            Half2 x0 = x.getHalf2(from + at);
            float a0 = (Half2.lowFloat(x0) - mean0) * factor0 + shift0;
            float b0 = (Half2.highFloat(x0) - mean1) * factor1 + shift1;
            if (silu == 1) {
                a0 = Elements.silu(a0);
                b0 = Elements.silu(b0);
            }
            out.setHalf2(to + at, Half2.fromFloats(a0, b0));
            at += step;
            i += rows;
        }
    }
}
