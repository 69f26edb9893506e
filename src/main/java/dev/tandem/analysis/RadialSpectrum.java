package dev.tandem.analysis;

import java.util.Arrays;

/**
 * Fourier amplitude of feature maps over frequency, averaged over directions, channels and pictures. Frequencies are
 * counted in cycles per map's shorter side: 0, 1, … up to half of it, the highest that it can hold.
 *
 * @see "Park, Kim, How Do Vision Transformers Work?, 2022, section 2.1 (relative log amplitude)"
 */
public final class RadialSpectrum {
    /** Below this part of the largest amplitude nothing but rounding remains. */
    private static final double FLOOR = 1e-12;

    private final double[] sums;
    private final long[] counts;
    private final int height;
    private final int width;

    /** An empty average over maps of that size. */
    public RadialSpectrum(int height, int width) {
        this.height = height;
        this.width = width;
        sums = new double[Math.min(height, width) / 2 + 1];
        counts = new long[sums.length];
    }

    /**
     * Adds one map.
     *
     * @param map [height, width, channels]
     */
    public void add(float[] map) {
        int channels = map.length / (height * width);
        if (channels == 0 || map.length != channels * height * width) {
            throw new IllegalArgumentException(map.length + " values are no map of " + width + "×" + height);
        }
        for (int c = 0; c < channels; c++) {
            double[] plane = new double[height * width];
            for (int i = 0; i < plane.length; i++) {
                plane[i] = map[i * channels + c];
            }
            addAmplitudes(Fourier.amplitudes(plane, height, width));
        }
    }

    private void addAmplitudes(double[] amplitudes) {
        int side = Math.min(height, width);
        for (int y = 0; y < height; y++) {
            double down = (double) Math.min(y, height - y) / height;
            for (int x = 0; x < width; x++) {
                double across = (double) Math.min(x, width - x) / width;
                int bin = (int) Math.round(side * Math.hypot(down, across));
                // the corners hold frequencies that exist along diagonals only
                if (bin < sums.length) {
                    sums[bin] += amplitudes[y * width + x];
                    counts[bin]++;
                }
            }
        }
    }

    /** Frequency of each bin over the highest, from 0 to 1. */
    public double[] frequencies() {
        double[] out = new double[sums.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = out.length == 1 ? 0 : (double) i / (out.length - 1);
        }
        return out;
    }

    /** Mean amplitude of each bin, of an unnormalised transform. */
    public double[] amplitudes() {
        double[] out = new double[sums.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = counts[i] == 0 ? 0 : sums[i] / counts[i];
        }
        return out;
    }

    /** Natural logarithm of each bin's amplitude over that of the lowest frequency, whose own is 0. */
    public double[] relativeLogAmplitudes() {
        double[] a = amplitudes();
        double least =
                Math.max(Double.MIN_NORMAL, FLOOR * Arrays.stream(a).max().orElse(0));
        double[] out = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            out[i] = Math.log(Math.max(a[i], least)) - Math.log(Math.max(a[0], least));
        }
        return out;
    }
}
