package dev.tandem.convert;

import dev.tandem.tensor.Bf16;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A run of a tensor's elements as floats, and the way back into bytes of any type. Reused from run to run. */
final class FloatChunk {
    /** Elements that fit. */
    static final int CAPACITY = 1 << 20;

    private static final int EXPONENT = 0x7f800000;
    private static final int FIRST_BEYOND_F16 = Float.floatToRawIntBits(65520);
    private static final int FIRST_BEYOND_BF16 = 0x7f7f8000;
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    final float[] values = new float[CAPACITY];
    private final short[] halves = new short[CAPACITY];
    private final ByteBuffer bytes =
            ByteBuffer.allocateDirect(CAPACITY * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int count;

    int count() {
        return count;
    }

    /** Reads {@code n} elements from element {@code from} on. */
    void read(Tensor tensor, long from, int n) {
        count = n;
        MemorySegment data = tensor.data();
        switch (tensor.dtype()) {
            case F32 -> MemorySegment.copy(data, F32, from * 4, values, 0, n);
            case F16 -> {
                MemorySegment.copy(data, I16, from * 2, halves, 0, n);
                for (int i = 0; i < n; i++) {
                    values[i] = Float.float16ToFloat(halves[i]);
                }
            }
            case BF16 -> {
                MemorySegment.copy(data, I16, from * 2, halves, 0, n);
                for (int i = 0; i < n; i++) {
                    values[i] = Bf16.toFloat(halves[i]);
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    values[i] = tensor.floatAt(from + i);
                }
            }
        }
    }

    /** Index of the first value that is not finite or, rounded to that type, would not be; −1 where all are fine. */
    int firstUnfit(DType dtype) {
        int limit = switch (dtype) {
            case F16 -> FIRST_BEYOND_F16;
            case BF16 -> FIRST_BEYOND_BF16;
            default -> EXPONENT;
        };
        if (largest(0, count) < limit) {
            return -1;
        }
        int i = 0;
        while (magnitude(values[i]) < limit) {
            i++;
        }
        return i;
    }

    /** The largest magnitude in a range, as the bits of a float (whose order is that of the magnitudes). */
    int largest(int from, int to) {
        int most = 0;
        for (int i = from; i < to; i++) {
            most = Math.max(most, magnitude(values[i]));
        }
        return most;
    }

    private static int magnitude(float value) {
        return Float.floatToRawIntBits(value) & Integer.MAX_VALUE;
    }

    /** The values as bytes of a floating type, rounded to nearest even; valid until the next call. */
    ByteBuffer as(DType dtype) {
        bytes.clear();
        switch (dtype) {
            case F32 -> bytes.asFloatBuffer().put(values, 0, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    halves[i] = Float.floatToFloat16(values[i]);
                }
                bytes.asShortBuffer().put(halves, 0, count);
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    halves[i] = Bf16.fromFloat(values[i]);
                }
                bytes.asShortBuffer().put(halves, 0, count);
            }
            default -> throw new IllegalArgumentException(dtype.toString());
        }
        return bytes.limit(count * dtype.bytes());
    }
}
