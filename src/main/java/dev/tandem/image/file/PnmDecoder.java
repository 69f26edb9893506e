package dev.tandem.image.file;

import dev.tandem.image.RgbImage;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * PBM, PGM, PPM, plain or raw, and PAM. Values are brought to 8 bits as Pillow rounds them, which plug-ins do otherwise.
 */
final class PnmDecoder {
    private static final int MOST_OF_TWO_BYTES = 65535;
    /** Of a PAM file, by what its tuples are: how many channels are colours. */
    private static final Map<String, Integer> COLOURS = Map.of(
            "BLACKANDWHITE",
            1,
            "GRAYSCALE",
            1,
            "RGB",
            3,
            "BLACKANDWHITE_ALPHA",
            1,
            "GRAYSCALE_ALPHA",
            1,
            "RGB_ALPHA",
            3);

    private final Bytes bytes;
    private int at = 2;

    private PnmDecoder(byte[] file) {
        this.bytes = new Bytes(file, ByteOrder.BIG_ENDIAN);
    }

    static Decoded decode(byte[] file) throws IOException {
        return new PnmDecoder(file).decode(file[1] - '0');
    }

    private Decoded decode(int kind) throws IOException {
        if (kind == 7) {
            return pam();
        }
        boolean plain = kind <= 3;
        boolean bits = kind == 1 || kind == 4;
        int channels = kind == 3 || kind == 6 ? RgbImage.CHANNELS : 1;
        int width = number();
        int height = number();
        int most = bits ? 1 : number();
        Readers.checkSize(width, height);
        checkMost(most);
        int[] values = new int[width * height * channels];
        if (!plain) {
            at++;
            if (bits) {
                packed(values, width, height);
            } else {
                binary(values, most);
            }
        } else {
            for (int i = 0; i < values.length; i++) {
                values[i] = bits ? bit() : number();
            }
        }
        if (bits) {
            for (int i = 0; i < values.length; i++) {
                values[i] = 1 - values[i];
            }
        }
        return picture(values, width, height, channels, channels, most);
    }

    private Decoded pam() throws IOException {
        int width = 0;
        int height = 0;
        int depth = 0;
        int most = 0;
        String tuples = "";
        for (String line = line(); !line.equals("ENDHDR"); line = line()) {
            String[] words = line.strip().split("\\s+", 2);
            switch (words[0]) {
                case "WIDTH" -> width = value(words);
                case "HEIGHT" -> height = value(words);
                case "DEPTH" -> depth = value(words);
                case "MAXVAL" -> most = value(words);
                case "TUPLTYPE" -> tuples = words[words.length - 1];
                default -> {} // comments, and what nobody has defined
            }
        }
        Readers.checkSize(width, height);
        checkMost(most);
        int colours = COLOURS.getOrDefault(tuples, depth >= RgbImage.CHANNELS ? RgbImage.CHANNELS : 1);
        if (depth < colours || depth > colours + 1) {
            throw new DamagedPictureException(
                    "has " + depth + " channels in tuples of " + tuples + ", which is not read");
        }
        int[] values = new int[Math.multiplyExact(width * height, depth)];
        binary(values, most);
        return picture(values, width, height, depth, colours, most);
    }

    private static int value(String[] words) throws IOException {
        try {
            return Integer.parseInt(words[1]);
        } catch (RuntimeException e) {
            throw new DamagedPictureException("is damaged: its header has no number for " + words[0]);
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (bytes.u8(at) != '\n') {
            line.append((char) bytes.u8(at++));
        }
        at++;
        return line.toString();
    }

    private static void checkMost(int most) throws IOException {
        if (most < 1 || most > MOST_OF_TWO_BYTES) {
            throw new DamagedPictureException("is damaged: its header says that values go up to " + most);
        }
    }

    private void packed(int[] values, int width, int height) throws IOException {
        int stride = (width + 7) / 8;
        bytes.require(at, (long) stride * height);
        for (int i = 0; i < values.length; i++) {
            int x = i % width;
            values[i] = bytes.u8(at + (long) i / width * stride + x / 8) >> 7 - x % 8 & 1;
        }
    }

    private void binary(int[] values, int most) throws IOException {
        int width = most > RgbImage.MOST ? 2 : 1;
        bytes.require(at, (long) width * values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = width == 1 ? bytes.u8(at + i) : bytes.u16(at + 2L * i);
        }
    }

    /** White space and comments are passed over. */
    private void skip() throws IOException {
        while (bytes.u8(at) == '#' || Character.isWhitespace(bytes.u8(at))) {
            if (bytes.u8(at) == '#') {
                while (bytes.u8(at) != '\n' && bytes.u8(at) != '\r') {
                    at++;
                }
            }
            at++;
        }
    }

    private int number() throws IOException {
        skip();
        long value = 0;
        int from = at;
        while (at < bytes.length() && Character.isDigit(bytes.u8(at))) {
            value = Math.min(Integer.MAX_VALUE, 10 * value + bytes.u8(at++) - '0');
        }
        if (at == from) {
            throw new DamagedPictureException("is damaged: a number is missing");
        }
        return (int) value;
    }

    private int bit() throws IOException {
        skip();
        int bit = bytes.u8(at++) - '0';
        if (bit != 0 && bit != 1) {
            throw new DamagedPictureException("is damaged: a pixel is neither 0 nor 1");
        }
        return bit;
    }

    private static Decoded picture(int[] values, int width, int height, int channels, int colours, int most)
            throws IOException {
        byte[][] planes = new byte[channels][width * height];
        boolean fine = channels == 1 && most > RgbImage.MOST;
        for (int i = 0; i < values.length; i++) {
            if (values[i] > most) {
                throw new DamagedPictureException("is damaged: a value is " + values[i] + ", more than " + most);
            }
            planes[i % channels][i / channels] = (byte) (fine ? upperByte(values[i], most) : level(values[i], most));
        }
        RgbImage rgb = colours == 1
                ? Samples.grey(planes[0], width, height)
                : Samples.interleaved(width, height, planes[0], planes[1], planes[2]);
        return new Decoded(rgb, channels > colours ? planes[colours] : null, Orientation.UPRIGHT);
    }

    private static int level(int value, int most) {
        return (int) Math.rint((double) value / most * RgbImage.MOST);
    }

    /** Of 16 bits of grey the upper ones count, as in other formats. */
    private static int upperByte(int value, int most) {
        return (int) Math.rint((double) value / most * MOST_OF_TWO_BYTES) >> 8;
    }
}
