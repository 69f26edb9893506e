package dev.tandem.image.file;

import dev.tandem.image.RgbImage;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageReader;

/** GIF: the first frame, on a screen of the colour that Pillow gives it. The JDK unpacks the frame's pixels. */
final class GifDecoder {
    private static final int SCREEN = 6;
    private static final int BLOCKS = 13;
    private static final int EXTENSION = 0x21;
    private static final int CONTROL = 0xf9;
    private static final int IMAGE = 0x2c;

    private GifDecoder() {}

    /**
     * What stands before the pixels of the first frame.
     *
     * @param palette where it lies in the file; 0 where there is none
     * @param clear the place in the palette that is transparent; −1: none
     */
    private record Frame(
            int screenWidth,
            int screenHeight,
            int x,
            int y,
            int width,
            int height,
            int palette,
            int colours,
            int clear) {}

    static Decoded decode(byte[] file) throws IOException {
        Bytes bytes = new Bytes(file, ByteOrder.LITTLE_ENDIAN);
        Frame frame = frame(bytes);
        int width = Math.max(frame.screenWidth, frame.x + frame.width);
        int height = Math.max(frame.screenHeight, frame.y + frame.height);
        Readers.checkSize(width, height);
        byte[] places = Samples.places(pixels(file, frame), 0);
        int[] colours = colours(bytes, frame);
        int[] argb = new int[width * height];
        java.util.Arrays.fill(argb, colours[Math.max(0, frame.clear)]);
        for (int y = 0; y < frame.height; y++) {
            for (int x = 0; x < frame.width; x++) {
                argb[(frame.y + y) * width + frame.x + x] = colours[places[y * frame.width + x] & 0xff];
            }
        }
        return Samples.ofArgb(argb, width, height, frame.clear >= 0);
    }

    private static Frame frame(Bytes bytes) throws IOException {
        int flags = bytes.u8(SCREEN + 4);
        int palette = (flags & 0x80) != 0 ? BLOCKS : 0;
        int colours = 2 << (flags & 7);
        int clear = -1;
        long at = BLOCKS + (palette == 0 ? 0 : (long) RgbImage.CHANNELS * colours);
        while (bytes.u8(at) != IMAGE) {
            if (bytes.u8(at) != EXTENSION) {
                throw new DamagedPictureException("is damaged: a GIF without a picture");
            }
            if (bytes.u8(at + 1) == CONTROL) {
                clear = (bytes.u8(at + 3) & 1) != 0 ? bytes.u8(at + 6) : -1;
            }
            at = afterBlocks(bytes, at + 2);
        }
        int own = bytes.u8(at + 9);
        long data = at + 10;
        if ((own & 0x80) != 0) {
            palette = (int) data;
            colours = 2 << (own & 7);
            data += (long) RgbImage.CHANNELS * colours;
        }
        checkEnd(bytes, afterBlocks(bytes, data + 1));
        return new Frame(
                bytes.u16(SCREEN),
                bytes.u16(SCREEN + 2),
                bytes.u16(at + 1),
                bytes.u16(at + 3),
                bytes.u16(at + 5),
                bytes.u16(at + 7),
                palette,
                colours,
                clear);
    }

    /** Nothing but zeros behind the pixels is a lost tail: what was lost may have been pixels, too. */
    private static void checkEnd(Bytes bytes, long from) throws DamagedPictureException {
        long at = from;
        while (at < bytes.length() && bytes.u8(at) == 0) {
            at++;
        }
        if (at > from && at == bytes.length()) {
            throw new DamagedPictureException("is damaged: its tail is lost");
        }
    }

    /** @throws DamagedPictureException where the file ends before its blocks do */
    private static long afterBlocks(Bytes bytes, long from) throws DamagedPictureException {
        long at = from;
        while (bytes.u8(at) != 0) {
            at += 1 + bytes.u8(at);
        }
        return at + 1;
    }

    private static Raster pixels(byte[] file, Frame frame) throws IOException {
        ImageReader reader = Readers.ofJdk("gif", file);
        try {
            AtomicInteger lines = new AtomicInteger();
            List<String> warnings = new ArrayList<>();
            reader.addIIOReadUpdateListener(new LineCounter(lines));
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            BufferedImage image = reader.read(0);
            // codes out of order are what is left of damaged data; the reader does not mind if there are too few
            if (warnings.contains("Out-of-sequence code!") || lines.get() < frame.height) {
                throw new DamagedPictureException("is damaged or cut off: " + Math.min(lines.get(), frame.height)
                        + " of its " + frame.height + " lines are there");
            }
            return image.getRaster();
        } finally {
            reader.dispose();
        }
    }

    private static int[] colours(Bytes bytes, Frame frame) throws IOException {
        int[] argb = new int[256];
        for (int i = 0; i < argb.length; i++) {
            int rgb = i * 0x010101;
            if (frame.palette > 0) {
                long at = frame.palette + (long) RgbImage.CHANNELS * i;
                rgb = i < frame.colours ? bytes.u8(at) << 16 | bytes.u8(at + 1) << 8 | bytes.u8(at + 2) : 0;
            }
            argb[i] = (i == frame.clear ? 0 : 0xff << 24) | rgb;
        }
        return argb;
    }
}
