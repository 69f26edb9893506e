package dev.tandem.cpu.memory;

import dev.tandem.op.Weight;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A parameter left where it is (usually in a mapped file) in its stored type. Row i is everything under index i of the
 * first dimension; an int8 row has one factor.
 */
public final class CpuWeight implements Weight {
    private static final int VECTOR_ELEMENTS = 1 << 22;

    private final Tensor tensor;
    private final float[] scales;
    private final int rowLength;
    private float[] vector;

    public CpuWeight(Tensor tensor, Tensor scale) {
        this.tensor = tensor;
        this.scales = scale == null ? null : scale.toFloats();
        int rows = tensor.shape().rank() == 0 ? 1 : tensor.shape().size(0);
        this.rowLength = rows == 0 ? 0 : Math.toIntExact(tensor.shape().elements() / rows);
        if (tensor.dtype() == DType.I8 && (scales == null || scales.length != rows)) {
            throw new IllegalArgumentException("int8 weight '" + tensor.name() + "' needs one factor per row");
        }
    }

    public static CpuWeight of(Weight weight) {
        return (CpuWeight) weight;
    }

    @Override
    public String name() {
        return tensor.name();
    }

    @Override
    public Shape shape() {
        return tensor.shape();
    }

    @Override
    public int elementBytes() {
        return tensor.dtype().bytes();
    }

    public DType dtype() {
        return tensor.dtype();
    }

    /** The stored elements. */
    public MemorySegment data() {
        return tensor.data();
    }

    /** Factor of a row, 1 where the weight is not int8. */
    public float scale(int row) {
        return scales == null ? 1 : scales[row];
    }

    public int rowLength() {
        return rowLength;
    }

    /** Element {@code i} of row {@code row}. */
    public float at(int row, int i) {
        return tensor.floatAt((long) row * rowLength + i) * scale(row);
    }

    /** Copies row {@code row} into {@code out}, as floats. */
    public void row(int row, float[] out, int at) {
        long base = (long) row * rowLength;
        float factor = scale(row);
        for (int i = 0; i < rowLength; i++) {
            out[at + i] = tensor.floatAt(base + i) * factor;
        }
    }

    public float[] row(int row) {
        float[] out = new float[rowLength];
        row(row, out, 0);
        return out;
    }

    /** All elements of a small parameter (a bias, a norm's weights), converted once. */
    public float[] vector() {
        if (vector == null) {
            if (tensor.shape().elements() > VECTOR_ELEMENTS && tensor.dtype() != DType.F32) {
                throw new IllegalStateException("'" + name() + "' is too large to be kept as floats");
            }
            vector = tensor.toFloats();
        }
        return vector;
    }

    /** Makes an fp32 parameter in memory of our own hold other values. */
    public void store(float[] values, int from) {
        MemorySegment.copy(
                values, from, tensor.data(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, Math.toIntExact(shape().elements()));
        vector = null;
    }
}
