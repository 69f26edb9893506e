package dev.tandem.cpu;

import static dev.tandem.cpu.work.Lanes.CHUNK;
import static dev.tandem.cpu.work.Lanes.F;
import static dev.tandem.cpu.work.Lanes.L;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.product.Workspace;
import dev.tandem.cpu.work.VectorMath;
import dev.tandem.cpu.work.Workers;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Layer, group and L2 norms. Sums are cut by index and pixel, never by thread or vector length. */
final class VectorNorm {
    private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;
    private static final int HALF = D.length();

    /** Floats in a line of cache. */
    private static final int LINE = 16;

    /** Elements that an item of work normalises. */
    private static final int ITEM = 1 << 14;

    private final Workers workers;
    private final Workspace workspace;
    private double[] sums = new double[0];

    VectorNorm(Workers workers, Workspace workspace) {
        this.workers = workers;
        this.workspace = workspace;
    }

    /** One row: out = (x − mean)/deviation · (1 + scale) + shift. */
    static void layer(
            float[] x,
            int from,
            float[] scale,
            int scaleAt,
            float[] shift,
            int shiftAt,
            float eps,
            float[] out,
            int to,
            int n,
            float[] partial) {
        float mean = sum(x, from, n, partial) / n;
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(F, x, from + i).sub(mean).intoArray(out, to + i);
        }
        for (; i < n; i++) {
            out[to + i] = x[from + i] - mean;
        }
        float variance = VectorMath.sumOfSquares(out, to, n, partial) / n;
        float inverse = (float) (1 / Math.sqrt((double) variance + eps));
        for (i = 0; i <= n - L; i += L) {
            FloatVector factor =
                    FloatVector.fromArray(F, scale, scaleAt + i).add(1).mul(inverse);
            FloatVector.fromArray(F, out, to + i)
                    .fma(factor, FloatVector.fromArray(F, shift, shiftAt + i))
                    .intoArray(out, to + i);
        }
        for (; i < n; i++) {
            out[to + i] = Math.fma(out[to + i], (scale[scaleAt + i] + 1) * inverse, shift[shiftAt + i]);
        }
    }

    private static float sum(float[] x, int at, int n, float[] partial) {
        int whole = n / CHUNK * CHUNK;
        for (int lane = 0; lane < CHUNK; lane += L) {
            FloatVector sum = FloatVector.zero(F);
            for (int i = lane; i < whole; i += CHUNK) {
                sum = sum.add(FloatVector.fromArray(F, x, at + i));
            }
            sum.intoArray(partial, lane);
        }
        for (int i = whole; i < n; i++) {
            partial[i - whole] += x[at + i];
        }
        return VectorMath.total(partial);
    }

    /** Divides d elements by their norm and multiplies them by {@code factor}. */
    static void unit(float[] x, int at, int d, float factor, float[] partial) {
        float by = factor / norm(VectorMath.sumOfSquares(x, at, d, partial));
        int i = 0;
        for (; i <= d - L; i += L) {
            FloatVector.fromArray(F, x, at + i).mul(by).intoArray(x, at + i);
        }
        for (; i < d; i++) {
            x[at + i] *= by;
        }
    }

    /** Divides each of {@code n} columns of d elements, {@code stride} apart, by its norm. */
    static void unitColumns(float[] x, int at, int stride, int d, int n) {
        for (int j = 0; j < n; j += L) {
            VectorMask<Float> mask = F.indexInRange(j, n);
            FloatVector sum = FloatVector.zero(F);
            for (int i = 0; i < d; i++) {
                FloatVector v = FloatVector.fromArray(F, x, at + i * stride + j, mask);
                sum = v.fma(v, sum);
            }
            FloatVector by = FloatVector.broadcast(F, 1)
                    .div(sum.lanewise(VectorOperators.SQRT).max((float) ScalarOps.L2_NORM_EPS));
            for (int i = 0; i < d; i++) {
                FloatVector.fromArray(F, x, at + i * stride + j, mask).mul(by).intoArray(x, at + i * stride + j, mask);
            }
        }
    }

    private static float norm(float sumOfSquares) {
        return (float) Math.max(Math.sqrt(sumOfSquares), ScalarOps.L2_NORM_EPS);
    }

    /** See {@link dev.tandem.op.Ops#groupNorm}. */
    void group(CpuBuffer x, float[] gamma, float[] beta, int groups, float eps, boolean silu, CpuBuffer out) {
        int channels = x.size(3);
        int pixels = x.size(1) * x.size(2);
        int itemPixels = Math.clamp(ITEM / channels, 1, pixels);
        int items = (pixels + itemPixels - 1) / itemPixels;
        if (sums.length < items * 2 * channels) {
            sums = new double[items * 2 * channels];
        }
        float[] terms = workspace.first(2 * channels);
        for (int picture = 0; picture < x.size(0); picture++) {
            int start = picture * pixels * channels;
            workers.forEach(items, (worker, item) -> {
                int first = item * itemPixels;
                int count = Math.min(itemPixels, pixels - first);
                int from = x.offset + start + first * channels;
                workspace.own(worker).touched += touch(x.floats, from, count * channels);
                channelSums(x.floats, from, channels, count, sums, item * 2 * channels);
            });
            moments(items, channels, groups, pixels, eps, terms);
            workers.forEach(items, item -> {
                int end = start + Math.min((item + 1) * itemPixels, pixels) * channels;
                for (int at = start + item * itemPixels * channels; at < end; at += channels) {
                    affine(x.floats, x.offset + at, terms, gamma, beta, silu, out.floats, out.offset + at, channels);
                }
            });
        }
    }

    /** Reads through memory in order: the columns of channels, one after the other, would each wait for it again. */
    private static int touch(float[] x, int from, int n) {
        float sum = 0;
        for (int i = 0; i < n; i += LINE) {
            sum += x[from + i];
        }
        return (int) sum;
    }

    /** Sums and sums of squares of each channel over {@code pixels} pixels, in double. */
    private static void channelSums(float[] x, int from, int channels, int pixels, double[] out, int to) {
        int c = 0;
        for (; c <= channels - L; c += L) {
            DoubleVector sumA = DoubleVector.zero(D);
            DoubleVector sumB = DoubleVector.zero(D);
            DoubleVector squareA = DoubleVector.zero(D);
            DoubleVector squareB = DoubleVector.zero(D);
            for (int p = 0, at = from + c; p < pixels; p++, at += channels) {
                FloatVector v = FloatVector.fromArray(F, x, at);
                DoubleVector a = (DoubleVector) v.convert(VectorOperators.F2D, 0);
                DoubleVector b = (DoubleVector) v.convert(VectorOperators.F2D, 1);
                sumA = sumA.add(a);
                sumB = sumB.add(b);
                squareA = a.fma(a, squareA);
                squareB = b.fma(b, squareB);
            }
            sumA.intoArray(out, to + c);
            sumB.intoArray(out, to + c + HALF);
            squareA.intoArray(out, to + channels + c);
            squareB.intoArray(out, to + channels + c + HALF);
        }
        for (; c < channels; c++) {
            double sum = 0;
            double square = 0;
            for (int p = 0, at = from + c; p < pixels; p++, at += channels) {
                sum += x[at];
                square = Math.fma((double) x[at], (double) x[at], square);
            }
            out[to + c] = sum;
            out[to + channels + c] = square;
        }
    }

    /** Means and inverse deviations of a picture's groups, from its items' sums, spread over their channels. */
    private void moments(int items, int channels, int groups, int pixels, float eps, float[] terms) {
        double[] total = new double[2 * channels];
        for (int i = 0; i < items; i++) {
            for (int c = 0; c < total.length; c++) {
                total[c] += sums[i * total.length + c];
            }
        }
        int size = channels / groups;
        double n = (double) pixels * size;
        for (int g = 0; g < groups; g++) {
            double sum = 0;
            double square = 0;
            for (int c = g * size; c < (g + 1) * size; c++) {
                sum += total[c];
                square += total[channels + c];
            }
            double mean = sum / n;
            double variance = Math.max(0, square / n - mean * mean);
            float inverse = (float) (1 / Math.sqrt(variance + eps));
            Arrays.fill(terms, g * size, (g + 1) * size, (float) mean);
            Arrays.fill(terms, channels + g * size, channels + (g + 1) * size, inverse);
        }
    }

    private static void affine(
            float[] x, int from, float[] terms, float[] gamma, float[] beta, boolean silu, float[] out, int to, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, from + i)
                    .sub(FloatVector.fromArray(F, terms, i))
                    .mul(FloatVector.fromArray(F, terms, n + i))
                    .fma(FloatVector.fromArray(F, gamma, i), FloatVector.fromArray(F, beta, i));
            (silu ? VectorMath.silu(v) : v).intoArray(out, to + i);
        }
        if (i < n) {
            VectorMask<Float> mask = F.indexInRange(i, n);
            FloatVector v = FloatVector.fromArray(F, x, from + i, mask)
                    .sub(FloatVector.fromArray(F, terms, i, mask))
                    .mul(FloatVector.fromArray(F, terms, n + i, mask))
                    .fma(FloatVector.fromArray(F, gamma, i, mask), FloatVector.fromArray(F, beta, i, mask));
            (silu ? VectorMath.silu(v) : v).intoArray(out, to + i, mask);
        }
    }
}
