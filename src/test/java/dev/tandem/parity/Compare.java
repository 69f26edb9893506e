package dev.tandem.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.tensor.Tensor;

/** Comparisons with expected tensors, which hold feature maps channels-first where ours are channels-last. */
final class Compare {
    private Compare() {}

    /** Largest difference between arrays of one length. */
    static double distance(float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length, "number of values");
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            double d = Math.abs((double) expected[i] - actual[i]);
            if (Double.isNaN(d)) {
                return Double.POSITIVE_INFINITY;
            }
            largest = Math.max(largest, d);
        }
        return largest;
    }

    static void close(String what, Tensor expected, float[] actual, double tolerance) {
        double d = distance(expected.toFloats(), actual);
        assertTrue(d <= tolerance, () -> what + " is off by " + d + ", allowed are " + tolerance);
    }

    static void equalTokens(String what, Tensor expected, int[] actual) {
        assertArrayEquals(expected.toInts(), actual, what);
    }

    /** [B, H, W, C] to [B, C, H, W]. */
    static float[] channelsFirst(float[] x, int pictures, int channels) {
        int pixels = x.length / pictures / channels;
        float[] out = new float[x.length];
        for (int b = 0; b < pictures; b++) {
            for (int p = 0; p < pixels; p++) {
                for (int c = 0; c < channels; c++) {
                    out[(b * channels + c) * pixels + p] = x[(b * pixels + p) * channels + c];
                }
            }
        }
        return out;
    }

    /** [B, C, H, W] to [B, H, W, C]. */
    static float[] channelsLast(float[] x, int pictures, int channels) {
        int pixels = x.length / pictures / channels;
        float[] out = new float[x.length];
        for (int b = 0; b < pictures; b++) {
            for (int c = 0; c < channels; c++) {
                for (int p = 0; p < pixels; p++) {
                    out[(b * pixels + p) * channels + c] = x[(b * channels + c) * pixels + p];
                }
            }
        }
        return out;
    }

    /** Every {@code step}-th value of every such line of planes [n, H, W]. */
    static float[] every(float[] planes, int side, int step) {
        int small = (side + step - 1) / step;
        int n = planes.length / (side * side);
        float[] out = new float[n * small * small];
        for (int i = 0; i < n; i++) {
            for (int y = 0; y < small; y++) {
                for (int x = 0; x < small; x++) {
                    out[(i * small + y) * small + x] = planes[(i * side + y * step) * side + x * step];
                }
            }
        }
        return out;
    }
}
