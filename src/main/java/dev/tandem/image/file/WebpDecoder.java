package dev.tandem.image.file;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.ImageReader;

/** WebP, by Google's own library; of an animation its first frame, which that library's simple call does not look for. */
final class WebpDecoder {
    private static final int RIFF = 12;
    private static final int CHUNK = 8;
    /** What stands before the chunks of a frame. */
    private static final int FRAME = 16;

    private static final int ALPHA = 0x10;

    private WebpDecoder() {}

    static Decoded decode(byte[] file) throws IOException {
        Bytes bytes = new Bytes(file, ByteOrder.LITTLE_ENDIAN);
        long end = CHUNK + bytes.u32(4);
        bytes.require(0, end);
        Orientation orientation = Orientation.UPRIGHT;
        long frame = 0;
        long at = RIFF;
        for (long next; at + CHUNK <= end; at = next) {
            long length = bytes.u32(at + 4);
            next = at + CHUNK + length + length % 2;
            bytes.require(at + CHUNK, length);
            if (bytes.u8(at) < ' ') {
                throw new DamagedPictureException("is damaged: a part of it has no name");
            }
            if (bytes.startsWith(at, "EXIF")) {
                int prefix = bytes.startsWith(at + CHUNK, "Exif\0\0") ? 6 : 0;
                orientation = Orientation.ofExif(file, (int) at + CHUNK + prefix, (int) length - prefix);
            } else if (bytes.startsWith(at, "ANMF") && frame == 0) {
                frame = at;
            }
        }
        BufferedImage image = frame == 0 ? read(file) : animated(bytes, file, frame);
        int[] argb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        Decoded decoded = Samples.ofArgb(
                argb, image.getWidth(), image.getHeight(), image.getColorModel().hasAlpha());
        return new Decoded(decoded.rgb(), decoded.alpha(), orientation);
    }

    private static BufferedImage read(byte[] file) throws IOException {
        ImageReader reader;
        try {
            reader = Readers.at(new WebPImageReaderSpi().createReaderInstance(null), file);
        } catch (LinkageError e) {
            throw new DamagedPictureException(
                    "is a WebP picture, whose library does not run here (" + e.getMessage() + ")");
        }
        try {
            Readers.checkSize(reader);
            return reader.read(0);
        } finally {
            reader.dispose();
        }
    }

    /** The first frame on a clear canvas. */
    private static BufferedImage animated(Bytes bytes, byte[] file, long frame) throws IOException {
        int width = 1 + bytes.u16(RIFF + CHUNK + 4) + (bytes.u8(RIFF + CHUNK + 6) << 16);
        int height = 1 + bytes.u16(RIFF + CHUNK + 7) + (bytes.u8(RIFF + CHUNK + 9) << 16);
        Readers.checkSize(width, height);
        long start = frame + CHUNK;
        int x = 2 * (bytes.u16(start) + (bytes.u8(start + 2) << 16));
        int y = 2 * (bytes.u16(start + 3) + (bytes.u8(start + 5) << 16));
        byte[] chunks = Arrays.copyOfRange(file, (int) start + FRAME, (int) (start + bytes.u32(frame + 4)));
        BufferedImage image = read(still(bytes, start, chunks));
        if (x + image.getWidth() > width || y + image.getHeight() > height) {
            throw new DamagedPictureException("is damaged: its first frame does not fit in");
        }
        BufferedImage canvas = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        int[] argb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        canvas.setRGB(x, y, image.getWidth(), image.getHeight(), argb, 0, image.getWidth());
        return canvas;
    }

    /** A file of one picture with the chunks of a frame. */
    private static byte[] still(Bytes bytes, long frame, byte[] chunks) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean alpha = bytes.startsWith(frame + FRAME, "ALPH");
        int header = alpha ? CHUNK + 10 : 0;
        out.write("RIFF".getBytes(StandardCharsets.ISO_8859_1));
        out.write(littleEndian(4 + header + chunks.length));
        out.write("WEBP".getBytes(StandardCharsets.ISO_8859_1));
        if (alpha) {
            out.write("VP8X".getBytes(StandardCharsets.ISO_8859_1));
            out.write(littleEndian(10));
            out.write(littleEndian(ALPHA));
            for (int i = 0; i < 6; i++) {
                out.write(bytes.u8(frame + 6 + i)); // width and height, less one, in three bytes each
            }
        }
        out.write(chunks);
        return out.toByteArray();
    }

    private static byte[] littleEndian(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }
}
