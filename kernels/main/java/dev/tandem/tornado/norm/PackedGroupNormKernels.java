package dev.tandem.tornado.norm;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.vectors.Half2;

/**
 * Group norm over pairs of fp16, for TornadoVM's CUDA back-end: a work-item per pair of channels, and
 * {@link GroupNormDims#ROWS} pixels of a chunk at a time. Channels and offsets are even.
 */
public final class PackedGroupNormKernels {
    private PackedGroupNormKernels() {}

    /** {@link NormKernels#groupParts}, summed in another order. */
    public static void groupParts(KernelContext context, IntArray dims, HalfFloatArray x, FloatArray parts) {
        float[] sums = context.allocateFloatLocalArray(NormKernels.MAX_CHANNELS);
        float[] squares = context.allocateFloatLocalArray(NormKernels.MAX_CHANNELS);
        int pixels = dims.get(GroupNormDims.PIXELS);
        int channels = dims.get(GroupNormDims.CHANNELS);
        int groups = dims.get(GroupNormDims.GROUPS);
        int chunks = dims.get(GroupNormDims.CHUNKS);
        int rows = dims.get(GroupNormDims.ROWS);
        int pairs = channels / 2;
        int size = channels / groups;
        int channel = context.localIdx % pairs * 2;
        int row = context.localIdx / pairs;
        int chunk = context.groupIdx % chunks;
        int picture = context.groupIdx / chunks;
        int first = chunk * dims.get(GroupNormDims.CHUNK_PIXELS);
        int count = Math.min(dims.get(GroupNormDims.CHUNK_PIXELS), pixels - first);
        int start = (picture * pixels + first) * channels;
        // sums of differences from the chunk's first value, four pixels in flight
        float lowPivot = x.get(dims.get(GroupNormDims.X_OFFSET) + start + channel / size * size)
                .getFloat32();
        float highPivot = x.get(dims.get(GroupNormDims.X_OFFSET) + start + (channel + 1) / size * size)
                .getFloat32();
        float lowSum = 0f;
        float highSum = 0f;
        float lowSquare = 0f;
        float highSquare = 0f;
        int at = dims.get(GroupNormDims.HEADER_SHIFT)
                + dims.get(GroupNormDims.X_OFFSET)
                + start
                + row * channels
                + channel;
        int step = rows * channels;
        int i = row;
        while (i + 3 * rows < count) {
            Half2 pair0 = x.getHalf2(at);
            Half2 pair1 = x.getHalf2(at + step);
            Half2 pair2 = x.getHalf2(at + 2 * step);
            Half2 pair3 = x.getHalf2(at + 3 * step);
            float low0 = Half2.lowFloat(pair0) - lowPivot;
            float high0 = Half2.highFloat(pair0) - highPivot;
            float low1 = Half2.lowFloat(pair1) - lowPivot;
            float high1 = Half2.highFloat(pair1) - highPivot;
            float low2 = Half2.lowFloat(pair2) - lowPivot;
            float high2 = Half2.highFloat(pair2) - highPivot;
            float low3 = Half2.lowFloat(pair3) - lowPivot;
            float high3 = Half2.highFloat(pair3) - highPivot;
            lowSum += low0 + low1 + (low2 + low3);
            highSum += high0 + high1 + (high2 + high3);
            lowSquare += low0 * low0 + low1 * low1 + (low2 * low2 + low3 * low3);
            highSquare += high0 * high0 + high1 * high1 + (high2 * high2 + high3 * high3);
            at += 4 * step;
            i += 4 * rows;
        }
        while (i < count) {
            Half2 pair0 = x.getHalf2(at);
            float low0 = Half2.lowFloat(pair0) - lowPivot;
            float high0 = Half2.highFloat(pair0) - highPivot;
            lowSum += low0;
            highSum += high0;
            lowSquare += low0 * low0;
            highSquare += high0 * high0;
            at += step;
            i += rows;
        }
        sums[row * channels + channel] = lowSum;
        sums[row * channels + channel + 1] = highSum;
        squares[row * channels + channel] = lowSquare;
        squares[row * channels + channel + 1] = highSquare;
        context.localBarrier();
        // add up over rows of work-items and a group's channels; mean and squared deviations
        for (int group = context.localIdx; group < groups; group += rows * pairs) {
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
            parts.set(
                    2 * item,
                    x.get(dims.get(GroupNormDims.X_OFFSET) + start + group * size)
                                    .getFloat32()
                            + mean);
            parts.set(2 * item + 1, Math.max(square - sum * mean, 0f));
        }
    }

    /** {@link NormKernels#groupApply}. */
    public static void groupApply(
            KernelContext context,
            IntArray dims,
            HalfFloatArray x,
            FloatArray stats,
            FloatArray gamma,
            FloatArray beta,
            HalfFloatArray out,
            int silu) {
        int pixels = dims.get(GroupNormDims.PIXELS);
        int channels = dims.get(GroupNormDims.CHANNELS);
        int groups = dims.get(GroupNormDims.GROUPS);
        int chunks = dims.get(GroupNormDims.CHUNKS);
        int rows = dims.get(GroupNormDims.ROWS);
        int pairs = channels / 2;
        int channel = context.localIdx % pairs * 2;
        int first = context.groupIdx % chunks * dims.get(GroupNormDims.CHUNK_PIXELS);
        int picture = context.groupIdx / chunks;
        int count = Math.min(dims.get(GroupNormDims.CHUNK_PIXELS), pixels - first);
        int size = channels / groups;
        int lowGroup = 2 * (picture * groups + channel / size);
        int highGroup = 2 * (picture * groups + (channel + 1) / size);
        float lowMean = stats.get(lowGroup);
        float highMean = stats.get(highGroup);
        float lowFactor = stats.get(lowGroup + 1) * gamma.get(channel);
        float highFactor = stats.get(highGroup + 1) * gamma.get(channel + 1);
        float lowShift = beta.get(channel);
        float highShift = beta.get(channel + 1);
        int at = (picture * pixels + first + context.localIdx / pairs) * channels + channel;
        int step = rows * channels;
        int i = context.localIdx / pairs;
        int from = dims.get(GroupNormDims.HEADER_SHIFT) + dims.get(GroupNormDims.X_OFFSET);
        int to = dims.get(GroupNormDims.HEADER_SHIFT) + dims.get(GroupNormDims.OUT_OFFSET);
        while (i + 3 * rows < count) {
            Half2 pair0 = x.getHalf2(from + at);
            Half2 pair1 = x.getHalf2(from + at + step);
            Half2 pair2 = x.getHalf2(from + at + 2 * step);
            Half2 pair3 = x.getHalf2(from + at + 3 * step);
            float low0 = (Half2.lowFloat(pair0) - lowMean) * lowFactor + lowShift;
            float high0 = (Half2.highFloat(pair0) - highMean) * highFactor + highShift;
            float low1 = (Half2.lowFloat(pair1) - lowMean) * lowFactor + lowShift;
            float high1 = (Half2.highFloat(pair1) - highMean) * highFactor + highShift;
            float low2 = (Half2.lowFloat(pair2) - lowMean) * lowFactor + lowShift;
            float high2 = (Half2.highFloat(pair2) - highMean) * highFactor + highShift;
            float low3 = (Half2.lowFloat(pair3) - lowMean) * lowFactor + lowShift;
            float high3 = (Half2.highFloat(pair3) - highMean) * highFactor + highShift;
            if (silu == 1) {
                low0 = Elements.silu(low0);
                high0 = Elements.silu(high0);
                low1 = Elements.silu(low1);
                high1 = Elements.silu(high1);
                low2 = Elements.silu(low2);
                high2 = Elements.silu(high2);
                low3 = Elements.silu(low3);
                high3 = Elements.silu(high3);
            }
            out.setHalf2(to + at, Half2.fromFloats(low0, high0));
            out.setHalf2(to + at + step, Half2.fromFloats(low1, high1));
            out.setHalf2(to + at + 2 * step, Half2.fromFloats(low2, high2));
            out.setHalf2(to + at + 3 * step, Half2.fromFloats(low3, high3));
            at += 4 * step;
            i += 4 * rows;
        }
        while (i < count) {
            Half2 pair0 = x.getHalf2(from + at);
            float low0 = (Half2.lowFloat(pair0) - lowMean) * lowFactor + lowShift;
            float high0 = (Half2.highFloat(pair0) - highMean) * highFactor + highShift;
            if (silu == 1) {
                low0 = Elements.silu(low0);
                high0 = Elements.silu(high0);
            }
            out.setHalf2(to + at, Half2.fromFloats(low0, high0));
            at += step;
            i += rows;
        }
    }
}
