package dev.tandem.image;

/** Peak signal-to-noise ratio. */
public final class Psnr {
    private static final double PEAK = 255;

    private Psnr() {}

    /** In dB over all channels; infinite where the pictures are equal. */
    public static double of(RgbImage a, RgbImage b) {
        if (a.width() != b.width() || a.height() != b.height()) {
            throw new IllegalArgumentException("pictures of different sizes");
        }
        double squares = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            int d = (a.rgb()[i] & 0xff) - (b.rgb()[i] & 0xff);
            squares += d * d;
        }
        return 10 * Math.log10(PEAK * PEAK * a.rgb().length / squares);
    }
}
