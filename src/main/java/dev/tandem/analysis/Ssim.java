package dev.tandem.analysis;

/**
 * Structural similarity: a Gaussian window of 11×11 with σ = 1.5, over the positions where it fits, mean of the
 * channels.
 *
 * @see "Wang et al., Image Quality Assessment: From Error Visibility to Structural Similarity, 2004, section III"
 */
public final class Ssim {
    private static final int RADIUS = 5;
    private static final double SIGMA = 1.5;
    private static final double K1 = 0.01;
    private static final double K2 = 0.03;

    private Ssim() {}

    /** Whether pictures are large enough for the window. */
    public static boolean fits(int height, int width) {
        return height > 2 * RADIUS && width > 2 * RADIUS;
    }

    /**
     * Compares pictures of at least 11×11.
     *
     * @param a [height, width, channels]
     * @param range of the values: 255 for bytes, 2 for [−1, 1]
     */
    public static double of(float[] a, float[] b, int height, int width, int channels, double range) {
        if (!fits(height, width)) {
            throw new IllegalArgumentException("structural similarity needs pictures of at least " + (2 * RADIUS + 1)
                    + " pixels a side, not " + width + "×" + height);
        }
        if (a.length != b.length || a.length != height * width * channels) {
            throw new IllegalArgumentException("pictures of different sizes");
        }
        double sum = 0;
        for (int c = 0; c < channels; c++) {
            sum += channel(plane(a, c, channels), plane(b, c, channels), height, width, range);
        }
        return sum / channels;
    }

    private static double[] plane(float[] x, int channel, int channels) {
        double[] out = new double[x.length / channels];
        for (int i = 0; i < out.length; i++) {
            out[i] = x[i * channels + channel];
        }
        return out;
    }

    private static double channel(double[] a, double[] b, int height, int width, double range) {
        double[] meanA = blur(a, height, width);
        double[] meanB = blur(b, height, width);
        double[] aa = blur(product(a, a), height, width);
        double[] bb = blur(product(b, b), height, width);
        double[] ab = blur(product(a, b), height, width);
        double c1 = K1 * range * K1 * range;
        double c2 = K2 * range * K2 * range;
        double sum = 0;
        for (int i = 0; i < aa.length; i++) {
            double both = meanA[i] * meanB[i];
            double squares = meanA[i] * meanA[i] + meanB[i] * meanB[i];
            double covariance = ab[i] - both;
            double variances = aa[i] + bb[i] - squares;
            sum += (2 * both + c1) * (2 * covariance + c2) / ((squares + c1) * (variances + c2));
        }
        return sum / aa.length;
    }

    private static double[] product(double[] a, double[] b) {
        double[] out = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            out[i] = a[i] * b[i];
        }
        return out;
    }

    /** The window's mean where it fits: RADIUS fewer on each side. */
    private static double[] blur(double[] x, int height, int width) {
        double[] window = window();
        int inner = width - 2 * RADIUS;
        double[] lines = new double[height * inner];
        for (int y = 0; y < height; y++) {
            for (int column = 0; column < inner; column++) {
                for (int k = 0; k < window.length; k++) {
                    lines[y * inner + column] += window[k] * x[y * width + column + k];
                }
            }
        }
        double[] out = new double[(height - 2 * RADIUS) * inner];
        for (int i = 0; i < out.length; i++) {
            for (int k = 0; k < window.length; k++) {
                out[i] += window[k] * lines[i + k * inner];
            }
        }
        return out;
    }

    private static double[] window() {
        double[] out = new double[2 * RADIUS + 1];
        double sum = 0;
        for (int i = 0; i < out.length; i++) {
            double d = i - RADIUS;
            out[i] = Math.exp(-d * d / (2 * SIGMA * SIGMA));
            sum += out[i];
        }
        for (int i = 0; i < out.length; i++) {
            out[i] /= sum;
        }
        return out;
    }
}
