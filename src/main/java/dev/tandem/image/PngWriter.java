package dev.tandem.image;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * Writes PNG files of 8-bit RGB with text chunks. Own code, since {@code java.desktop} takes longer to start than a
 * small picture takes to draw.
 *
 * @see <a href="https://www.w3.org/TR/png-3/">PNG, third edition</a>
 */
public final class PngWriter {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int TRUECOLOUR = 2;
    private static final int LEVEL = 6;
    private static final int FILTERS = 5;

    private PngWriter() {}

    /** @param text by keyword, in order; keywords are of 1 to 79 Latin letters */
    public static void write(OutputStream out, RgbImage image, Map<String, String> text) throws IOException {
        DataOutputStream data = new DataOutputStream(out);
        begin(data, image.width(), image.height(), text);
        chunk(data, "IDAT", compressed(image));
        chunk(data, "IEND", new byte[0]);
        data.flush();
    }

    /** Signature, header and text. */
    static void begin(DataOutputStream data, int width, int height, Map<String, String> text) throws IOException {
        data.write(SIGNATURE);
        chunk(
                data,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put((byte) 8)
                        .put((byte) TRUECOLOUR)
                        .array());
        for (Map.Entry<String, String> entry : text.entrySet()) {
            text(data, entry.getKey(), entry.getValue());
        }
    }

    private static void text(DataOutputStream data, String keyword, String value) throws IOException {
        boolean latin = StandardCharsets.US_ASCII.newEncoder().canEncode(value);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(keyword.getBytes(StandardCharsets.ISO_8859_1));
        body.write(0);
        if (latin) {
            body.write(value.getBytes(StandardCharsets.ISO_8859_1));
        } else {
            // not compressed, no language, no translated keyword
            body.write(new byte[4]);
            body.write(value.getBytes(StandardCharsets.UTF_8));
        }
        chunk(data, latin ? "tEXt" : "iTXt", body.toByteArray());
    }

    static void chunk(DataOutputStream data, String type, byte[] body) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(body);
        data.writeInt(body.length);
        data.write(name);
        data.write(body);
        data.writeInt((int) crc.getValue());
    }

    /** The pixels as they stand in a chunk. */
    static byte[] compressed(RgbImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(image.rgb().length / 2 + 64);
        int stride = RgbImage.CHANNELS * image.width();
        byte[][] lines = new byte[FILTERS][stride];
        Deflater deflater = new Deflater(LEVEL);
        try (DeflaterOutputStream deflated = new DeflaterOutputStream(out, deflater)) {
            for (int y = 0; y < image.height(); y++) {
                int best = filter(image.rgb(), y * stride, y == 0 ? -1 : (y - 1) * stride, lines);
                deflated.write(best);
                deflated.write(lines[best]);
            }
        } finally {
            deflater.end();
        }
        return out.toByteArray();
    }

    /** Tries all filters on a line; gives the one with the least sum of absolute differences, as libpng does. */
    private static int filter(byte[] rgb, int at, int above, byte[][] lines) {
        int stride = lines[0].length;
        long[] sums = new long[FILTERS];
        for (int i = 0; i < stride; i++) {
            int value = rgb[at + i] & 0xff;
            int left = i < RgbImage.CHANNELS ? 0 : rgb[at + i - RgbImage.CHANNELS] & 0xff;
            int up = above < 0 ? 0 : rgb[above + i] & 0xff;
            int corner = above < 0 || i < RgbImage.CHANNELS ? 0 : rgb[above + i - RgbImage.CHANNELS] & 0xff;
            lines[0][i] = (byte) value;
            lines[1][i] = (byte) (value - left);
            lines[2][i] = (byte) (value - up);
            lines[3][i] = (byte) (value - (left + up) / 2);
            lines[4][i] = (byte) (value - paeth(left, up, corner));
            for (int f = 0; f < FILTERS; f++) {
                sums[f] += Math.abs(lines[f][i]);
            }
        }
        int best = 0;
        for (int f = 1; f < FILTERS; f++) {
            best = sums[f] < sums[best] ? f : best;
        }
        return best;
    }

    private static int paeth(int left, int up, int corner) {
        int estimate = left + up - corner;
        int dLeft = Math.abs(estimate - left);
        int dUp = Math.abs(estimate - up);
        int dCorner = Math.abs(estimate - corner);
        if (dLeft <= dUp && dLeft <= dCorner) {
            return left;
        }
        return dUp <= dCorner ? up : corner;
    }
}
