package dev.tandem.image.file;

import dev.tandem.image.RgbImage;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/** Samples as they lie in a raster, brought to 8 bits; Java's own conversions would take grey as linear and apply profiles. */
final class Samples {
    private static final int BYTE = 8;

    private Samples() {}

    /** A picture whose samples are grey, RGB or places in a palette, with alpha or without. */
    static Decoded decode(BufferedImage image) {
        Raster raster = image.getRaster();
        ColorModel model = image.getColorModel();
        if (model instanceof IndexColorModel palette) {
            return indexed(raster, palette);
        }
        int bands = raster.getNumBands();
        RgbImage rgb =
                bands >= RgbImage.CHANNELS ? rgb(raster) : grey(band(raster, 0), raster.getWidth(), raster.getHeight());
        return new Decoded(rgb, model.hasAlpha() ? band(raster, bands - 1) : null, Orientation.UPRIGHT);
    }

    private static Decoded indexed(Raster raster, IndexColorModel palette) {
        int[] colours = new int[1 << palette.getPixelSize()];
        for (int i = 0; i < colours.length; i++) {
            // what lies beyond the palette is black, as for Pillow
            colours[i] = i < palette.getMapSize() ? palette.getRGB(i) : 0xff << 3 * BYTE;
        }
        byte[] places = places(raster, 0);
        int[] argb = new int[places.length];
        for (int i = 0; i < argb.length; i++) {
            argb[i] = colours[places[i] & 0xff];
        }
        return ofArgb(argb, raster.getWidth(), raster.getHeight(), palette.hasAlpha());
    }

    static Decoded ofArgb(int[] argb, int width, int height, boolean hasAlpha) {
        byte[] rgb = new byte[Math.multiplyExact(RgbImage.CHANNELS, argb.length)];
        byte[] alpha = hasAlpha ? new byte[argb.length] : null;
        int to = 0;
        for (int i = 0; i < argb.length; i++) {
            for (int shift = 2 * BYTE; shift >= 0; shift -= BYTE) {
                rgb[to++] = (byte) (argb[i] >> shift);
            }
            if (hasAlpha) {
                alpha[i] = (byte) (argb[i] >>> 3 * BYTE);
            }
        }
        return new Decoded(new RgbImage(width, height, rgb), alpha, Orientation.UPRIGHT);
    }

    /** Of the first three bands. */
    static RgbImage rgb(Raster raster) {
        return interleaved(raster.getWidth(), raster.getHeight(), band(raster, 0), band(raster, 1), band(raster, 2));
    }

    static RgbImage interleaved(int width, int height, byte[] red, byte[] green, byte[] blue) {
        byte[] rgb = new byte[Math.multiplyExact(RgbImage.CHANNELS, red.length)];
        for (int i = 0, to = 0; i < red.length; i++) {
            rgb[to++] = red[i];
            rgb[to++] = green[i];
            rgb[to++] = blue[i];
        }
        return new RgbImage(width, height, rgb);
    }

    static RgbImage grey(byte[] grey, int width, int height) {
        return interleaved(width, height, grey, grey, grey);
    }

    /** One band in 8 bits: of 16 the upper ones; fewer are spread over the whole range. */
    static byte[] band(Raster raster, int band) {
        return band(raster, band, raster.getSampleModel().getSampleSize(band));
    }

    /** @param bits how many of each sample count */
    static byte[] band(Raster raster, int band, int bits) {
        int most = (1 << Math.min(bits, BYTE)) - 1;
        return map(raster, band, v -> bits > BYTE ? v >> bits - BYTE : v * RgbImage.MOST / most);
    }

    /** One band as it is. */
    static byte[] places(Raster raster, int band) {
        return map(raster, band, v -> v);
    }

    private static byte[] map(Raster raster, int band, java.util.function.IntUnaryOperator of) {
        int width = raster.getWidth();
        byte[] out = new byte[Math.multiplyExact(width, raster.getHeight())];
        int[] line = new int[width];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, band, line);
            for (int x = 0; x < width; x++) {
                out[y * width + x] = (byte) of.applyAsInt(line[x]);
            }
        }
        return out;
    }
}
