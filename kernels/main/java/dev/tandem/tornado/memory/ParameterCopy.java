package dev.tandem.tornado.memory;

import dev.tandem.tensor.DType;
import dev.tandem.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/**
 * Copies a parameter into an array for the device, on all processors: as it is where its type is the array's, else
 * through floats; of convolutions [out, in, taps] with taps before inputs.
 */
public final class ParameterCopy {
    /** Elements at a time, or one output's where those are more: few enough to stay in a processor's cache. */
    private static final int CHUNK = 1 << 16;

    private final Tensor tensor;
    private final float[] scales;
    private final DeviceArray.Type type;
    private final int outputs;
    private final int taps;
    private final int row;

    /** @param scales factors per row of an int8 matrix that is to become floats; else null */
    public ParameterCopy(Tensor tensor, float[] scales, DeviceArray.Type type) {
        this.tensor = tensor;
        this.scales = scales;
        this.type = type;
        int rank = tensor.shape().rank();
        this.taps = rank == 4 ? tensor.shape().size(2) * tensor.shape().size(3) : 1;
        this.outputs = rank == 0 ? 1 : Math.max(1, tensor.shape().size(0));
        this.row = Math.toIntExact(tensor.shape().elements() / outputs);
    }

    public void into(MemorySegment to) {
        long elements = tensor.shape().elements();
        boolean rows = taps > 1 || scales != null;
        int chunk = rows ? Math.max(1, CHUNK / Math.max(1, row)) * row : CHUNK;
        if (elements == 0) {
            return;
        }
        boolean same = taps == 1 && sameType();
        IntStream.range(0, Math.toIntExact((elements + chunk - 1) / chunk))
                .parallel()
                .forEach(i -> {
                    long from = (long) i * chunk;
                    int count = (int) Math.min(chunk, elements - from);
                    if (same) {
                        MemorySegment.copy(
                                tensor.data(), from * type.bytes, to, from * type.bytes, (long) count * type.bytes);
                    } else {
                        write(to, from, taps == 1 ? read(from, count) : tapsFirst(read(from, count)));
                    }
                });
    }

    private boolean sameType() {
        return switch (type) {
            case F32 -> tensor.dtype() == DType.F32;
            case F16 -> tensor.dtype() == DType.F16;
            case I8 -> tensor.dtype() == DType.I8;
            case I32, I64 -> false;
        };
    }

    private float[] read(long from, int count) {
        float[] values = new float[count];
        tensor.floats(from, values);
        if (scales != null) {
            for (int i = 0; i < count; i++) {
                values[i] *= scales[(int) ((from + i) / row)];
            }
        }
        return values;
    }

    private float[] tapsFirst(float[] values) {
        float[] out = new float[values.length];
        int inputs = row / taps;
        for (int start = 0; start < values.length; start += row) {
            for (int input = 0; input < inputs; input++) {
                for (int tap = 0; tap < taps; tap++) {
                    out[start + tap * inputs + input] = values[start + input * taps + tap];
                }
            }
        }
        return out;
    }

    private void write(MemorySegment to, long at, float[] values) {
        int n = values.length;
        switch (type) {
            case F32 -> MemorySegment.copy(values, 0, to, ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * at, n);
            case F16 -> {
                short[] halves = new short[n];
                for (int i = 0; i < n; i++) {
                    halves[i] = Float.floatToFloat16(values[i]);
                }
                MemorySegment.copy(halves, 0, to, ValueLayout.JAVA_SHORT_UNALIGNED, 2 * at, n);
            }
            case I8 -> {
                byte[] bytes = new byte[n];
                for (int i = 0; i < n; i++) {
                    bytes[i] = (byte) values[i];
                }
                MemorySegment.copy(bytes, 0, to, ValueLayout.JAVA_BYTE, at, n);
            }
            case I32, I64 -> throw new IllegalStateException("weights are no integers");
        }
    }
}
