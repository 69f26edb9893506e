package dev.tandem.engine;

import dev.tandem.op.Buffer;
import dev.tandem.op.KvCache;
import dev.tandem.op.KvShape;
import dev.tandem.op.Ops;
import dev.tandem.op.TraceOps;
import dev.tandem.op.Weight;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A session that allocates and computes nothing: it counts the bytes that a run would take and lists the operations
 * that it would perform. Whatever loads and records into it is measured exactly as it would run.
 */
public final class PlanSession implements Session {
    private final int activationBytes;
    private final int parameterBytes;
    private final List<String> operations = new ArrayList<>();
    private final Map<String, Long> overlays = new HashMap<>();
    private long weightBytes;
    private long bufferBytes;
    private long largestBuffer;

    /** @param activationBytes of one element of {@link Buffer.Kind#ACTIVATIONS} and of a cache */
    public PlanSession(int activationBytes) {
        this(activationBytes, 0);
    }

    /** @param parameterBytes of one element of a floating-point parameter; 0 where they stay as they are stored */
    public PlanSession(int activationBytes, int parameterBytes) {
        this.activationBytes = activationBytes;
        this.parameterBytes = parameterBytes;
    }

    private record PlanBuffer(String name, Kind kind, Shape shape, int elementBytes) implements Buffer {
        @Override
        public Buffer slice(long offset, long... dims) {
            Shape view = Shape.of(dims);
            if (offset < 0 || offset + view.elements() > shape.elements()) {
                throw new IllegalArgumentException(
                        "view " + view + " at " + offset + " exceeds buffer '" + name + "' of " + shape);
            }
            return new PlanBuffer(name, kind, view, elementBytes);
        }
    }

    private record PlanWeight(String name, Shape shape, int elementBytes) implements Weight {}

    private record PlanCache(int rows, int heads, int headSize, int capacity, int elementBytes) implements KvCache {}

    @Override
    public String description() {
        return "nothing (a plan)";
    }

    @Override
    public Buffer floats(String name, long... dims) {
        return buffer(name, Buffer.Kind.FLOATS, 4, dims);
    }

    @Override
    public Buffer activations(String name, long... dims) {
        return buffer(name, Buffer.Kind.ACTIVATIONS, activationBytes, dims);
    }

    @Override
    public Buffer ints(String name, long... dims) {
        return buffer(name, Buffer.Kind.INTS, 4, dims);
    }

    private Buffer buffer(String name, Buffer.Kind kind, int bytes, long... dims) {
        Shape shape = Shape.of(dims);
        bufferBytes += shape.elements() * bytes;
        largestBuffer = Math.max(largestBuffer, shape.elements());
        return new PlanBuffer(name, kind, shape, bytes);
    }

    @Override
    public Weight weight(Tensor tensor, Tensor scale) {
        // int8 stays int8, but where a device has fast kernels for fp16 alone
        boolean kept = parameterBytes == 0 || !tensor.dtype().floating() && parameterBytes > Short.BYTES;
        int elementBytes = kept ? tensor.dtype().bytes() : parameterBytes;
        weightBytes += tensor.shape().elements() * elementBytes;
        weightBytes += scale == null ? 0 : scale.data().byteSize();
        return new PlanWeight(tensor.name(), tensor.shape(), elementBytes);
    }

    @Override
    public List<KvCache> kvCaches(String overlay, KvShape shape) {
        KvShape.Strips strips = shape.strips(1, KvShape.MOST);
        largestBuffer = Math.max(largestBuffer, strips.elements(0));
        overlays.merge(overlay, 2 * strips.elements() * activationBytes, Math::max);
        KvCache cache = new PlanCache(shape.rows(), shape.heads(), shape.headSize(), shape.capacity(), activationBytes);
        return Collections.nCopies(shape.blocks(), cache);
    }

    @Override
    public Program program(String name, Consumer<Ops> body) {
        body.accept(TraceOps.to(operations::add));
        return new Program() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void run() {
                throw new UnsupportedOperationException("a plan cannot run");
            }
        };
    }

    @Override
    public void write(Buffer buffer, float[] values) {
        throw new UnsupportedOperationException("a plan has no memory");
    }

    @Override
    public void write(Buffer buffer, int[] values) {
        throw new UnsupportedOperationException("a plan has no memory");
    }

    @Override
    public float[] readFloats(Buffer buffer) {
        throw new UnsupportedOperationException("a plan has no memory");
    }

    @Override
    public int[] readInts(Buffer buffer) {
        throw new UnsupportedOperationException("a plan has no memory");
    }

    @Override
    public void close() {}

    /** Bytes of all weights as they are stored. */
    public long weightBytes() {
        return weightBytes;
    }

    /** Bytes of all buffers and caches. */
    public long bufferBytes() {
        return bufferBytes + cacheBytes();
    }

    /** Bytes of the key and value caches, overlaid ones once. */
    public long cacheBytes() {
        return overlays.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Elements of the largest single array. */
    public long largestBuffer() {
        return largestBuffer;
    }

    /** Every operation that was recorded, one line each. */
    public List<String> operations() {
        return List.copyOf(operations);
    }
}
