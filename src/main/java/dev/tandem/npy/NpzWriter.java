package dev.tandem.npy;

import dev.tandem.tensor.DType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes an archive of small arrays, deflated. The same arrays give the same bytes. */
public final class NpzWriter implements AutoCloseable {
    /** The first day that a zip file can tell. */
    private static final LocalDateTime NO_DATE = LocalDateTime.of(1980, 1, 1, 0, 0);

    private static final int CHUNK = 1 << 13;

    private final ZipOutputStream zip;

    /** Creates or replaces the file. */
    public NpzWriter(Path file) throws IOException {
        zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
    }

    /** Adds an array in double. */
    public void write(String name, double[] values, long... dims) throws IOException {
        begin(name, NpyHeader.of(DType.F64, dims), values.length);
        for (int at = 0; at < values.length; at += CHUNK) {
            int count = Math.min(CHUNK, values.length - at);
            ByteBuffer bytes = ByteBuffer.allocate(count * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asDoubleBuffer().put(values, at, count);
            zip.write(bytes.array());
        }
        zip.closeEntry();
    }

    /** Adds an array of 64-bit integers. */
    public void write(String name, long[] values, long... dims) throws IOException {
        begin(name, NpyHeader.of(DType.I64, dims), values.length);
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        zip.write(bytes.array());
        zip.closeEntry();
    }

    private void begin(String name, NpyHeader header, int elements) throws IOException {
        if (header.shape().elements() != elements) {
            throw new IllegalArgumentException(elements + " values do not have the shape " + header.shape());
        }
        ZipEntry entry = new ZipEntry(name + ".npy");
        entry.setTimeLocal(NO_DATE);
        zip.putNextEntry(entry);
        zip.write(header.bytes());
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
