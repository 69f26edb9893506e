package dev.tandem.analysis;

/** Peak signal-to-noise ratio in decibels. */
public final class Psnr {
    private Psnr() {}

    /**
     * Over all elements of two pictures; infinite where they are equal.
     *
     * @param range of the values: 255 for bytes, 2 for [−1, 1]
     */
    public static double of(float[] a, float[] b, double range) {
        if (a.length != b.length || a.length == 0) {
            throw new IllegalArgumentException("pictures of " + a.length + " and " + b.length + " values");
        }
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            double d = (double) a[i] - b[i];
            squares += d * d;
        }
        return 10 * Math.log10(range * range * a.length / squares);
    }
}
