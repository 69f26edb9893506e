package dev.tandem.evaluate;

import dev.tandem.image.RgbImage;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Rows in a mixed order that depends on nothing but what they are of: ascending by the SHA-256 of a picture (width,
 * height and its RGB bytes) or of features. So a split is a draw from all classes whatever the files are called, and a folder
 * and an array of the same pictures have the same splits on any machine.
 */
final class MixedOrder {
    private record Entry(byte[] key, float[] row) {}

    private final List<Entry> entries = new ArrayList<>();

    void add(byte[] key, float[] row) {
        entries.add(new Entry(key, row));
    }

    /** All rows, mixed. */
    float[][] rows() {
        return entries.stream()
                .sorted(Comparator.comparing(Entry::key, Arrays::compareUnsigned))
                .map(Entry::row)
                .toArray(float[][]::new);
    }

    static byte[] key(RgbImage picture) {
        MessageDigest digest = digest();
        digest.update(ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(picture.width())
                .putInt(picture.height())
                .array());
        return digest.digest(picture.rgb());
    }

    static byte[] key(float[] features) {
        ByteBuffer bytes = ByteBuffer.allocate(features.length * Float.BYTES);
        bytes.asFloatBuffer().put(features);
        return digest().digest(bytes.array());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
