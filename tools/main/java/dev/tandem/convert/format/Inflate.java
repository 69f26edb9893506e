package dev.tandem.convert.format;

import dev.tandem.tensor.FormatException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Unpacks deflated entries of zip archives. */
final class Inflate {
    /** The most that a byte of deflate can become. */
    private static final long MOST_PER_BYTE = 1032;

    private static final int CHUNK = 1 << 20;

    private Inflate() {}

    /** Whether so few bytes can become so many. */
    static boolean possible(long packed, long size) {
        return packed >= 0 && size >= 0 && size / MOST_PER_BYTE <= packed;
    }

    /**
     * All bytes of an entry, in memory that the garbage collector frees.
     *
     * @param crc of the unpacked bytes, 0 where there is none
     */
    static MemorySegment all(String where, String name, MemorySegment packed, long size, long crc) {
        Inflater inflater = new Inflater(true);
        try {
            MemorySegment out = Arena.ofAuto().allocate(Math.max(1, size), 64).asSlice(0, size);
            fill(inflater, packed, out);
            CRC32 sum = new CRC32();
            for (long at = 0; at < size; at += CHUNK) {
                sum.update(out.asSlice(at, Math.min(CHUNK, size - at)).asByteBuffer());
            }
            if (crc != 0 && sum.getValue() != crc) {
                throw new FormatException(
                        where, "is corrupt: the zip's entry '" + name + "' does not match its checksum");
            }
            return out;
        } catch (DataFormatException e) {
            throw new FormatException(where, "is corrupt: the zip's entry '" + name + "' can't be unpacked", e);
        } catch (OutOfMemoryError e) {
            // only this one allocation failed: nothing else is harmed
            throw new FormatException(
                    where, "the zip's entry '" + name + "' is too large to be unpacked in memory; zip it stored");
        } finally {
            inflater.end();
        }
    }

    private static void fill(Inflater inflater, MemorySegment packed, MemorySegment out) throws DataFormatException {
        long from = 0;
        long to = 0;
        ByteBuffer spill = ByteBuffer.allocate(1);
        while (!inflater.finished()) {
            if (inflater.needsInput()) {
                long n = Math.min(CHUNK, packed.byteSize() - from);
                if (n == 0) {
                    throw new DataFormatException("cut off");
                }
                inflater.setInput(packed.asSlice(from, n).asByteBuffer());
                from += n;
            }
            // at the end a further byte must not come
            ByteBuffer room = to < out.byteSize()
                    ? out.asSlice(to, Math.min(CHUNK, out.byteSize() - to)).asByteBuffer()
                    : spill.clear();
            int n = inflater.inflate(room);
            if (inflater.needsDictionary() || (n > 0 && to == out.byteSize())) {
                throw new DataFormatException("of another size");
            }
            to += n;
        }
        if (to != out.byteSize()) {
            throw new DataFormatException("of another size");
        }
    }
}
