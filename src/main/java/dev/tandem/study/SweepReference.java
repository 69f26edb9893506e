package dev.tandem.study;

import dev.tandem.image.RgbImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** What the reference plan gave. Logits, which are too many for memory, lie in a file and are read in their order. */
public final class SweepReference implements AutoCloseable {
    final List<int[]> tokens = new ArrayList<>();
    final List<RgbImage> images = new ArrayList<>();
    private final Path file;
    private final FileChannel channel;

    public SweepReference() throws IOException {
        file = Files.createTempFile("tandem-sweep", ".logits");
        channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    void write(float[] logits) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4 * logits.length).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(logits);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** From the first logits again. */
    public void rewind() throws IOException {
        channel.position(0);
    }

    float[] read(int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.nativeOrder());
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException(file + " ended early");
            }
        }
        float[] out = new float[count];
        bytes.flip().asFloatBuffer().get(out);
        return out;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
