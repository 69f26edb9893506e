package dev.tandem.image;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * Writes animated PNG files, which programs that know no animation show as their first frame.
 *
 * @see <a href="https://www.w3.org/TR/png-3/#apng-frame-based-animation">PNG, third edition, APNG</a>
 */
public final class ApngWriter {
    private static final short PER_SECOND = 1000;

    private ApngWriter() {}

    /** A picture and for how long it stands. */
    public record Frame(RgbImage image, int milliseconds) {
        public Frame {
            if (milliseconds < 1 || milliseconds > Short.MAX_VALUE) {
                throw new IllegalArgumentException("a frame stands for 1 to 32767 ms, not " + milliseconds);
            }
        }
    }

    /**
     * Repeats for ever.
     *
     * @param frames of one size
     */
    public static void write(OutputStream out, List<Frame> frames, Map<String, String> text) throws IOException {
        DataOutputStream data = new DataOutputStream(out);
        int width = frames.getFirst().image().width();
        int height = frames.getFirst().image().height();
        PngWriter.begin(data, width, height, text);
        PngWriter.chunk(
                data, "acTL", ByteBuffer.allocate(8).putInt(frames.size()).array());
        int sequence = 0;
        for (int i = 0; i < frames.size(); i++) {
            RgbImage image = frames.get(i).image();
            if (image.width() != width || image.height() != height) {
                throw new IllegalArgumentException("frames must be of one size");
            }
            // at the left upper corner, replacing all that was there
            PngWriter.chunk(
                    data,
                    "fcTL",
                    ByteBuffer.allocate(26)
                            .putInt(sequence++)
                            .putInt(width)
                            .putInt(height)
                            .putLong(0)
                            .putShort((short) frames.get(i).milliseconds())
                            .putShort(PER_SECOND)
                            .array());
            byte[] pixels = PngWriter.compressed(image);
            if (i == 0) {
                PngWriter.chunk(data, "IDAT", pixels);
            } else {
                ByteBuffer body = ByteBuffer.allocate(4 + pixels.length);
                body.putInt(sequence++).put(pixels);
                PngWriter.chunk(data, "fdAT", body.array());
            }
        }
        PngWriter.chunk(data, "IEND", new byte[0]);
        data.flush();
    }
}
