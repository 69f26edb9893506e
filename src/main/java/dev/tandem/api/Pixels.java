package dev.tandem.api;

import dev.tandem.image.RgbImage;
import java.awt.image.BufferedImage;

/** Pictures between Java's type and Tandem's. */
final class Pixels {
    private Pixels() {}

    static BufferedImage buffered(RgbImage image) {
        BufferedImage out = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        int[] row = new int[image.width()];
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < row.length; x++) {
                int at = RgbImage.CHANNELS * (y * row.length + x);
                row[x] =
                        (image.rgb()[at] & 0xff) << 16 | (image.rgb()[at + 1] & 0xff) << 8 | image.rgb()[at + 2] & 0xff;
            }
            out.setRGB(0, y, row.length, 1, row, 0, row.length);
        }
        return out;
    }

    /** What is transparent counts as its colour. */
    static RgbImage rgb(BufferedImage image) {
        byte[] rgb = new byte[RgbImage.CHANNELS * image.getWidth() * image.getHeight()];
        int[] row = new int[image.getWidth()];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            for (int x = 0; x < row.length; x++) {
                int at = RgbImage.CHANNELS * (y * row.length + x);
                rgb[at] = (byte) (row[x] >> 16);
                rgb[at + 1] = (byte) (row[x] >> 8);
                rgb[at + 2] = (byte) row[x];
            }
        }
        return new RgbImage(image.getWidth(), image.getHeight(), rgb);
    }
}
