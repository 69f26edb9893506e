package dev.tandem.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Git leaves in a file's place where the file itself was not downloaded. */
public final class LfsPointer {
    private static final byte[] START = "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);

    private LfsPointer() {}

    /** Fails where the file is one. */
    public static void refuse(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            if (java.util.Arrays.equals(START, in.readNBytes(START.length))) {
                throw new FormatException(
                        file.toString(), "is a Git LFS pointer, not the file itself (git lfs pull gets it)");
            }
        }
    }
}
