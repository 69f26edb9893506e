package dev.tandem.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A named, typed, row-major view of memory: a range of a mapped file, or memory of our own. It never copies and never
 * owns; whoever opened the memory closes it. Elements are little-endian, not necessarily aligned.
 *
 * @param data exactly {@code shape.elements() * dtype.bytes()} bytes
 */
public record Tensor(String name, DType dtype, Shape shape, MemorySegment data) {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble F64 =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    public Tensor {
        long need = Math.multiplyExact(shape.elements(), (long) dtype.bytes());
        if (data.byteSize() != need) {
            throw new IllegalArgumentException("tensor '" + name + "' (" + dtype + " " + shape + ") needs " + need
                    + " bytes, has " + data.byteSize());
        }
    }

    /** A tensor of fresh memory that the garbage collector frees. */
    public static Tensor ofFloats(String name, Shape shape, float[] values) {
        MemorySegment data = Arena.ofAuto().allocate(Math.max(1, values.length * 4L), 64);
        MemorySegment.copy(values, 0, data, F32, 0, values.length);
        return new Tensor(name, DType.F32, shape, data.asSlice(0, values.length * 4L));
    }

    public static Tensor ofInts(String name, Shape shape, int[] values) {
        MemorySegment data = Arena.ofAuto().allocate(Math.max(1, values.length * 4L), 64);
        MemorySegment.copy(values, 0, data, I32, 0, values.length);
        return new Tensor(name, DType.I32, shape, data.asSlice(0, values.length * 4L));
    }

    /** Element {@code i} in row-major order as a float. */
    public float floatAt(long i) {
        return switch (dtype) {
            case F32 -> data.get(F32, i * 4);
            case F64 -> (float) data.get(F64, i * 8);
            case F16 -> Float.float16ToFloat(data.get(I16, i * 2));
            case BF16 -> Bf16.toFloat(data.get(I16, i * 2));
            case F8_E4M3, F8_E5M2, F8_E4M3FNUZ, F8_E5M2FNUZ, F8_E8M0 ->
                Float8.toFloat(dtype, data.get(ValueLayout.JAVA_BYTE, i));
            default -> longAt(i);
        };
    }

    /** Element {@code i} in row-major order of an integer tensor; a floating one is cut off. */
    public long longAt(long i) {
        return switch (dtype) {
            case I64, U64 -> data.get(I64, i * 8);
            case I32 -> data.get(I32, i * 4);
            case U32 -> data.get(I32, i * 4) & 0xffffffffL;
            case I16 -> data.get(I16, i * 2);
            case U16 -> data.get(I16, i * 2) & 0xffff;
            case I8 -> data.get(ValueLayout.JAVA_BYTE, i);
            case U8, BOOL -> data.get(ValueLayout.JAVA_BYTE, i) & 0xff;
            default -> (long) floatAt(i);
        };
    }

    /** All elements as floats; the tensor must fit an array. */
    public float[] toFloats() {
        float[] out = new float[Math.toIntExact(shape.elements())];
        floats(0, out);
        return out;
    }

    /** As many elements as the array has, from element {@code from} on in row-major order, as floats. */
    public void floats(long from, float[] to) {
        switch (dtype) {
            case F32 -> MemorySegment.copy(data, F32, from * 4, to, 0, to.length);
            case F16 -> {
                short[] halves = shorts(from, to.length);
                for (int i = 0; i < to.length; i++) {
                    to[i] = Float.float16ToFloat(halves[i]);
                }
            }
            case BF16 -> {
                short[] halves = shorts(from, to.length);
                for (int i = 0; i < to.length; i++) {
                    to[i] = Bf16.toFloat(halves[i]);
                }
            }
            default -> {
                for (int i = 0; i < to.length; i++) {
                    to[i] = floatAt(from + i);
                }
            }
        }
    }

    private short[] shorts(long from, int count) {
        short[] out = new short[count];
        MemorySegment.copy(data, I16, from * 2, out, 0, count);
        return out;
    }

    /** All elements of an integer tensor as ints; throws ArithmeticException where one does not fit. */
    public int[] toInts() {
        int[] out = new int[Math.toIntExact(shape.elements())];
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.toIntExact(longAt(i));
        }
        return out;
    }

    /** The same elements under another shape of the same size. */
    public Tensor reshape(long... dims) {
        return new Tensor(name, dtype, Shape.of(dims), data);
    }

    @Override
    public String toString() {
        return name + " " + dtype + " " + shape;
    }
}
