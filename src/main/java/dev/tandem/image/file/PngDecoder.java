package dev.tandem.image.file;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import javax.imageio.ImageReader;

/** PNG: decoded by the JDK, checked here, for the JDK takes a file that is cut off for one with grey at its end. */
final class PngDecoder {
    private static final int SIGNATURE = 8;
    /** Length, type and checksum. */
    private static final int AROUND = 12;

    private PngDecoder() {}

    static Decoded decode(byte[] file) throws IOException {
        Orientation orientation = check(new Bytes(file, ByteOrder.BIG_ENDIAN), file);
        ImageReader reader = Readers.ofJdk("png", file);
        try {
            Readers.checkSize(reader);
            Decoded decoded = Samples.decode(reader.read(0));
            return new Decoded(decoded.rgb(), decoded.alpha(), orientation);
        } finally {
            reader.dispose();
        }
    }

    /** Whether all chunks are there, and those whole that pixels depend on. */
    private static Orientation check(Bytes bytes, byte[] file) throws IOException {
        Orientation orientation = Orientation.UPRIGHT;
        boolean data = false;
        long at = SIGNATURE;
        while (true) {
            int length = bytes.i32(at);
            String type = bytes.text(at + 4, 4);
            bytes.require(at, AROUND + (long) length);
            boolean isData = type.equals("IDAT");
            // behind the pixels a wrong checksum is a matter of notes only
            if (isData || !data) {
                CRC32 crc = new CRC32();
                crc.update(file, (int) at + 4, length + 4);
                if ((int) crc.getValue() != bytes.i32(at + 8 + length)) {
                    throw new DamagedPictureException("is damaged: a checksum is wrong (PNG chunk " + type + ")");
                }
            }
            data |= isData;
            if (type.equals("eXIf")) {
                orientation = Orientation.ofExif(file, (int) at + 8, length);
            }
            if (type.equals("IEND")) {
                if (!data) {
                    throw new DamagedPictureException("is damaged: a PNG without pixels");
                }
                return orientation;
            }
            at += AROUND + (long) length;
        }
    }
}
