package dev.tandem.image.file;

import java.nio.ByteOrder;

/**
 * What the markers of a JPEG file say.
 *
 * @param yCc whether its first three components are brightness and two colours, by the rules of libjpeg
 */
record JpegStructure(boolean yCc, Orientation orientation) {
    private static final int SOI = 0xd8;
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int APP0 = 0xe0;
    private static final int APP1 = 0xe1;
    private static final int APP14 = 0xee;
    private static final int UNKNOWN = -1;

    /** @throws DamagedPictureException where the file ends before the picture does */
    static JpegStructure of(byte[] file) throws DamagedPictureException {
        Bytes bytes = new Bytes(file, ByteOrder.BIG_ENDIAN);
        boolean jfif = false;
        int adobe = UNKNOWN;
        String components = "";
        Orientation orientation = null;
        long at = 2;
        while (true) {
            int marker = marker(bytes, at);
            at = afterMarker(bytes, at);
            if (marker == EOI) {
                return new JpegStructure(
                        isYCc(components, jfif, adobe), orientation == null ? Orientation.UPRIGHT : orientation);
            }
            if (marker == SOI || isRestart(marker) || marker == 1) {
                continue;
            }
            int length = bytes.u16(at);
            bytes.require(at, Math.max(2, length));
            if (marker == APP0 && bytes.startsWith(at + 2, "JFIF\0")) {
                jfif = true;
            } else if (marker == APP14 && length >= 14 && bytes.startsWith(at + 2, "Adobe")) {
                adobe = bytes.u8(at + 13);
            } else if (marker == APP1 && orientation == null && bytes.startsWith(at + 2, "Exif\0\0")) {
                orientation = Orientation.ofExif(file, (int) at + 8, length - 8);
            } else if (isFrame(marker)) {
                components = components(bytes, at);
            }
            at += length;
            if (marker == SOS) {
                at = afterScan(bytes, at);
            }
        }
    }

    private static int marker(Bytes bytes, long at) throws DamagedPictureException {
        return bytes.u8(afterMarker(bytes, at) - 1);
    }

    /** Markers may have bytes of all ones before them, and, in files that decoders forgive, something else. */
    private static long afterMarker(Bytes bytes, long from) throws DamagedPictureException {
        long at = from;
        while (bytes.u8(at) != 0xff || bytes.u8(at + 1) == 0xff || bytes.u8(at + 1) == 0) {
            at++;
        }
        return at + 2;
    }

    private static long afterScan(Bytes bytes, long from) throws DamagedPictureException {
        long at = from;
        while (bytes.u8(at) != 0xff
                || bytes.u8(at + 1) == 0
                || bytes.u8(at + 1) == 0xff
                || isRestart(bytes.u8(at + 1))) {
            at++;
        }
        return at;
    }

    private static boolean isRestart(int marker) {
        return marker >= 0xd0 && marker <= 0xd7;
    }

    /** SOF0 to SOF15, which share their numbers with DHT, JPG and DAC. */
    private static boolean isFrame(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private static String components(Bytes bytes, long at) throws DamagedPictureException {
        StringBuilder ids = new StringBuilder();
        for (int i = 0; i < bytes.u8(at + 7); i++) {
            ids.append((char) bytes.u8(at + 8 + 3L * i));
        }
        return ids.toString();
    }

    /** @see "libjpeg: default_decompress_parms" */
    private static boolean isYCc(String components, boolean jfif, int adobe) {
        if (components.length() == 3) {
            return jfif || (adobe == UNKNOWN ? !components.equals("RGB") : adobe != 0);
        }
        return components.length() == 4 && adobe != UNKNOWN && adobe != 0;
    }
}
