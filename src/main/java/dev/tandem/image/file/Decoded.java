package dev.tandem.image.file;

import dev.tandem.image.RgbImage;

/**
 * A decoded file.
 *
 * @param rgb the colours as they are stored, whatever alpha says
 * @param alpha a byte per pixel, 255 where nothing shines through; null where all is opaque
 */
record Decoded(RgbImage rgb, byte[] alpha, Orientation orientation) {
    RgbImage as(Reading reading) {
        return reading == Reading.AS_STORED ? rgb : orientation.upright(onWhite());
    }

    private RgbImage onWhite() {
        if (alpha == null) {
            return rgb;
        }
        byte[] out = new byte[rgb.rgb().length];
        for (int i = 0; i < out.length; i++) {
            int opaque = alpha[i / RgbImage.CHANNELS] & 0xff;
            int value = rgb.rgb()[i] & 0xff;
            out[i] = (byte)
                    ((value * opaque + RgbImage.MOST * (RgbImage.MOST - opaque) + RgbImage.MOST / 2) / RgbImage.MOST);
        }
        return new RgbImage(rgb.width(), rgb.height(), out);
    }
}
