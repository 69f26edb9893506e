package dev.tandem.image.file;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Readers of the JDK and of plug-ins, each at the beginning of a file. */
final class Readers {
    /** More pixels than any picture has, as Pillow counts; a damaged header would ask for all memory. */
    private static final long MOST_PIXELS = 178_956_970;

    private Readers() {}

    /** The JDK's own reader of a format; plug-ins for the same format don't count. */
    static ImageReader ofJdk(String format, byte[] file) {
        Iterator<ImageReader> all = ImageIO.getImageReadersByFormatName(format);
        while (all.hasNext()) {
            ImageReader reader = all.next();
            if (reader.getClass().getModule() == ImageIO.class.getModule()) {
                return at(reader, file);
            }
            reader.dispose();
        }
        throw new IllegalStateException("this JDK reads no " + format);
    }

    static ImageReader at(ImageReader reader, byte[] file) {
        // metadata are not read: what is wrong with them does not hinder
        reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(file)), true, true);
        return reader;
    }

    /** @throws IOException where its header claims a size that no picture has */
    static void checkSize(ImageReader reader) throws IOException {
        checkSize(reader.getWidth(0), reader.getHeight(0));
    }

    static void checkSize(long width, long height) throws IOException {
        if (width < 1 || height < 1) {
            throw new DamagedPictureException("is damaged: its header says " + width + "×" + height + " pixels");
        }
        if (width > MOST_PIXELS / height) {
            throw new DamagedPictureException(
                    "claims to be " + width + "×" + height + " pixels, more than are read (" + MOST_PIXELS + ")");
        }
    }
}
