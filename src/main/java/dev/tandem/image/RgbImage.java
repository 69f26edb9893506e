package dev.tandem.image;

/**
 * A picture of 8 bits a channel.
 *
 * @param rgb [height, width, 3], row by row
 */
public record RgbImage(int width, int height, byte[] rgb) {
    public static final int CHANNELS = 3;
    /** The largest value of a channel. */
    public static final int MOST = 255;

    public RgbImage {
        if (width < 1 || height < 1 || rgb.length != Math.multiplyExact(CHANNELS * width, height)) {
            throw new IllegalArgumentException(rgb.length + " bytes are no picture of " + width + "×" + height);
        }
    }

    /** A picture of one grey. */
    public static RgbImage filled(int width, int height, int grey) {
        byte[] rgb = new byte[Math.multiplyExact(CHANNELS * width, height)];
        java.util.Arrays.fill(rgb, (byte) grey);
        return new RgbImage(width, height, rgb);
    }

    /**
     * Rounds to the nearest of 256 steps (the original's scripts cut off instead).
     *
     * @param pixels in [−1, 1], channels-last
     * @param offset where in {@code pixels} the picture begins
     */
    public static RgbImage ofPixels(float[] pixels, int offset, int width, int height) {
        byte[] rgb = new byte[CHANNELS * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.clamp(Math.round((pixels[offset + i] + 1) / 2 * 255), 0, 255);
        }
        return new RgbImage(width, height, rgb);
    }

    /** @param offset where in {@code rgb} the picture begins */
    public static RgbImage ofBytes(byte[] rgb, int offset, int width, int height) {
        return new RgbImage(
                width,
                height,
                java.util.Arrays.copyOfRange(rgb, offset, offset + Math.multiplyExact(CHANNELS * width, height)));
    }

    /** [H, W, 3] in [−1, 1]. */
    public float[] toPixels() {
        float[] pixels = new float[rgb.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (rgb[i] & 0xff) / 255f * 2 - 1;
        }
        return pixels;
    }

    /** [H, W, 3] from 0 to {@link #MOST}. */
    public float[] levels() {
        float[] levels = new float[rgb.length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = rgb[i] & 0xff;
        }
        return levels;
    }

    /** Copies another picture into this one, its upper left corner at (x, y). */
    public void draw(RgbImage other, int x, int y) {
        for (int row = 0; row < other.height; row++) {
            System.arraycopy(
                    other.rgb,
                    CHANNELS * other.width * row,
                    rgb,
                    CHANNELS * (width * (y + row) + x),
                    CHANNELS * other.width);
        }
    }
}
