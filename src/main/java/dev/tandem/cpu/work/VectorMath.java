package dev.tandem.cpu.work;

import static dev.tandem.cpu.work.Lanes.CHUNK;
import static dev.tandem.cpu.work.Lanes.F;
import static dev.tandem.cpu.work.Lanes.L;

import dev.tandem.op.Bicubic;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Elementary functions on vectors, to a unit or two in the last place, and sums whose order is always the same. */
public final class VectorMath {
    private static final float LOG2_E = (float) (1 / Math.log(2));
    private static final float LN2_HIGH = 0x1.62e4p-1f;
    private static final float LN2_LOW = (float) (Math.log(2) - 0x1.62e4p-1);

    /** Adding it rounds to an integer, which then stands in the lowest bits. */
    private static final float ROUNDER = 0x1.8p23f;

    /** Beyond these e^x is no normal number; softmax and the activations need none. */
    private static final float LEAST = -87;

    private static final float MOST = 88;

    private static final float GELU_LINEAR = (float) (-2 * Math.sqrt(2 / Math.PI));
    private static final float GELU_CUBIC = (float) (-2 * Math.sqrt(2 / Math.PI) * 0.044715);

    private VectorMath() {}

    /** e^x for x clamped to [−87, 88]: 2^n · e^r with |r| ≤ ln 2 / 2, e^r by its series. */
    public static FloatVector exp(FloatVector x) {
        FloatVector y = x.max(LEAST).min(MOST);
        FloatVector rounded = y.mul(LOG2_E).add(ROUNDER);
        FloatVector n = rounded.sub(ROUNDER);
        FloatVector r = n.fma(FloatVector.broadcast(F, -LN2_LOW), n.fma(FloatVector.broadcast(F, -LN2_HIGH), y));
        FloatVector p = r.fma(FloatVector.broadcast(F, 1f / 5040), FloatVector.broadcast(F, 1f / 720));
        p = p.fma(r, FloatVector.broadcast(F, 1f / 120));
        p = p.fma(r, FloatVector.broadcast(F, 1f / 24));
        p = p.fma(r, FloatVector.broadcast(F, 1f / 6));
        p = p.fma(r, FloatVector.broadcast(F, 0.5f));
        p = p.fma(r, FloatVector.broadcast(F, 1));
        p = p.fma(r, FloatVector.broadcast(F, 1));
        return rounded.reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 23)
                .add(p.reinterpretAsInts())
                .reinterpretAsFloats();
    }

    public static FloatVector silu(FloatVector x) {
        return x.div(exp(x.neg()).add(1));
    }

    /** GELU by its tanh formula, which is x · sigmoid(2·√(2/π)·(x + 0.044715·x³)). */
    public static FloatVector gelu(FloatVector x) {
        FloatVector u = x.mul(x)
                .fma(FloatVector.broadcast(F, GELU_CUBIC), FloatVector.broadcast(F, GELU_LINEAR))
                .mul(x);
        return x.div(exp(u).add(1));
    }

    /** The slope of {@link #gelu}. */
    public static FloatVector geluSlope(FloatVector x) {
        FloatVector squared = x.mul(x);
        FloatVector u = squared.fma(FloatVector.broadcast(F, GELU_CUBIC), FloatVector.broadcast(F, GELU_LINEAR))
                .mul(x);
        FloatVector sigmoid = FloatVector.broadcast(F, 1).div(exp(u).add(1));
        FloatVector inner =
                squared.fma(FloatVector.broadcast(F, -3 * GELU_CUBIC), FloatVector.broadcast(F, -GELU_LINEAR));
        FloatVector rest = FloatVector.broadcast(F, 1).sub(sigmoid);
        return x.mul(rest).mul(inner).fma(sigmoid, sigmoid);
    }

    public static void silu(float[] x, int from, float[] out, int to, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            silu(FloatVector.fromArray(F, x, from + i)).intoArray(out, to + i);
        }
        if (i < n) {
            VectorMask<Float> mask = F.indexInRange(i, n);
            silu(FloatVector.fromArray(F, x, from + i, mask)).intoArray(out, to + i, mask);
        }
    }

    /** x = (1 + t)·x − t·other, rounded as in the scalar back-end; {@code other} is in the same array. */
    public static void guide(float[] x, int at, int other, int n, float t) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector.fromArray(F, x, at + i)
                    .mul(1 + t)
                    .sub(FloatVector.fromArray(F, x, other + i).mul(t))
                    .intoArray(x, at + i);
        }
        for (; i < n; i++) {
            x[at + i] = (1 + t) * x[at + i] - t * x[other + i];
        }
    }

    /** One pixel of a bicubic enlargement: the 16 pixels around it, weighted. */
    public static void blend16(
            float[] x, int picture, int side, int width, Bicubic axis, int row, int column, float[] out, int to) {
        for (int c = 0; c < width; c += L) {
            VectorMask<Float> mask = F.indexInRange(c, width);
            FloatVector sum = FloatVector.zero(F);
            for (int tap = 0; tap < 16; tap++) {
                int y = 4 * row + tap / 4;
                int z = 4 * column + tap % 4;
                int from = picture + (axis.taps()[y] * side + axis.taps()[z]) * width + c;
                float weight = axis.weights()[y] * axis.weights()[z];
                sum = FloatVector.fromArray(F, x, from, mask).fma(FloatVector.broadcast(F, weight), sum);
            }
            sum.intoArray(out, to + c, mask);
        }
    }

    /** Σ x², in CHUNK partial sums by index that are added in order: so for any vector length. */
    public static float sumOfSquares(float[] x, int at, int n, float[] partial) {
        int whole = n / CHUNK * CHUNK;
        for (int lane = 0; lane < CHUNK; lane += L) {
            FloatVector sum = FloatVector.zero(F);
            for (int i = lane; i < whole; i += CHUNK) {
                FloatVector v = FloatVector.fromArray(F, x, at + i);
                sum = v.fma(v, sum);
            }
            sum.intoArray(partial, lane);
        }
        for (int i = whole; i < n; i++) {
            partial[i - whole] = Math.fma(x[at + i], x[at + i], partial[i - whole]);
        }
        return total(partial);
    }

    /** The sum of CHUNK numbers, always in the same order. */
    public static float total(float[] partial) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        for (int i = 0; i < CHUNK; i += 4) {
            a += partial[i];
            b += partial[i + 1];
            c += partial[i + 2];
            d += partial[i + 3];
        }
        return a + b + (c + d);
    }
}
