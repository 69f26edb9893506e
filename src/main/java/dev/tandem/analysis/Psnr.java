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
        return within(a, b, range, new boolean[] {true});
    }

    /**
     * Over the marked pixels only; not a number where none is marked.
     *
     * @param a channels-last
     * @param marked whether a pixel counts; each has as many elements as there are in all for one mark
     */
    public static double within(float[] a, float[] b, double range, boolean[] marked) {
        if (a.length != b.length || a.length == 0 || a.length % marked.length != 0) {
            throw new IllegalArgumentException(
                    "pictures of " + a.length + " and " + b.length + " values, a mask of " + marked.length);
        }
        int channels = a.length / marked.length;
        double squares = 0;
        long values = 0;
        for (int i = 0; i < a.length; i++) {
            if (marked[i / channels]) {
                double d = (double) a[i] - b[i];
                squares += d * d;
                values++;
            }
        }
        return 10 * Math.log10(range * range * values / squares);
    }
}
