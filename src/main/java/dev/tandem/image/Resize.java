package dev.tandem.image;

/** Scales pictures with a bicubic filter that widens when it shrinks, so that nothing aliases (as Pillow's does). */
public final class Resize {
    private static final double SUPPORT = 2;
    private static final double A = -0.5;

    private Resize() {}

    /** A square of the given side: the shorter side is scaled to it, what then juts out of the middle is cut off. */
    public static RgbImage centreSquare(RgbImage image, int side) {
        int shorter = Math.min(image.width(), image.height());
        int left = (image.width() - shorter) / 2;
        int top = (image.height() - shorter) / 2;
        if (shorter == side) {
            return crop(image, left, top, side);
        }
        return scale(crop(image, left, top, shorter), side);
    }

    private static RgbImage crop(RgbImage image, int left, int top, int side) {
        if (image.width() == side && image.height() == side) {
            return image;
        }
        byte[] out = new byte[RgbImage.CHANNELS * side * side];
        for (int y = 0; y < side; y++) {
            System.arraycopy(
                    image.rgb(),
                    RgbImage.CHANNELS * ((top + y) * image.width() + left),
                    out,
                    RgbImage.CHANNELS * y * side,
                    RgbImage.CHANNELS * side);
        }
        return new RgbImage(side, side, out);
    }

    /** A square to another. */
    private static RgbImage scale(RgbImage image, int side) {
        int from = image.width();
        int channels = RgbImage.CHANNELS;
        float[][] weights = new float[side][];
        int[] starts = new int[side];
        for (int i = 0; i < side; i++) {
            weights[i] = weights(i, from, side, starts);
        }
        float[] narrow = new float[from * side * channels];
        for (int y = 0; y < from; y++) {
            for (int x = 0; x < side; x++) {
                for (int c = 0; c < channels; c++) {
                    float sum = 0;
                    for (int k = 0; k < weights[x].length; k++) {
                        sum += weights[x][k] * (image.rgb()[(y * from + starts[x] + k) * channels + c] & 0xff);
                    }
                    narrow[(y * side + x) * channels + c] = sum;
                }
            }
        }
        byte[] out = new byte[side * side * channels];
        for (int y = 0; y < side; y++) {
            for (int i = 0; i < side * channels; i++) {
                float sum = 0;
                for (int k = 0; k < weights[y].length; k++) {
                    sum += weights[y][k] * narrow[(starts[y] + k) * side * channels + i];
                }
                out[y * side * channels + i] = (byte) Math.clamp(Math.round(sum), 0, 255);
            }
        }
        return new RgbImage(side, side, out);
    }

    /** Weights of the inputs that output i is made of, from {@code starts[i]} on; they add up to 1. */
    private static float[] weights(int i, int from, int to, int[] starts) {
        double ratio = (double) from / to;
        double stretch = Math.max(1, ratio);
        double centre = (i + 0.5) * ratio;
        int first = Math.max(0, (int) Math.round(centre - SUPPORT * stretch));
        int last = Math.min(from, (int) Math.round(centre + SUPPORT * stretch));
        float[] weights = new float[last - first];
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
            double w = cubic((first + k + 0.5 - centre) / stretch);
            weights[k] = (float) w;
            sum += w;
        }
        for (int k = 0; k < weights.length; k++) {
            weights[k] /= (float) sum;
        }
        starts[i] = first;
        return weights;
    }

    private static double cubic(double x) {
        double d = Math.abs(x);
        if (d < 1) {
            return ((A + 2) * d - (A + 3)) * d * d + 1;
        }
        return d < 2 ? (((d - 5) * d + 8) * d - 4) * A : 0;
    }
}
