package dev.tandem.op;

/**
 * PyTorch's bicubic enlargement along one axis: a = −0.75, align_corners false, edges clamped.
 *
 * @param taps source index of each of the four taps, four per target index
 * @param weights their weights
 */
public record Bicubic(int[] taps, float[] weights) {
    private static final double A = -0.75;

    public static Bicubic axis(int from, int to) {
        int[] taps = new int[4 * to];
        float[] weights = new float[4 * to];
        double ratio = (double) from / to;
        for (int j = 0; j < to; j++) {
            double x = ratio * (j + 0.5) - 0.5;
            int floor = (int) Math.floor(x);
            double t = x - floor;
            double[] w = {outer(t + 1), inner(t), inner(1 - t), outer(2 - t)};
            for (int k = 0; k < 4; k++) {
                taps[4 * j + k] = Math.clamp(floor - 1 + k, 0, from - 1);
                weights[4 * j + k] = (float) w[k];
            }
        }
        return new Bicubic(taps, weights);
    }

    private static double inner(double x) {
        return ((A + 2) * x - (A + 3)) * x * x + 1;
    }

    private static double outer(double x) {
        return ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
    }
}
