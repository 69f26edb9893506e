package dev.tandem.cpu;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuKvCache;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.work.Workers;
import dev.tandem.engine.Program;
import dev.tandem.engine.TrainingSession;
import dev.tandem.op.Buffer;
import dev.tandem.op.KvCache;
import dev.tandem.op.KvShape;
import dev.tandem.op.Ops;
import dev.tandem.op.TrainingOps;
import dev.tandem.op.Weight;
import dev.tandem.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** Runs operations as they are called, on buffers in the Java heap and weights where they lie. */
final class CpuSession implements TrainingSession {
    private final String description;
    private final Workers workers;
    private final Ops ops;
    private final TrainingOps training;

    /** Per overlay, the stores of its strips. */
    private final Map<String, List<CpuKvCache.Store>> stores = new HashMap<>();

    CpuSession(String description, int threads, Function<Workers, Ops> ops, Function<Workers, TrainingOps> training) {
        this.description = description;
        this.workers = new Workers(threads);
        this.ops = ops.apply(workers);
        this.training = training.apply(workers);
    }

    @Override
    public String description() {
        return description + ", " + workers.threads() + (workers.threads() == 1 ? " thread" : " threads");
    }

    @Override
    public Buffer floats(String name, long... dims) {
        return CpuBuffer.allocate(name, Buffer.Kind.FLOATS, dims);
    }

    @Override
    public Buffer activations(String name, long... dims) {
        return CpuBuffer.allocate(name, Buffer.Kind.ACTIVATIONS, dims);
    }

    @Override
    public Buffer ints(String name, long... dims) {
        return CpuBuffer.allocate(name, Buffer.Kind.INTS, dims);
    }

    @Override
    public Weight weight(Tensor tensor, Tensor scale) {
        return new CpuWeight(tensor, scale);
    }

    @Override
    public List<KvCache> kvCaches(String overlay, KvShape shape) {
        KvShape.Strips strips = CpuKvCache.strips(shape);
        List<CpuKvCache.Store> shared = stores.computeIfAbsent(overlay, k -> new ArrayList<>());
        while (shared.size() < strips.count()) {
            shared.add(new CpuKvCache.Store());
        }
        List<KvCache> caches = new ArrayList<>();
        for (int block = 0; block < shape.blocks(); block++) {
            caches.add(new CpuKvCache(shared.get(strips.of(block)), strips, block));
        }
        return caches;
    }

    @Override
    public Program training(String name, BiConsumer<Ops, TrainingOps> body) {
        return program(name, o -> body.accept(o, training));
    }

    @Override
    public Program program(String name, Consumer<Ops> body) {
        return new Program() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void run() {
                body.accept(ops);
            }
        };
    }

    @Override
    public void write(Buffer buffer, float[] values) {
        CpuBuffer b = CpuBuffer.of(buffer);
        checkLength(b, values.length);
        System.arraycopy(values, 0, b.floats, b.offset, values.length);
    }

    @Override
    public void write(Buffer buffer, int[] values) {
        CpuBuffer b = CpuBuffer.of(buffer);
        checkLength(b, values.length);
        System.arraycopy(values, 0, b.ints, b.offset, values.length);
    }

    private static void checkLength(CpuBuffer b, int values) {
        if (values != b.length) {
            throw new IllegalArgumentException(
                    "buffer '" + b.name() + "' takes " + b.length + " values, not " + values);
        }
    }

    @Override
    public float[] readFloats(Buffer buffer) {
        CpuBuffer b = CpuBuffer.of(buffer);
        return Arrays.copyOfRange(b.floats, b.offset, b.offset + b.length);
    }

    @Override
    public int[] readInts(Buffer buffer) {
        CpuBuffer b = CpuBuffer.of(buffer);
        return Arrays.copyOfRange(b.ints, b.offset, b.offset + b.length);
    }

    @Override
    public void close() {
        workers.close();
        stores.clear();
    }
}
