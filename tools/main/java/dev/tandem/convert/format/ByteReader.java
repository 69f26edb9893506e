package dev.tandem.convert.format;

import dev.tandem.tensor.FormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads little-endian values one after the other; what is asked for beyond the end is a {@link FormatException}. */
final class ByteReader {
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String where;
    private final MemorySegment bytes;
    private long position;

    /** @param where what an error message calls the bytes */
    ByteReader(String where, MemorySegment bytes, long position) {
        this.where = where;
        this.bytes = bytes;
        this.position = position;
    }

    String where() {
        return where;
    }

    long position() {
        return position;
    }

    long remaining() {
        return bytes.byteSize() - position;
    }

    FormatException wrong(String what) {
        return new FormatException(where, what + " at byte " + position);
    }

    private long advance(long n) {
        if (n < 0 || n > remaining()) {
            throw new FormatException(
                    where,
                    "is cut off or corrupt: " + Long.toUnsignedString(n) + " bytes are wanted at byte " + position
                            + " of " + bytes.byteSize());
        }
        long at = position;
        position += n;
        return at;
    }

    void skip(long n) {
        advance(n);
    }

    int u8() {
        return bytes.get(ValueLayout.JAVA_BYTE, advance(1)) & 0xff;
    }

    int u16() {
        return bytes.get(I16, advance(2)) & 0xffff;
    }

    int i32() {
        return bytes.get(I32, advance(4));
    }

    long u32() {
        return i32() & 0xffffffffL;
    }

    long i64() {
        return bytes.get(I64, advance(8));
    }

    double bigEndianDouble() {
        return Double.longBitsToDouble(Long.reverseBytes(i64()));
    }

    byte[] take(long n) {
        return bytes.asSlice(advance(n), n).toArray(ValueLayout.JAVA_BYTE);
    }

    String utf8(long n) {
        byte[] text = take(n);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException e) {
            throw wrong("text that is not UTF-8 ends");
        }
    }

    /** Up to the next line feed, which is consumed and not returned. */
    String line(int longest) {
        StringBuilder line = new StringBuilder();
        for (int c = u8(); c != '\n'; c = u8()) {
            if (line.length() == longest) {
                throw wrong("a line longer than " + longest + " characters");
            }
            line.append((char) c);
        }
        return line.toString();
    }
}
