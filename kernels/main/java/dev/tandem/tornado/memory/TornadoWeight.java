package dev.tandem.tornado.memory;

import dev.tandem.op.Weight;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import dev.tandem.tornado.nvidia.NvidiaLibraries;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/**
 * A parameter that goes to the device when an operation first needs it, in the form that the operation wants: large
 * matrices in the session's type (int8 stays int8, but where libraries and tensor cores take fp16 alone), what enters sums
 * directly in fp32, convolutions with their taps before their inputs.
 */
public final class TornadoWeight implements Weight {
    /** Outputs that lie beside each other in {@link #blocks}. */
    public static final int BLOCK = 8;

    private final Tensor tensor;
    private final float[] scales;
    private final DeviceArray.Type stored;
    private final DeviceMemory memory;
    private DeviceArray matrix;
    private DeviceArray floats;
    private DeviceArray halves;
    private DeviceArray factors;
    private DeviceArray blocks;

    /** @param expand whether int8 becomes what the session stores */
    public TornadoWeight(Tensor tensor, Tensor scale, DeviceArray.Type storage, boolean expand, DeviceMemory memory) {
        this.tensor = tensor;
        this.scales = scale == null ? null : scale.toFloats();
        this.stored = tensor.dtype() == DType.I8 && !expand ? DeviceArray.Type.I8 : storage;
        this.memory = memory;
        if (tensor.dtype() == DType.I8
                && (scales == null || scales.length != tensor.shape().size(0))) {
            throw new IllegalArgumentException("int8 weight '" + tensor.name() + "' needs one factor per row");
        }
    }

    public static TornadoWeight of(Weight weight) {
        return (TornadoWeight) weight;
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
        return stored.bytes;
    }

    /** As the left factor of a product: [out, in], or [out, kh · kw, in] of a convolution. */
    public DeviceArray matrix() {
        if (matrix == null) {
            matrix = upload(stored);
        }
        return matrix;
    }

    /** As {@link #matrix}, always fp32. */
    public DeviceArray floats() {
        if (floats == null) {
            floats = matrix != null && matrix.type() == DeviceArray.Type.F32 ? matrix : upload(DeviceArray.Type.F32);
        }
        return floats;
    }

    /** Factors per row of an int8 matrix, else null. */
    public DeviceArray factors() {
        if (factors == null && stored == DeviceArray.Type.I8) {
            factors = new DeviceArray(name() + ".scale", DeviceArray.Type.F32, scales.length);
            memory.place(factors);
            MemorySegment.copy(scales, 0, factors.mirror(), ValueLayout.JAVA_FLOAT, 0, scales.length);
            memory.upload(factors);
        }
        return factors;
    }

    /**
     * In fp16, with rows of zeros until their number is a multiple of {@link NvidiaLibraries#ALIGNMENT}: {@link #matrix}
     * itself where it is both already.
     */
    public DeviceArray halves() {
        if (halves == null) {
            long rows = (long) Math.ceilDiv(size(0), NvidiaLibraries.ALIGNMENT) * NvidiaLibraries.ALIGNMENT;
            halves = rows == size(0) && matrix().type() == DeviceArray.Type.F16
                    ? matrix
                    : upload(DeviceArray.Type.F16, shape().elements() / size(0) * rows);
        }
        return halves;
    }

    /** Whether {@link #matrix} is, or would be, of fp16. */
    public boolean halved() {
        return stored == DeviceArray.Type.F16;
    }

    /**
     * {@link #matrix} [N, K] in fp16 as tensor cores' kernels want it: [N/8, K, 8], with rows of zeros until their number
     * is a multiple of {@link #BLOCK}.
     */
    public DeviceArray blocks() {
        if (blocks == null) {
            int outputs = size(0);
            int inputs = Math.toIntExact(shape().elements() / outputs);
            int bands = Math.ceilDiv(outputs, BLOCK);
            int taps = shape().rank() == 4 ? shape().size(2) * shape().size(3) : 1;
            int channels = inputs / taps;
            blocks = new DeviceArray(name(), DeviceArray.Type.F16, (long) bands * BLOCK * inputs);
            memory.place(blocks);
            long start = System.nanoTime();
            MemorySegment to = blocks.mirror();
            boolean same = tensor.dtype() == DType.F16;
            IntStream.range(0, bands).parallel().forEach(band -> {
                int rows = Math.min(BLOCK, outputs - band * BLOCK);
                for (int i = 0; i < inputs; i++) {
                    long at = ((long) band * inputs + i) * BLOCK;
                    for (int n = 0; n < rows; n++) {
                        long row = (long) (band * BLOCK + n) * inputs;
                        long from = row + i % channels * taps + i / channels;
                        short bits = same
                                ? tensor.data().get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * from)
                                : Float.floatToFloat16(value(from, inputs));
                        to.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * (at + n), bits);
                    }
                }
            });
            memory.statistics().converted(System.nanoTime() - start);
            memory.upload(blocks);
        }
        return blocks;
    }

    private DeviceArray upload(DeviceArray.Type type) {
        return upload(type, shape().elements());
    }

    private DeviceArray upload(DeviceArray.Type type, long size) {
        DeviceArray a = new DeviceArray(name(), type, size);
        memory.place(a);
        long start = System.nanoTime();
        new ParameterCopy(tensor, type == DeviceArray.Type.I8 ? null : scales, type).into(a.mirror());
        memory.statistics().converted(System.nanoTime() - start);
        memory.upload(a);
        return a;
    }

    private float value(long i, long row) {
        float v = tensor.floatAt(i);
        return scales == null ? v : v * scales[(int) (i / row)];
    }
}
