package dev.tandem.image;

/** Peak signal-to-noise ratio. */
public final class Psnr {
    private static final double PEAK = 255;

    private Psnr() {}

    /** In dB over all channels; infinite where the pictures are equal. */
    public static double of(RgbImage a, RgbImage b) {
        return within(a, b, null);
    }

    /** Of the marked pixels only; all where the mask is null. */
    public static double within(RgbImage a, RgbImage b, Mask mask) {
        if (a.width() != b.width() || a.height() != b.height()) {
            throw new IllegalArgumentException("pictures of different sizes");
        }
        double squares = 0;
        long values = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            if (mask == null || mask.marked()[i / RgbImage.CHANNELS]) {
                int d = (a.rgb()[i] & 0xff) - (b.rgb()[i] & 0xff);
                squares += d * d;
                values++;
            }
        }
        return 10 * Math.log10(PEAK * PEAK * values / squares);
    }
}
