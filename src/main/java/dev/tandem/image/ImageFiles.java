package dev.tandem.image;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Reads pictures of any format that the JDK knows: PNG, JPEG, GIF, BMP, TIFF. */
public final class ImageFiles {
    private ImageFiles() {}

    /**
     * Reads a picture; what is transparent becomes white.
     *
     * @throws IOException where it cannot be read; says which file and why
     */
    public static RgbImage read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": is a folder, not a picture");
        }
        if (PngText.isPng(file)) {
            complete(file);
        }
        BufferedImage image;
        try (InputStream in = Files.newInputStream(file)) {
            image = ImageIO.read(in);
        } catch (java.nio.file.FileSystemException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // the readers of the JDK throw many things at a damaged file
            throw new IOException(file + ": is damaged or cut off (" + e.getMessage() + ")", e);
        }
        if (image == null) {
            throw new IOException(file + ": is no picture of a known format (PNG, JPEG, GIF, BMP, TIFF)");
        }
        return isPlainGrey(image) ? ofGrey(image) : ofColours(image);
    }

    /** The JDK takes a PNG file that is cut off for one with grey at its end. */
    private static void complete(Path file) throws IOException {
        try {
            PngText.read(file);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static boolean isPlainGrey(BufferedImage image) {
        return image.getColorModel() instanceof ComponentColorModel model && model.getNumComponents() == 1;
    }

    /** Grey as it stands in the file: the JDK would convert it as if it were linear. */
    private static RgbImage ofGrey(BufferedImage image) {
        Raster raster = image.getRaster();
        int shift = Math.max(0, image.getColorModel().getComponentSize(0) - 8);
        RgbImage out = RgbImage.filled(image.getWidth(), image.getHeight(), 0);
        int at = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                byte grey = (byte) (raster.getSample(x, y, 0) >> shift);
                for (int c = 0; c < RgbImage.CHANNELS; c++) {
                    out.rgb()[at++] = grey;
                }
            }
        }
        return out;
    }

    private static RgbImage ofColours(BufferedImage image) {
        RgbImage out = RgbImage.filled(image.getWidth(), image.getHeight(), 0);
        int[] line = new int[image.getWidth()];
        int at = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, line.length, 1, line, 0, line.length);
            for (int argb : line) {
                int alpha = argb >>> 24;
                for (int shift = 16; shift >= 0; shift -= 8) {
                    int value = argb >> shift & 0xff;
                    out.rgb()[at++] = (byte) ((value * alpha + 255 * (255 - alpha) + 127) / 255);
                }
            }
        }
        return out;
    }
}
