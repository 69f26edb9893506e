package dev.tandem.convert.format;

import dev.tandem.tensor.FormatException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The directory of a mapped zip archive, zip64 included. Stored entries are handed out in place, which is why this is not
 * {@code java.util.zip}, who tells no offsets; deflated ones are unpacked.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE.TXT</a>
 */
final class ZipDirectory {
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int LONGEST_COMMENT = 0xffff;
    private static final int ZIP64_LOCATOR = 0x07064b50;
    private static final int ZIP64_LOCATOR_BYTES = 20;
    private static final int ZIP64_END = 0x06064b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int CENTRAL_BYTES = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_BYTES = 30;
    private static final int ZIP64_EXTRA = 1;
    private static final long MASKED = 0xffffffffL;
    private static final int CRC_CHUNK = 1 << 24;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;

    private record Entry(String name, int flags, int method, long crc, long packed, long size, long header) {}

    private final String where;
    private final MemorySegment file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** Where the directory lies. */
    private record Span(long offset, long size, long count) {}

    ZipDirectory(String where, MemorySegment file) {
        this.where = where;
        this.file = file;
        Span span = span();
        if (span.offset < 0 || span.size < 0 || span.offset > file.byteSize() - span.size) {
            throw new FormatException(where, "the zip's directory lies outside of the file");
        }
        ByteReader in = new ByteReader(where, file.asSlice(span.offset, span.size), 0);
        while (in.remaining() > 0) {
            Entry entry = central(in);
            if (entries.put(entry.name, entry) != null) {
                throw new FormatException(where, "the zip has two entries '" + entry.name + "'");
            }
        }
        if (entries.size() != span.count) {
            throw new FormatException(
                    where,
                    "the zip's directory has " + entries.size() + " entries, not the " + span.count + " it says");
        }
    }

    private Span span() {
        long last = file.byteSize() - END_BYTES;
        for (long at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
            ByteReader in = new ByteReader(where, file, at);
            if (in.i32() != END) {
                continue;
            }
            in.skip(6);
            long count = in.u16();
            long size = in.u32();
            long offset = in.u32();
            if (in.u16() != in.remaining()) {
                continue;
            }
            boolean masked = count == 0xffff || size == MASKED || offset == MASKED;
            return masked && at >= ZIP64_LOCATOR_BYTES
                    ? zip64(at - ZIP64_LOCATOR_BYTES)
                    : new Span(offset, size, count);
        }
        throw new FormatException(where, "is cut off or corrupt: a zip archive without a directory at its end");
    }

    private Span zip64(long locator) {
        ByteReader in = new ByteReader(where, file, locator);
        if (in.i32() != ZIP64_LOCATOR) {
            throw new FormatException(where, "the zip lacks its zip64 locator");
        }
        in.skip(4);
        long at = in.i64();
        if (at < 0 || at > file.byteSize()) {
            throw new FormatException(where, "the zip64 directory's end lies outside of the file");
        }
        ByteReader end = new ByteReader(where, file, at);
        if (end.i32() != ZIP64_END) {
            throw new FormatException(where, "the zip64 directory's end is not where it should be");
        }
        end.skip(28);
        long count = end.i64();
        long size = end.i64();
        return new Span(end.i64(), size, count);
    }

    private Entry central(ByteReader in) {
        if (in.remaining() < CENTRAL_BYTES || in.i32() != CENTRAL) {
            throw in.wrong("the zip's directory is corrupt");
        }
        in.skip(4);
        int flags = in.u16();
        int method = in.u16();
        in.skip(4);
        long crc = in.u32();
        long packed = in.u32();
        long size = in.u32();
        int nameBytes = in.u16();
        int extraBytes = in.u16();
        int commentBytes = in.u16();
        in.skip(8);
        long header = in.u32();
        String name = in.utf8(nameBytes);
        long extraEnd = in.position() + extraBytes;
        // the 64-bit fields stand in this order, each only where its 32-bit one is all ones
        while (extraEnd - in.position() >= 4) {
            int id = in.u16();
            int length = in.u16();
            long next = in.position() + length;
            if (next > extraEnd) {
                throw in.wrong("the zip's entry '" + name + "' has a corrupt extra field");
            }
            if (id == ZIP64_EXTRA) {
                size = size == MASKED ? in.i64() : size;
                packed = packed == MASKED ? in.i64() : packed;
                header = header == MASKED ? in.i64() : header;
                if (in.position() > next) {
                    throw in.wrong("the zip's entry '" + name + "' has a corrupt zip64 field");
                }
            }
            in.skip(next - in.position());
        }
        in.skip(extraEnd - in.position() + commentBytes);
        return new Entry(name, flags, method, crc, packed, size, header);
    }

    Set<String> names() {
        return entries.keySet();
    }

    boolean has(String name) {
        return entries.containsKey(name);
    }

    /** How many bytes {@link #bytes} gives, having made sure that they are there. */
    long size(String name) {
        Entry e = entry(name);
        packed(e);
        return e.size;
    }

    /** The bytes of an entry: in place, or unpacked in memory that the garbage collector frees. */
    MemorySegment bytes(String name) {
        Entry e = entry(name);
        MemorySegment packed = packed(e);
        return e.method == STORED ? packed : Inflate.all(where, name, packed, e.size, e.crc);
    }

    /** Whether an entry lies in the file as it is. */
    boolean stored(String name) {
        return entry(name).method == STORED;
    }

    private Entry entry(String name) {
        Entry e = entries.get(name);
        if (e == null) {
            throw new FormatException(where, "the zip has no entry '" + name + "'");
        }
        return e;
    }

    /** The bytes of an entry as the file has them. */
    private MemorySegment packed(Entry e) {
        boolean sizesFit = e.method == STORED ? e.packed == e.size : Inflate.possible(e.packed, e.size);
        if ((e.flags & 1) != 0) {
            throw new FormatException(where, "the zip's entry '" + e.name + "' is encrypted");
        }
        if (e.method != STORED && e.method != DEFLATED) {
            throw new FormatException(
                    where,
                    "the zip's entry '" + e.name + "' is compressed by method " + e.method
                            + "; only stored and deflated ones can be read");
        }
        if (!sizesFit) {
            throw new FormatException(where, "the zip's entry '" + e.name + "' has an impossible size");
        }
        if (e.header < 0 || e.header > file.byteSize() - LOCAL_BYTES) {
            throw new FormatException(where, "the zip's entry '" + e.name + "' lies outside of the file");
        }
        ByteReader local = new ByteReader(where, file, e.header);
        if (local.i32() != LOCAL) {
            throw new FormatException(where, "the zip's entry '" + e.name + "' is not where the directory says");
        }
        local.skip(22);
        long start = e.header + LOCAL_BYTES + local.u16() + local.u16();
        if (e.packed < 0 || start > file.byteSize() - e.packed) {
            throw new FormatException(where, "the zip's entry '" + e.name + "' lies outside of the file");
        }
        return file.asSlice(start, e.packed);
    }

    /**
     * Compares a stored entry with its checksum; a deflated one was compared as it was unpacked. Torch can leave
     * checksums out, which leaves zeros.
     */
    void verify(String name) {
        Entry e = entry(name);
        MemorySegment bytes = packed(e);
        if (e.crc == 0 || e.method != STORED) {
            return;
        }
        CRC32 crc = new CRC32();
        for (long at = 0; at < bytes.byteSize(); at += CRC_CHUNK) {
            crc.update(bytes.asSlice(at, Math.min(CRC_CHUNK, bytes.byteSize() - at))
                    .asByteBuffer());
        }
        if (crc.getValue() != e.crc) {
            throw new FormatException(where, "is corrupt: the zip's entry '" + name + "' does not match its checksum");
        }
    }
}
