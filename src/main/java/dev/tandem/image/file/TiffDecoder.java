package dev.tandem.image.file;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import dev.tandem.image.RgbImage;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageReader;

/**
 * TIFF: samples as TwelveMonkeys' reader unpacks them (the JDK's knows neither BigTIFF nor predictors of 16 bits); colours are
 * made of them as Pillow does, which turns pictures of this one format upright in any case.
 */
final class TiffDecoder {
    private static final int BYTE = 8;

    private TiffDecoder() {}

    static Decoded decode(byte[] file) throws IOException {
        TiffTags tags = TiffTags.read(file);
        Readers.checkSize(tags.width(), tags.height());
        // TwelveMonkeys' cuts fractions off where they pass 1; the JDK's leaves them as they are
        ImageReader reader = tags.hasRange()
                ? Readers.at(new TIFFImageReaderSpi().createReaderInstance(null), file)
                : Readers.ofJdk("tiff", file);
        try {
            BufferedImage image = reader.read(0);
            Decoded decoded = tags.isGrey() && image.getColorModel() instanceof IndexColorModel
                    ? Samples.decode(image)
                    : decode(image.getRaster(), tags);
            Orientation orientation = tags.orientation();
            byte[] alpha = decoded.alpha() == null
                    ? null
                    : orientation.upright(
                            decoded.alpha(),
                            decoded.rgb().width(),
                            decoded.rgb().height(),
                            1);
            return new Decoded(orientation.upright(decoded.rgb()), alpha, Orientation.UPRIGHT);
        } finally {
            reader.dispose();
        }
    }

    private static Decoded decode(Raster raster, TiffTags tags) throws IOException {
        int width = raster.getWidth();
        int height = raster.getHeight();
        int colours = tags.colours();
        byte[][] bands = new byte[Math.min(raster.getNumBands(), colours + 1)][];
        for (int i = 0; i < bands.length; i++) {
            bands[i] = band(raster, i, tags);
        }
        if (bands.length < colours) {
            throw new DamagedPictureException("has " + bands.length + " channels, its colours need " + colours);
        }
        RgbImage rgb = switch (tags.photometric()) {
            case TiffTags.PALETTE -> palette(bands[0], width, height, tags.colourMap());
            case TiffTags.CMYK -> Inks.rgb(width, height, bands[0], bands[1], bands[2], bands[3]);
            default ->
                colours == 1
                        ? Samples.grey(bands[0], width, height)
                        : Samples.interleaved(width, height, bands[0], bands[1], bands[2]);
        };
        byte[] alpha = bands.length > colours && tags.hasAlpha() ? bands[colours] : null;
        if (alpha != null && tags.premultiplied()) {
            divide(rgb.rgb(), alpha);
        }
        return new Decoded(rgb, alpha, Orientation.UPRIGHT);
    }

    private static byte[] band(Raster raster, int band, TiffTags tags) throws IOException {
        if (tags.hasRange()) {
            return tags.photometric() == TiffTags.PALETTE && band == 0
                    ? Samples.places(raster, band)
                    : Samples.band(
                            raster,
                            band,
                            Math.min(tags.bits(), raster.getSampleModel().getSampleSize(band)));
        }
        return levels(raster, band);
    }

    /** Values of which nobody says how bright they are: taken as 0 to 255, as Pillow takes them, if they can be meant so. */
    private static byte[] levels(Raster raster, int band) throws IOException {
        double[] values = raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), band, (double[]) null);
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        byte[] out = new byte[values.length];
        for (int i = 0; i < out.length; i++) {
            least = Math.min(least, values[i]);
            most = Math.max(most, values[i]);
            out[i] = (byte) values[i];
        }
        if (!(least >= 0 && most > 1 && most < RgbImage.MOST + 1)) {
            throw new DamagedPictureException("holds numbers from " + (float) least + " to " + (float) most
                    + " and does not say how bright they are; those from 0 to 255 are read, best as a file of 8 bits");
        }
        return out;
    }

    private static RgbImage palette(byte[] places, int width, int height, int[] map) {
        byte[] rgb = new byte[RgbImage.CHANNELS * places.length];
        int colours = map.length / RgbImage.CHANNELS;
        // some programs write 8 bits where 16 belong
        int shift = java.util.Arrays.stream(map).max().orElse(0) > RgbImage.MOST ? BYTE : 0;
        for (int i = 0; i < rgb.length; i++) {
            int place = places[i / RgbImage.CHANNELS] & 0xff;
            rgb[i] = place < colours ? (byte) (map[i % RgbImage.CHANNELS * colours + place] >> shift) : 0;
        }
        return new RgbImage(width, height, rgb);
    }

    /** Takes alpha out of colours that are stored multiplied by it. */
    private static void divide(byte[] rgb, byte[] alpha) {
        for (int i = 0; i < rgb.length; i++) {
            int opaque = alpha[i / RgbImage.CHANNELS] & 0xff;
            rgb[i] = (byte) (opaque == 0 ? 0 : Math.min(RgbImage.MOST, (rgb[i] & 0xff) * RgbImage.MOST / opaque));
        }
    }
}
