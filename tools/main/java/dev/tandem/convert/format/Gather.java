package dev.tandem.convert.format;

import dev.tandem.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Copies of elements that do not lie in a file as they are wanted: row-major, little-endian, with their own sign. */
final class Gather {
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Gather() {}

    /**
     * The elements of a window in row-major order, in memory that the garbage collector frees.
     *
     * @param first byte of the first element
     * @param strides in elements
     * @param bytes of an element
     */
    static MemorySegment copy(MemorySegment from, long first, long[] sizes, long[] strides, int bytes) {
        long elements = 1;
        for (long size : sizes) {
            elements *= size;
        }
        MemorySegment out = Arena.ofAuto().allocate(elements * bytes, 64);
        long[] at = new long[sizes.length];
        long source = first;
        for (long to = 0; to < out.byteSize(); to += bytes) {
            MemorySegment.copy(from, source, out, to, bytes);
            for (int d = sizes.length - 1; d >= 0; d--) {
                source += strides[d] * bytes;
                if (++at[d] < sizes[d]) {
                    break;
                }
                source -= sizes[d] * strides[d] * bytes;
                at[d] = 0;
            }
        }
        return out;
    }

    /** Turns the order of bytes around in every element, of 2, 4 or 8 bytes. */
    static void swap(MemorySegment data, int bytes) {
        for (long at = 0; at < data.byteSize(); at += bytes) {
            switch (bytes) {
                case 2 -> data.set(I16, at, Short.reverseBytes(data.get(I16, at)));
                case 4 -> data.set(I32, at, Integer.reverseBytes(data.get(I32, at)));
                case 8 -> data.set(I64, at, Long.reverseBytes(data.get(I64, at)));
                default -> throw new IllegalArgumentException(bytes + " bytes");
            }
        }
    }

    /** Changes the sign of every element. */
    static void negate(MemorySegment data, DType dtype) {
        int bytes = dtype.bytes();
        for (long at = 0; at < data.byteSize(); at += bytes) {
            if (dtype.floating()) {
                long high = at + bytes - 1;
                byte flipped = (byte) (data.get(ValueLayout.JAVA_BYTE, high) ^ 0x80);
                data.set(ValueLayout.JAVA_BYTE, high, flipped);
                continue;
            }
            switch (bytes) {
                case 1 -> data.set(ValueLayout.JAVA_BYTE, at, (byte) -data.get(ValueLayout.JAVA_BYTE, at));
                case 2 -> data.set(I16, at, (short) -data.get(I16, at));
                case 4 -> data.set(I32, at, -data.get(I32, at));
                default -> data.set(I64, at, -data.get(I64, at));
            }
        }
    }
}
