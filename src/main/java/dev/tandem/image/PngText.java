package dev.tandem.image;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a PNG file says about itself, read without decoding its pixels.
 *
 * @param text uncompressed text chunks by keyword, in the file's order
 */
public record PngText(int width, int height, Map<String, String> text) {
    private static final long SIGNATURE = 0x89504e470d0a1a0aL;
    /** Longer text is none of ours. */
    private static final int MAX_TEXT = 1 << 24;

    /** Whether a file begins as PNG files do. */
    public static boolean isPng(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            return in.readLong() == SIGNATURE;
        } catch (EOFException e) {
            return false;
        }
    }

    /** @throws IOException where the file cannot be read or is no well-formed PNG; says what is wrong */
    public static PngText read(Path file) throws IOException {
        try (InputStream raw = Files.newInputStream(file);
                DataInputStream in = new DataInputStream(new BufferedInputStream(raw))) {
            if (in.readLong() != SIGNATURE) {
                throw new IOException("is not a PNG file");
            }
            int width = 0;
            int height = 0;
            Map<String, String> text = new LinkedHashMap<>();
            while (true) {
                int length = in.readInt();
                String type = new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
                if (length < 0) {
                    throw new IOException("a PNG chunk has a negative length");
                }
                boolean wanted = type.equals("IHDR") || type.equals("tEXt") || type.equals("iTXt");
                if (type.equals("IEND")) {
                    in.skipNBytes(length + 4L);
                    return new PngText(width, height, text);
                }
                if (!wanted || length > MAX_TEXT) {
                    in.skipNBytes(length + 4L);
                    continue;
                }
                byte[] body = in.readNBytes(length);
                in.skipNBytes(4);
                if (type.equals("IHDR")) {
                    java.nio.ByteBuffer header = java.nio.ByteBuffer.wrap(body);
                    if (length < 8) {
                        throw new IOException("the PNG header is too short");
                    }
                    width = header.getInt();
                    height = header.getInt();
                } else {
                    add(text, type, body);
                }
            }
        } catch (EOFException e) {
            throw new IOException("the PNG file is cut off", e);
        }
    }

    private static void add(Map<String, String> text, String type, byte[] body) {
        int end = indexOfZero(body, 0);
        if (end < 0) {
            return;
        }
        String keyword = new String(body, 0, end, StandardCharsets.ISO_8859_1);
        if (type.equals("tEXt")) {
            text.put(keyword, new String(body, end + 1, body.length - end - 1, StandardCharsets.ISO_8859_1));
            return;
        }
        // compression flag and method, then language and translated keyword, each ended by a zero
        int language = indexOfZero(body, end + 3);
        int translated = language < 0 ? -1 : indexOfZero(body, language + 1);
        if (translated >= 0 && body[end + 1] == 0) {
            text.put(keyword, new String(body, translated + 1, body.length - translated - 1, StandardCharsets.UTF_8));
        }
    }

    private static int indexOfZero(byte[] body, int from) {
        for (int i = from; i < body.length; i++) {
            if (body[i] == 0) {
                return i;
            }
        }
        return -1;
    }
}
