package dev.tandem.convert;

import dev.tandem.tensor.DType;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.SafetensorsWriter;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongConsumer;

/** Writes tensors in another type, piece by piece; what is not finite, or would not be, is an error. */
final class TensorEncoder {
    private static final int LARGEST_STEP = 127;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String origin;
    private final SafetensorsWriter out;
    private final LongConsumer progress;
    private final FloatChunk chunk;
    private final ByteBuffer steps = ByteBuffer.allocateDirect(FloatChunk.CAPACITY);

    /**
     * @param origin what an error message calls the tensors' source
     * @param chunk memory to work in
     * @param progress is told how many bytes of the source were read since the last time
     */
    TensorEncoder(String origin, SafetensorsWriter out, FloatChunk chunk, LongConsumer progress) {
        this.origin = origin;
        this.out = out;
        this.chunk = chunk;
        this.progress = progress;
    }

    /** Writes whole numbers, as they are or as I64. */
    void integers(Tensor tensor, DType dtype) throws IOException {
        out.write(tensor.dtype() == dtype ? tensor : wide(tensor));
        progress.accept(tensor.data().byteSize());
    }

    private static Tensor wide(Tensor tensor) {
        long elements = tensor.shape().elements();
        MemorySegment data = Arena.ofAuto().allocate(Math.max(1, elements) * Long.BYTES, Long.BYTES);
        for (long i = 0; i < elements; i++) {
            data.setAtIndex(LONG, i, tensor.longAt(i));
        }
        return new Tensor(tensor.name(), DType.I64, tensor.shape(), data.asSlice(0, elements * Long.BYTES));
    }

    /** Writes the elements in a floating type. */
    void floats(Tensor tensor, DType dtype, boolean infinitiesAllowed) throws IOException {
        out.begin(new SafetensorsWriter.Entry(tensor.name(), dtype, tensor.shape()));
        long elements = tensor.shape().elements();
        int width = tensor.dtype().bytes();
        for (long at = 0; at < elements; at += FloatChunk.CAPACITY) {
            int n = (int) Math.min(FloatChunk.CAPACITY, elements - at);
            chunk.read(tensor, at, n);
            if (!infinitiesAllowed) {
                check(tensor, at, dtype);
            }
            boolean same = dtype == tensor.dtype();
            out.append(
                    same ? tensor.data().asSlice(at * width, (long) n * width).asByteBuffer() : chunk.as(dtype));
            progress.accept((long) n * width);
        }
    }

    /**
     * Writes a tensor in 8 bits, symmetrically: element = step · factor, steps from −127 to 127, one factor for every
     * index of the first dimension.
     *
     * @return the factors as fp16
     */
    short[] int8(Tensor tensor) throws IOException {
        out.begin(new SafetensorsWriter.Entry(tensor.name(), DType.I8, tensor.shape()));
        int rows = tensor.shape().size(0);
        long rowLength = rows == 0 ? 0 : tensor.shape().elements() / rows;
        short[] factors = new short[rows];
        if (rowLength > FloatChunk.CAPACITY) {
            for (int row = 0; row < rows; row++) {
                factors[row] = longRow(tensor, row * rowLength, rowLength);
            }
            return factors;
        }
        int length = (int) rowLength;
        int together = length == 0 ? rows : FloatChunk.CAPACITY / length;
        for (int row = 0; row < rows && length > 0; row += together) {
            int n = Math.min(together, rows - row);
            chunk.read(tensor, (long) row * length, n * length);
            check(tensor, (long) row * length, DType.F32);
            steps.clear();
            for (int r = 0; r < n; r++) {
                factors[row + r] = factor(tensor, chunk.largest(r * length, (r + 1) * length));
                quantise(r * length, (r + 1) * length, factors[row + r]);
            }
            append(tensor, n * length);
        }
        return factors;
    }

    private short longRow(Tensor tensor, long start, long length) throws IOException {
        int largest = 0;
        for (long at = 0; at < length; at += FloatChunk.CAPACITY) {
            chunk.read(tensor, start + at, (int) Math.min(FloatChunk.CAPACITY, length - at));
            check(tensor, start + at, DType.F32);
            largest = Math.max(largest, chunk.largest(0, chunk.count()));
        }
        short factor = factor(tensor, largest);
        for (long at = 0; at < length; at += FloatChunk.CAPACITY) {
            int n = (int) Math.min(FloatChunk.CAPACITY, length - at);
            chunk.read(tensor, start + at, n);
            steps.clear();
            quantise(0, n, factor);
            append(tensor, n);
        }
        return factor;
    }

    private void append(Tensor tensor, int n) throws IOException {
        out.append(steps.flip());
        progress.accept((long) n * tensor.dtype().bytes());
    }

    /** The fp16 number that reaches the largest value in 127 steps; never 0, so that rows of zeros need no care. */
    private short factor(Tensor tensor, int largestBits) {
        float largest = Float.intBitsToFloat(largestBits);
        short factor = Float.floatToFloat16(largest / LARGEST_STEP);
        if (factor == 0) {
            factor = 1;
        }
        // near the bottom of fp16 rounding down could cost the largest values more than half a step
        if (largest / Float.float16ToFloat(factor) > LARGEST_STEP + 0.5f) {
            factor++;
        }
        if (Float.isInfinite(Float.float16ToFloat(factor))) {
            throw new FormatException(origin, "tensor '" + tensor.name() + "' has " + largest + ", too large for int8");
        }
        return factor;
    }

    private void quantise(int from, int to, short factor) {
        float f = Float.float16ToFloat(factor);
        for (int i = from; i < to; i++) {
            int step = Math.round(chunk.values[i] / f);
            steps.put((byte) Math.clamp(step, -LARGEST_STEP, LARGEST_STEP));
        }
    }

    private void check(Tensor tensor, long start, DType dtype) {
        int unfit = chunk.firstUnfit(dtype);
        if (unfit >= 0) {
            float value = chunk.values[unfit];
            throw new FormatException(
                    origin,
                    "tensor '" + tensor.name() + "' has " + value + " at element " + (start + unfit)
                            + (Float.isFinite(value) ? ", too large for " + dtype : ""));
        }
    }
}
