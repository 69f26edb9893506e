package dev.tandem.image.file;

import dev.tandem.image.RgbImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageReader;

/** JPEG: the JDK's libjpeg gives the components as they are; colours are made of them as libjpeg and Pillow do. */
final class JpegDecoder {
    private static final Pattern EXTRANEOUS = Pattern.compile("(\\d+) extraneous bytes before marker");
    /** Some cameras leave a few bytes between a picture and what follows; more are what is left of damaged pixels. */
    private static final int FEW_BYTES = 16;

    private JpegDecoder() {}

    static Decoded decode(byte[] file) throws IOException {
        JpegStructure structure = JpegStructure.of(file);
        ImageReader reader = Readers.ofJdk("jpeg", file);
        try {
            List<String> warnings = new ArrayList<>();
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            Readers.checkSize(reader);
            Raster raster = reader.readRaster(0, null);
            for (String warning : warnings) {
                if (isDamage(warning)) {
                    throw new DamagedPictureException("is damaged or cut off (" + warning + ")");
                }
            }
            return new Decoded(rgb(raster, structure.yCc()), null, structure.orientation());
        } finally {
            reader.dispose();
        }
    }

    /** libjpeg's own words; what the JDK says of profiles and thumbnails does not touch the pixels. */
    private static boolean isDamage(String warning) {
        Matcher extraneous = EXTRANEOUS.matcher(warning);
        if (extraneous.find()) {
            return Long.parseLong(extraneous.group(1)) > FEW_BYTES;
        }
        return warning.startsWith("Corrupt JPEG data") || warning.startsWith("Premature end");
    }

    private static RgbImage rgb(Raster raster, boolean yCc) throws IOException {
        byte[] first = Samples.band(raster, 0);
        if (raster.getNumBands() == 1) {
            return Samples.grey(first, raster.getWidth(), raster.getHeight());
        }
        if (raster.getNumBands() < RgbImage.CHANNELS) {
            throw new DamagedPictureException("is a JPEG of two components, which is not read");
        }
        byte[] second = Samples.band(raster, 1);
        byte[] third = Samples.band(raster, 2);
        if (yCc) {
            toRgb(first, second, third);
        }
        if (raster.getNumBands() > RgbImage.CHANNELS) {
            // four components are inks, inverted as Adobe writes them; YCCK has what is not covered by ink
            byte[] black = Samples.band(raster, 3);
            for (byte[] ink : yCc ? new byte[][] {black} : new byte[][] {first, second, third, black}) {
                invert(ink);
            }
            return Inks.rgb(raster.getWidth(), raster.getHeight(), first, second, third, black);
        }
        return Samples.interleaved(raster.getWidth(), raster.getHeight(), first, second, third);
    }

    private static void invert(byte[] ink) {
        for (int i = 0; i < ink.length; i++) {
            ink[i] = (byte) ~ink[i];
        }
    }

    /** JFIF's conversion in libjpeg's fixed point, in place. */
    private static void toRgb(byte[] luma, byte[] blue, byte[] red) {
        for (int i = 0; i < luma.length; i++) {
            int y = luma[i] & 0xff;
            int cb = (blue[i] & 0xff) - 128;
            int cr = (red[i] & 0xff) - 128;
            luma[i] = clamp(y + (91881 * cr + 32768 >> 16));
            blue[i] = clamp(y + (-22554 * cb - 46802 * cr + 32768 >> 16));
            red[i] = clamp(y + (116130 * cb + 32768 >> 16));
        }
    }

    private static byte clamp(int value) {
        return (byte) Math.clamp(value, 0, RgbImage.MOST);
    }
}
