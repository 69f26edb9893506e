package dev.tandem.image;

import dev.tandem.npy.NpyHeader;
import dev.tandem.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * An npz file of an array {@code arr_0}, uint8 [pictures, height, width, 3], as {@code numpy.savez} writes it: stored,
 * not deflated, with 64-bit sizes. Pictures are appended one by one; the sizes and the checksum are filled in at the end.
 * Labels of the pictures may follow as {@code arr_1}, int64 [pictures], as in guided-diffusion's sets.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib.format</a>
 */
public final class Npz implements AutoCloseable {
    /** Names of the arrays: NumPy's where one gives none. */
    public static final String PICTURES = "arr_0";

    public static final String LABELS = "arr_1";

    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int ZIP64_END = 0x06064b50;
    private static final int ZIP64_LOCATOR = 0x07064b50;
    private static final int END = 0x06054b50;
    private static final short VERSION_ZIP64 = 45;
    private static final short ZIP64_EXTRA = 1;
    /** The first day that a zip file can tell, 1 January 1980: the same pictures give the same file. */
    private static final int DATE = 0x00210000;

    private static final int BLOCK = 1 << 20;

    /** An array as the directory at the end lists it. */
    private record Entry(String name, int crc, long size, long offset) {
        /** For pictures that are still to come: their size and checksum are not known yet. */
        static Entry begun() {
            return new Entry(PICTURES, 0, 0, 0);
        }

        byte[] file() {
            return (name + ".npy").getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** Of the pictures' array; the channels are three. */
    public record Shape(long pictures, int height, int width) {
        long bytes() {
            return pictures * height * width * RgbImage.CHANNELS;
        }
    }

    private final FileChannel channel;
    private final Shape shape;
    private final CRC32 crc = new CRC32();
    private long written;

    public Npz(Path file, Shape shape) throws IOException {
        this.shape = shape;
        channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        append(localHeader(Entry.begun()));
        checked(npyHeader(shape));
    }

    private Npz(FileChannel channel, Shape shape) {
        this.channel = channel;
        this.shape = shape;
    }

    /**
     * Goes on with a file after its first {@code pictures}; what stands behind them is thrown away.
     *
     * @throws IOException where the file does not begin as one of this shape does, or is shorter
     */
    public static Npz resume(Path file, Shape shape, long pictures) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            Npz npz = new Npz(channel, shape);
            int before = localHeader(Entry.begun()).remaining();
            long end =
                    before + npyHeader(shape).remaining() + new Shape(pictures, shape.height(), shape.width()).bytes();
            if (channel.size() < end) {
                throw new IOException(file + ": holds fewer than " + pictures + " pictures");
            }
            channel.truncate(end);
            channel.position(before);
            npz.reread(file);
            return npz;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Brings the checksum up to what the file holds. */
    private void reread(Path file) throws IOException {
        ByteBuffer header = npyHeader(shape);
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        for (boolean first = true; channel.read(block.clear()) >= 0; first = false) {
            block.flip();
            if (first
                    && !block.slice(0, Math.min(header.remaining(), block.limit()))
                            .equals(header)) {
                throw new IOException(file + ": is not the npz file that was begun");
            }
            written += block.remaining();
            crc.update(block);
        }
    }

    /** Makes sure that all pictures so far outlive this process. */
    public void flush() throws IOException {
        channel.force(false);
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer npyHeader(Shape s) {
        return ByteBuffer.wrap(NpyHeader.of(DType.U8, s.pictures(), s.height(), s.width(), RgbImage.CHANNELS)
                .bytes());
    }

    private static ByteBuffer localHeader(Entry entry) {
        byte[] name = entry.file();
        return buffer(30 + name.length + 20)
                .putInt(LOCAL_HEADER)
                .putShort(VERSION_ZIP64)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(DATE)
                .putInt(entry.crc())
                .putInt(-1)
                .putInt(-1)
                .putShort((short) name.length)
                .putShort((short) 20)
                .put(name)
                .putShort(ZIP64_EXTRA)
                .putShort((short) 16)
                .putLong(entry.size())
                .putLong(entry.size())
                .flip();
    }

    /** Appends the next picture. */
    public void write(RgbImage image) throws IOException {
        if (image.width() != shape.width() || image.height() != shape.height()) {
            throw new IllegalArgumentException("a picture of " + image.width() + "×" + image.height()
                    + " does not fit an array of " + shape.width() + "×" + shape.height());
        }
        checked(ByteBuffer.wrap(image.rgb()));
    }

    private void checked(ByteBuffer bytes) throws IOException {
        crc.update(bytes.duplicate());
        written += bytes.remaining();
        append(bytes);
    }

    private void append(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Completes the file after the last picture. */
    public void finish() throws IOException {
        finish(null);
    }

    /**
     * Completes the file after the last picture.
     *
     * @param labels of all pictures; null for an array of pictures alone
     */
    public void finish(long[] labels) throws IOException {
        long expected = shape.bytes() + npyHeader(shape).remaining();
        if (written != expected) {
            throw new IOException("the array holds " + written + " bytes of " + expected);
        }
        List<Entry> entries = new ArrayList<>();
        entries.add(new Entry(PICTURES, (int) crc.getValue(), written, 0));
        if (labels != null) {
            entries.add(appendLabels(labels));
        }
        long directory = channel.position();
        for (Entry entry : entries) {
            append(central(entry));
        }
        append(end(entries.size(), directory, channel.position() - directory));
        channel.position(0);
        append(localHeader(entries.getFirst()));
        channel.close();
    }

    private Entry appendLabels(long[] labels) throws IOException {
        if (labels.length != shape.pictures()) {
            throw new IllegalArgumentException(labels.length + " labels for " + shape.pictures() + " pictures");
        }
        byte[] header = NpyHeader.of(DType.I64, labels.length).bytes();
        ByteBuffer array = buffer(header.length + labels.length * Long.BYTES).put(header);
        array.slice().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(labels);
        array.rewind();
        CRC32 sum = new CRC32();
        sum.update(array.duplicate());
        Entry entry = new Entry(LABELS, (int) sum.getValue(), array.remaining(), channel.position());
        append(localHeader(entry));
        append(array);
        return entry;
    }

    private static ByteBuffer central(Entry entry) {
        byte[] name = entry.file();
        // an entry at the file's start needs no 64-bit offset
        int extra = entry.offset() == 0 ? 16 : 24;
        ByteBuffer central = buffer(46 + name.length + 4 + extra)
                .putInt(CENTRAL_HEADER)
                .putShort(VERSION_ZIP64)
                .putShort(VERSION_ZIP64)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(DATE)
                .putInt(entry.crc())
                .putInt(-1)
                .putInt(-1)
                .putShort((short) name.length)
                .putShort((short) (4 + extra))
                // no comment, disk 0, no attributes
                .put(new byte[2 + 2 + 2 + 4])
                .putInt(entry.offset() == 0 ? 0 : -1)
                .put(name)
                .putShort(ZIP64_EXTRA)
                .putShort((short) extra)
                .putLong(entry.size())
                .putLong(entry.size());
        if (entry.offset() != 0) {
            central.putLong(entry.offset());
        }
        return central.flip();
    }

    private static ByteBuffer end(int entries, long directory, long length) {
        return buffer(56 + 20 + 22)
                .putInt(ZIP64_END)
                .putLong(44)
                .putShort(VERSION_ZIP64)
                .putShort(VERSION_ZIP64)
                .putInt(0)
                .putInt(0)
                .putLong(entries)
                .putLong(entries)
                .putLong(length)
                .putLong(directory)
                .putInt(ZIP64_LOCATOR)
                .putInt(0)
                .putLong(directory + length)
                .putInt(1)
                .putInt(END)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) entries)
                .putShort((short) entries)
                .putInt((int) length)
                .putInt(-1)
                .putShort((short) 0)
                .flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
