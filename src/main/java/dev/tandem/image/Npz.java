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
import java.util.zip.CRC32;

/**
 * An npz file of one array {@code arr_0}, uint8 [pictures, height, width, 3], as {@code numpy.savez} writes it: stored,
 * not deflated, with 64-bit sizes. Pictures are appended one by one; the sizes and the checksum are filled in at the end.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib.format</a>
 */
public final class Npz implements AutoCloseable {
    private static final byte[] NAME = "arr_0.npy".getBytes(StandardCharsets.US_ASCII);
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

    /** Of the array; the channels are three. */
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
        append(localHeader(0, 0));
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
            int before = localHeader(0, 0).remaining();
            long end = before + npyHeader(shape).remaining() + new Shape(pictures, shape.height(), shape.width()).bytes();
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
            if (first && !block.slice(0, Math.min(header.remaining(), block.limit())).equals(header)) {
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
        return ByteBuffer.wrap(
                NpyHeader.of(DType.U8, s.pictures(), s.height(), s.width(), RgbImage.CHANNELS).bytes());
    }

    private static ByteBuffer localHeader(int crc, long size) {
        return buffer(30 + NAME.length + 20)
                .putInt(LOCAL_HEADER)
                .putShort(VERSION_ZIP64)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(DATE)
                .putInt(crc)
                .putInt(-1)
                .putInt(-1)
                .putShort((short) NAME.length)
                .putShort((short) 20)
                .put(NAME)
                .putShort(ZIP64_EXTRA)
                .putShort((short) 16)
                .putLong(size)
                .putLong(size)
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
        long expected = shape.bytes() + npyHeader(shape).remaining();
        if (written != expected) {
            throw new IOException("the array holds " + written + " bytes of " + expected);
        }
        int sum = (int) crc.getValue();
        long directory = channel.position();
        ByteBuffer central = buffer(46 + NAME.length + 20)
                .putInt(CENTRAL_HEADER)
                .putShort(VERSION_ZIP64)
                .putShort(VERSION_ZIP64)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(DATE)
                .putInt(sum)
                .putInt(-1)
                .putInt(-1)
                .putShort((short) NAME.length)
                .putShort((short) 20)
                // no comment, disk 0, no attributes, and the entry at the file's start
                .put(new byte[2 + 2 + 2 + 4 + 4])
                .put(NAME)
                .putShort(ZIP64_EXTRA)
                .putShort((short) 16)
                .putLong(written)
                .putLong(written)
                .flip();
        int length = central.remaining();
        append(central);
        append(end(directory, length));
        channel.position(0);
        append(localHeader(sum, written));
        channel.close();
    }

    private static ByteBuffer end(long directory, long length) {
        return buffer(56 + 20 + 22)
                .putInt(ZIP64_END)
                .putLong(44)
                .putShort(VERSION_ZIP64)
                .putShort(VERSION_ZIP64)
                .putInt(0)
                .putInt(0)
                .putLong(1)
                .putLong(1)
                .putLong(length)
                .putLong(directory)
                .putInt(ZIP64_LOCATOR)
                .putInt(0)
                .putLong(directory + length)
                .putInt(1)
                .putInt(END)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 1)
                .putShort((short) 1)
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
