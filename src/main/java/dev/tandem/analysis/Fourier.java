package dev.tandem.analysis;

import org.apache.commons.math3.transform.DftNormalization;
import org.apache.commons.math3.transform.FastFourierTransformer;
import org.apache.commons.math3.transform.TransformType;

/**
 * Discrete Fourier transform of any length: Commons Math's where that is a power of two, else Bluestein's convolution
 * on top of it.
 *
 * @see "Bluestein, A linear filtering approach to the computation of discrete Fourier transform, 1970"
 */
final class Fourier {
    private final int n;
    /** The chirp exp(−iπk²/n), real and imaginary; null for a power of two. */
    private final double[][] chirp;
    /** The transform of the chirp's conjugate, as a circular filter. */
    private final double[][] filter;

    Fourier(int n) {
        this.n = n;
        if (Integer.bitCount(n) == 1) {
            chirp = null;
            filter = null;
            return;
        }
        chirp = new double[2][n];
        int length = Integer.highestOneBit(2 * n - 1) * 2;
        filter = new double[2][length];
        for (int k = 0; k < n; k++) {
            // k² mod 2n keeps the angle small, so that its digits are not lost
            double angle = Math.PI * ((long) k * k % (2L * n)) / n;
            chirp[0][k] = Math.cos(angle);
            chirp[1][k] = -Math.sin(angle);
            int mirrored = (length - k) % length;
            filter[0][k] = filter[0][mirrored] = chirp[0][k];
            filter[1][k] = filter[1][mirrored] = -chirp[1][k];
        }
        power(filter, TransformType.FORWARD);
    }

    private static void power(double[][] x, TransformType type) {
        if (x[0].length > 1) {
            FastFourierTransformer.transformInPlace(x, DftNormalization.STANDARD, type);
        }
    }

    /** In place: {@code x[0]} real, {@code x[1]} imaginary parts. */
    void transform(double[][] x) {
        if (chirp == null) {
            power(x, TransformType.FORWARD);
            return;
        }
        double[][] y = new double[2][filter[0].length];
        for (int k = 0; k < n; k++) {
            y[0][k] = x[0][k] * chirp[0][k] - x[1][k] * chirp[1][k];
            y[1][k] = x[0][k] * chirp[1][k] + x[1][k] * chirp[0][k];
        }
        power(y, TransformType.FORWARD);
        for (int k = 0; k < y[0].length; k++) {
            double re = y[0][k] * filter[0][k] - y[1][k] * filter[1][k];
            y[1][k] = y[0][k] * filter[1][k] + y[1][k] * filter[0][k];
            y[0][k] = re;
        }
        power(y, TransformType.INVERSE);
        for (int k = 0; k < n; k++) {
            x[0][k] = y[0][k] * chirp[0][k] - y[1][k] * chirp[1][k];
            x[1][k] = y[0][k] * chirp[1][k] + y[1][k] * chirp[0][k];
        }
    }

    /** Amplitudes |F| of a real picture [height, width], the zero frequency first. */
    static double[] amplitudes(double[] picture, int height, int width) {
        double[][] rows = new double[height][];
        double[][] imaginary = new double[height][];
        Fourier across = new Fourier(width);
        for (int y = 0; y < height; y++) {
            double[][] line = {java.util.Arrays.copyOfRange(picture, y * width, (y + 1) * width), new double[width]};
            across.transform(line);
            rows[y] = line[0];
            imaginary[y] = line[1];
        }
        double[] out = new double[height * width];
        Fourier down = new Fourier(height);
        for (int x = 0; x < width; x++) {
            double[][] line = new double[2][height];
            for (int y = 0; y < height; y++) {
                line[0][y] = rows[y][x];
                line[1][y] = imaginary[y][x];
            }
            down.transform(line);
            for (int y = 0; y < height; y++) {
                out[y * width + x] = Math.hypot(line[0][y], line[1][y]);
            }
        }
        return out;
    }
}
