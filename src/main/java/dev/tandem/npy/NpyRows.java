package dev.tandem.npy;

import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import java.io.IOException;

/**
 * The slices of an array along its first dimension, one after the other as C orders them, whatever order the array lies
 * in. One in Fortran's order has every slice spread over the whole of it: as many slices as memory has room for are
 * gathered by each pass over the file.
 */
public final class NpyRows implements AutoCloseable {
    private static final long MOST_BYTES = 1L << 28;
    /** Of the heap that a block of gathered slices may take. */
    private static final int SHARE = 8;

    private final NpzFile file;
    private final String name;
    private final NpyReader reader;
    private final long room;
    private final int rowBytes;
    private byte[] block = new byte[0];
    /** The slice that the block begins with, and the next to be asked for. */
    private long first;

    private long next;

    private NpyRows(NpzFile file, String name, NpyReader reader, long room) {
        this.file = file;
        this.name = name;
        this.reader = reader;
        this.room = room;
        Shape shape = header().shape();
        long bytes = shape.rank() == 0
                ? 0
                : shape.elements()
                        / Math.max(1, shape.dim(0))
                        * header().dtype().bytes();
        if (shape.rank() == 0 || bytes > MOST_BYTES) {
            throw new FormatException(
                    where(), shape.rank() == 0 ? "is a single number" : "has rows of " + bytes + " bytes, too many");
        }
        this.rowBytes = (int) bytes;
    }

    /** Opens an array, to be closed before its archive is. */
    public static NpyRows open(NpzFile file, String name) throws IOException {
        return open(file, name, Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / SHARE));
    }

    /** @param room in bytes, for slices that are gathered */
    static NpyRows open(NpzFile file, String name, long room) throws IOException {
        NpyReader reader = file.open(name);
        try {
            return new NpyRows(file, name, reader, room);
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    public NpyHeader header() {
        return reader.header();
    }

    /** What an error message calls the array. */
    public String where() {
        return reader.where();
    }

    /** The bytes of the next slice. */
    public byte[] next() throws IOException {
        byte[] row = new byte[rowBytes];
        if (next >= header().shape().dim(0)) {
            throw new FormatException(where(), "has no more than " + next + " rows");
        }
        if (!header().columnsFirst()) {
            reader.read(row);
            next++;
            return row;
        }
        if (next - first >= block.length / Math.max(1, rowBytes)) {
            gather();
        }
        System.arraycopy(block, (int) (next - first) * rowBytes, row, 0, rowBytes);
        next++;
        return row;
    }

    /** Passes over slices. */
    public void skip(long rows) throws IOException {
        if (rows < 0 || next + rows > header().shape().dim(0)) {
            throw new FormatException(
                    where(), "has no more than " + header().shape().dim(0) + " rows");
        }
        if (header().columnsFirst()) {
            block = new byte[0];
        } else {
            reader.skip(rows * rowBytes);
        }
        next += rows;
        first = next;
    }

    /** Reads the slices from {@link #next} on, as many as there is room for. */
    private void gather() throws IOException {
        Shape shape = header().shape();
        int size = header().dtype().bytes();
        int count = (int) Math.min(shape.dim(0) - next, Math.max(1, room / Math.max(1, rowBytes)));
        first = next;
        block = new byte[count * rowBytes];
        byte[] run = new byte[count * size];
        long[] index = new long[shape.rank()];
        try (NpyReader pass = file.open(name)) {
            for (int i = 0; i < rowBytes / size; i++) {
                pass.skip(first * size);
                pass.read(run);
                pass.skip((shape.dim(0) - first - count) * size);
                int at = place(index, shape) * size;
                for (int row = 0; row < count; row++) {
                    System.arraycopy(run, row * size, block, row * rowBytes + at, size);
                }
                advance(index, shape);
            }
        }
    }

    /** Where in a slice the element of that index stands, the last dimension fastest. */
    private static int place(long[] index, Shape shape) {
        long at = 0;
        for (int d = 1; d < index.length; d++) {
            at = at * shape.dim(d) + index[d];
        }
        return (int) at;
    }

    /** The index of the next run: the second dimension fastest, as the first runs within a run. */
    private static void advance(long[] index, Shape shape) {
        for (int d = 1; d < index.length; d++) {
            if (++index[d] < shape.dim(d)) {
                return;
            }
            index[d] = 0;
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
