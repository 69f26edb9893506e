package dev.tandem.image.file;

import java.io.IOException;
import java.nio.ByteOrder;
import javax.imageio.ImageReader;

/** BMP, by the JDK's reader. */
final class BmpDecoder {
    private static final int OFFSET_OF_PIXELS = 10;
    private static final int HEADER = 14;
    private static final int SMALL_HEADER = 12;
    /** Compressions whose lines all have one length: none and bit fields, with alpha or without. */
    private static final int[] PLAIN = {0, 3, 6};

    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int LONGEST_RUN = 255;

    private BmpDecoder() {}

    static Decoded decode(byte[] file) throws IOException {
        checkLength(new Bytes(file, ByteOrder.LITTLE_ENDIAN));
        ImageReader reader = Readers.ofJdk("bmp", file);
        try {
            Readers.checkSize(reader);
            Decoded decoded = Samples.decode(reader.read(0));
            return hidden(decoded.alpha()) ? new Decoded(decoded.rgb(), null, decoded.orientation()) : decoded;
        } finally {
            reader.dispose();
        }
    }

    /** The reader leaves lines that are missing black. */
    private static void checkLength(Bytes bytes) throws IOException {
        boolean small = bytes.i32(HEADER) == SMALL_HEADER;
        long width = small ? bytes.u16(HEADER + 4) : Math.abs((long) bytes.i32(HEADER + 4));
        long height = small ? bytes.u16(HEADER + 6) : Math.abs((long) bytes.i32(HEADER + 8));
        int bits = bytes.u16(HEADER + (small ? 10 : 14));
        int compression = small ? 0 : bytes.i32(HEADER + 16);
        Readers.checkSize(width, height);
        if (compression == RLE8 || compression == RLE4) {
            if (width * height > LONGEST_RUN * (long) bytes.length()) {
                throw new DamagedPictureException("is damaged: its header says " + width + "×" + height
                        + " pixels, more than its bytes can hold");
            }
            checkRuns(bytes, bytes.u32(OFFSET_OF_PIXELS), height, compression == RLE8 ? 1 : 2);
        }
        if (java.util.Arrays.stream(PLAIN).anyMatch(plain -> plain == compression)) {
            bytes.require(bytes.u32(OFFSET_OF_PIXELS), (width * bits + 31) / 32 * 4 * height);
        }
    }

    /** Walks through runs of pixels: they must end where the picture does. */
    private static void checkRuns(Bytes bytes, long from, long height, int pixelsPerByte) throws IOException {
        long lines = 0;
        boolean jumps = false;
        for (long at = from; ; at += 2) {
            int code = bytes.u8(at + 1);
            if (bytes.u8(at) > 0) {
                continue; // a run of one colour
            }
            if (code == 1) {
                if (!jumps && (lines < height - 1 || lines > height)) {
                    throw new DamagedPictureException("is damaged: it has " + lines + " of its " + height + " lines");
                }
                return;
            }
            if (code == 0) {
                lines++;
            } else if (code == 2) {
                jumps = true;
                at += 2;
            } else {
                int length = (code + pixelsPerByte - 1) / pixelsPerByte;
                at += length + length % 2;
            }
        }
    }

    /** Programs that know no alpha leave its bytes zero: nothing is transparent then. */
    private static boolean hidden(byte[] alpha) {
        if (alpha == null) {
            return false;
        }
        for (byte a : alpha) {
            if (a != 0) {
                return false;
            }
        }
        return true;
    }
}
