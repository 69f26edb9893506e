package dev.tandem.image;

/** Puts two pictures of one size together. */
public final class Blend {
    private Blend() {}

    /** @param share of {@code over} at each pixel, from 0 to 1; where it is 0 {@code under} stays to the last bit */
    public static RgbImage of(RgbImage under, RgbImage over, float[] share) {
        byte[] rgb = under.rgb().clone();
        for (int i = 0; i < rgb.length; i++) {
            float s = share[i / RgbImage.CHANNELS];
            rgb[i] = (byte) Math.round(s * (over.rgb()[i] & 0xff) + (1 - s) * (rgb[i] & 0xff));
        }
        return new RgbImage(under.width(), under.height(), rgb);
    }
}
