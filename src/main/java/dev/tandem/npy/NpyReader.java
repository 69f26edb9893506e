package dev.tandem.npy;

import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.LfsPointer;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipException;

/** Reads the elements of one array in the order in which they lie, as many at a time as are asked for. */
public final class NpyReader implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final String where;
    private final NpyHeader header;

    /**
     * Reads the header.
     *
     * @param where what an error message calls the array
     */
    NpyReader(InputStream in, String where) throws IOException {
        this.in = in;
        this.where = where;
        this.header = NpyHeader.read(in, where);
    }

    /** Opens a file of one array. */
    public static NpyReader open(Path file) throws IOException {
        LfsPointer.refuse(file);
        InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        try {
            return new NpyReader(in, file.toString());
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    public NpyHeader header() {
        return header;
    }

    /** What an error message calls the array. */
    public String where() {
        return where;
    }

    /** Fills {@code to} with the next bytes of an array of bytes. */
    public void read(byte[] to) throws IOException {
        int got;
        try {
            got = in.readNBytes(to, 0, to.length);
        } catch (ZipException | EOFException e) {
            throw new FormatException(where, "is damaged or cut off (" + e.getMessage() + ")", e);
        }
        if (got < to.length) {
            throw new FormatException(where, "is cut off: it has fewer elements than its shape " + header.shape());
        }
    }

    /** Passes over bytes of elements that nobody wants. */
    void skip(long bytes) throws IOException {
        try {
            in.skipNBytes(bytes);
        } catch (ZipException | EOFException e) {
            throw new FormatException(where, "is damaged or cut off (" + e.getMessage() + ")", e);
        }
    }

    /** Fills {@code to} with the next elements. */
    public void read(double[] to) throws IOException {
        int size = header.dtype().bytes();
        byte[] raw = new byte[(int) Math.min(BUFFER, (long) to.length * size)];
        for (int at = 0; at < to.length; ) {
            int count = Math.min(raw.length / size, to.length - at);
            byte[] piece = count * size == raw.length ? raw : new byte[count * size];
            read(piece);
            ByteBuffer bytes = ByteBuffer.wrap(piece).order(header.order());
            for (int i = 0; i < count; i++) {
                to[at++] = header.element(bytes);
            }
        }
    }

    /** Fills {@code to} with the next elements. */
    public void read(float[] to) throws IOException {
        double[] wide = new double[to.length];
        read(wide);
        for (int i = 0; i < to.length; i++) {
            to[i] = (float) wide[i];
        }
    }

    /** All elements of a vector or matrix that fits an array, row by row whatever order they lie in. */
    public double[] readAll() throws IOException {
        long elements = header.shape().elements();
        if (elements > Integer.MAX_VALUE - 8) {
            throw new FormatException(where, "has " + elements + " elements, more than can be held at once");
        }
        double[] values = new double[(int) elements];
        read(values);
        if (!header.columnsFirst() || header.shape().rank() < 2) {
            return values;
        }
        if (header.shape().rank() > 2) {
            throw new FormatException(where, "lies in Fortran's order; save it with numpy.ascontiguousarray");
        }
        int rows = header.shape().size(0);
        int columns = header.shape().size(1);
        double[] turned = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            turned[i % rows * columns + i / rows] = values[i];
        }
        return turned;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
