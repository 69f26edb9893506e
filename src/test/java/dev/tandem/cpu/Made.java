package dev.tandem.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;

/** Makes buffers and weights of random numbers for the tests of this package, and compares results. */
final class Made {
    private static final int MARGIN = 5;

    private final Random random;

    Made(long seed) {
        this.random = new Random(seed);
    }

    /** Random floats, as a view in the middle of a larger buffer. */
    CpuBuffer floats(long... dims) {
        CpuBuffer view = empty(dims);
        for (int i = 0; i < view.length; i++) {
            view.floats[view.offset + i] = (float) random.nextGaussian();
        }
        return view;
    }

    /** Zeros, as a view in the middle of a larger buffer. */
    static CpuBuffer empty(long... dims) {
        long n = Shape.of(dims).elements();
        return CpuBuffer.allocate("test", Buffer.Kind.FLOATS, n + 2 * MARGIN).slice(MARGIN, dims);
    }

    static CpuBuffer ints(long... dims) {
        return CpuBuffer.allocate("test", Buffer.Kind.INTS, dims);
    }

    /** The same elements in memory of their own. */
    static CpuBuffer copy(CpuBuffer b) {
        long[] dims = new long[b.shape().rank()];
        Arrays.setAll(dims, b::size);
        CpuBuffer copy = empty(dims);
        System.arraycopy(b.floats, b.offset, copy.floats, copy.offset, b.length);
        return copy;
    }

    /** The rows {@code first} … of the first dimension, in memory of their own. */
    static CpuBuffer rows(CpuBuffer b, int first, int count) {
        long[] dims = new long[b.shape().rank()];
        Arrays.setAll(dims, b::size);
        int row = b.length / b.size(0);
        dims[0] = count;
        return copy(b.slice((long) first * row, dims));
    }

    /** A weight of standard deviation {@code sigma}, stored as {@code type}; int8 has a factor per row. */
    CpuWeight weight(DType type, double sigma, long... dims) {
        Shape shape = Shape.of(dims);
        int n = Math.toIntExact(shape.elements());
        MemorySegment data = Arena.ofAuto().allocate(Math.max(1, (long) n * type.bytes()), 1);
        for (int i = 0; i < n; i++) {
            float v = (float) (random.nextGaussian() * sigma);
            switch (type) {
                case F32 -> data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, i * 4L, v);
                case F64 -> data.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, i * 8L, v);
                case F16 -> data.set(ValueLayout.JAVA_SHORT_UNALIGNED, i * 2L, Float.floatToFloat16(v));
                case BF16 ->
                    data.set(ValueLayout.JAVA_SHORT_UNALIGNED, i * 2L, (short) (Float.floatToRawIntBits(v) >> 16));
                default -> data.set(ValueLayout.JAVA_BYTE, i, (byte) Math.clamp(Math.round(v / sigma * 40), -127, 127));
            }
        }
        Tensor scale = null;
        if (type == DType.I8) {
            float[] factors = new float[(int) dims[0]];
            for (int i = 0; i < factors.length; i++) {
                factors[i] = (float) (sigma / 40 * (1 + random.nextDouble()));
            }
            scale = Tensor.ofFloats("factors", Shape.of(factors.length), factors);
        }
        return new CpuWeight(new Tensor("test", type, shape, data), scale);
    }

    /** A projection or convolution whose outputs are of the order of 1. */
    Linear linear(DType type, boolean bias, long... dims) {
        double inputs = Shape.of(dims).elements() / (double) dims[0];
        CpuWeight b = bias ? weight(DType.F32, 0.3, dims[0]) : null;
        return new Linear(weight(type, 1 / Math.sqrt(inputs), dims), b);
    }

    static float[] values(CpuBuffer b) {
        return Arrays.copyOfRange(b.floats, b.offset, b.offset + b.length);
    }

    static void assertClose(CpuBuffer expected, CpuBuffer actual, double tolerance, String what) {
        assertClose(values(expected), values(actual), tolerance, what);
        for (int i = 0; i < actual.offset; i++) {
            assertTrue(
                    actual.floats[i] == 0 && actual.floats[actual.floats.length - 1 - i] == 0,
                    what + " wrote beside its buffer");
        }
    }

    /** Differences in units of the largest expected magnitude. */
    static void assertClose(float[] expected, float[] actual, double tolerance, String what) {
        double largest = 1e-30;
        double worst = 0;
        int at = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            double error = Math.abs(expected[i] - actual[i]);
            if (!(error <= worst)) {
                worst = error;
                at = i;
            }
        }
        String message = what + ": element " + at + " is " + actual[at] + " instead of " + expected[at];
        assertTrue(worst <= tolerance * largest, message);
    }

    static void assertSameBits(CpuBuffer expected, CpuBuffer actual, String what) {
        assertArrayEquals(values(expected), values(actual), 0, what);
    }
}
