package dev.tandem.tornado;

import dev.tandem.engine.DeviceUse;
import dev.tandem.engine.Program;
import dev.tandem.engine.Session;
import dev.tandem.op.Buffer;
import dev.tandem.op.KvCache;
import dev.tandem.op.KvShape;
import dev.tandem.op.Ops;
import dev.tandem.op.Weight;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import dev.tandem.tornado.compile.KernelCompiler;
import dev.tandem.tornado.compile.KernelStore;
import dev.tandem.tornado.launch.ConstantArrays;
import dev.tandem.tornado.launch.Launch;
import dev.tandem.tornado.launch.Recorder;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.DeviceMemory;
import dev.tandem.tornado.memory.TornadoBuffer;
import dev.tandem.tornado.memory.TornadoKvCache;
import dev.tandem.tornado.memory.TornadoWeight;
import dev.tandem.tornado.memory.Workspace;
import dev.tandem.tornado.nvidia.LibraryChoice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;

/** A device that runs task graphs. */
final class TornadoSession implements Session {
    /** All sessions of a process take turns under one plan, so that what one compiled serves the next. */
    private static final long PLAN = 1_000_000;

    private final DeviceMemory memory;
    private final ConstantArrays constants;
    private final KernelCompiler compiler;
    private final DeviceArray.Type storage;
    private final Workspace workspace;
    private final LibraryChoice libraries;
    private final boolean tensorCores;
    private final boolean capture;

    /** Per overlay, keys and values of its strips in turn. */
    private final Map<String, List<DeviceArray>> caches = new HashMap<>();

    /**
     * Opens.
     *
     * @param storage how activations, caches and matrices are kept
     * @param libraries which operations libraries compute
     * @param tensorCores whether kernels of our own may use them
     * @param capture whether graphs are captured where the device can
     * @param store compiled kernels of earlier processes
     */
    TornadoSession(
            TornadoXPUDevice device,
            DeviceArray.Type storage,
            LibraryChoice libraries,
            boolean tensorCores,
            boolean capture,
            Optional<KernelStore> store) {
        this.memory = new DeviceMemory(device, PLAN);
        this.constants = new ConstantArrays(memory);
        this.compiler = new KernelCompiler(device, PLAN, store, memory.statistics());
        this.storage = storage;
        this.workspace = new Workspace(memory, storage);
        this.libraries = libraries;
        this.tensorCores = tensorCores;
        this.capture = capture;
    }

    @Override
    public String description() {
        return "TornadoVM on " + memory.describe() + ", " + (storage == DeviceArray.Type.F16 ? "fp16" : "fp32")
                + libraries.describe();
    }

    @Override
    public Optional<DeviceUse> deviceUse() {
        return Optional.of(memory.statistics().use(memory.bytes()));
    }

    @Override
    public Buffer floats(String name, long... dims) {
        return buffer(name, Buffer.Kind.FLOATS, DeviceArray.Type.F32, dims);
    }

    @Override
    public Buffer activations(String name, long... dims) {
        return buffer(name, Buffer.Kind.ACTIVATIONS, storage, dims);
    }

    @Override
    public Buffer ints(String name, long... dims) {
        return buffer(name, Buffer.Kind.INTS, DeviceArray.Type.I32, dims);
    }

    private Buffer buffer(String name, Buffer.Kind kind, DeviceArray.Type type, long... dims) {
        Shape shape = Shape.of(dims);
        return new TornadoBuffer(new DeviceArray(name, type, Math.max(1, shape.elements())), kind, 0, shape);
    }

    @Override
    public Weight weight(Tensor tensor, Tensor scale) {
        return new TornadoWeight(tensor, scale, storage, workspace.packs(), memory);
    }

    @Override
    public List<KvCache> kvCaches(String overlay, KvShape shape) {
        KvShape.Strips strips = shape.strips(1, Math.min(KvShape.MOST, largestArray() / storage.bytes));
        List<DeviceArray> shared = caches.computeIfAbsent(overlay, k -> new ArrayList<>());
        for (int at = 0; at < 2 * strips.count(); at++) {
            String name = (at % 2 == 0 ? "keys of " : "values of ") + overlay + " " + at / 2;
            long elements = strips.elements(at / 2);
            if (at == shared.size()) {
                shared.add(new DeviceArray(name, storage, elements));
            } else if (!shared.get(at).grow(elements)) {
                shared.set(at, new DeviceArray(name, storage, elements));
            }
        }
        List<KvCache> out = new ArrayList<>();
        for (int block = 0; block < shape.blocks(); block++) {
            int strip = strips.of(block);
            int at = 2 * strip;
            out.add(new TornadoKvCache(
                    shared.get(at),
                    shared.get(at + 1),
                    shape.rows(),
                    shape.heads(),
                    shape.headSize(),
                    shape.capacity(),
                    strips.start(block),
                    strips.length(strip)));
        }
        return out;
    }

    /** Bytes that one array may have. */
    private long largestArray() {
        long most = memory.device().getPhysicalDevice().getDeviceMaxAllocationSize();
        return most > 0 ? most : Long.MAX_VALUE;
    }

    @Override
    public Program program(String name, Consumer<Ops> body) {
        List<Launch> launches = new ArrayList<>();
        Recorder recorder = new Recorder(launches::add);
        body.accept(new TaskGraphOps(workspace, libraries, tensorCores, recorder));
        recorder.flush();
        compiler.want(launches);
        return new TornadoProgram(name, constants, compiler, launches, capture);
    }

    @Override
    public void await() {
        memory.sync();
    }

    /** Places a buffer's array, zeroed. */
    private DeviceArray place(TornadoBuffer b) {
        DeviceArray a = b.array();
        if (!a.allocated()) {
            memory.upload(a);
        }
        return a;
    }

    @Override
    public void write(Buffer buffer, float[] values) {
        TornadoBuffer b = TornadoBuffer.of(buffer);
        DeviceArray a = fetchAround(b, values.length);
        MemorySegment to = a.mirror();
        if (a.type() == DeviceArray.Type.F32) {
            MemorySegment.copy(values, 0, to, ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * b.offset(), values.length);
        } else {
            IntStream.range(0, values.length)
                    .parallel()
                    .forEach(i -> to.set(
                            ValueLayout.JAVA_SHORT_UNALIGNED, 2L * (b.offset() + i), Float.floatToFloat16(values[i])));
        }
        memory.upload(a);
    }

    @Override
    public void write(Buffer buffer, int[] values) {
        TornadoBuffer b = TornadoBuffer.of(buffer);
        DeviceArray a = fetchAround(b, values.length);
        MemorySegment.copy(values, 0, a.mirror(), ValueLayout.JAVA_INT_UNALIGNED, 4L * b.offset(), values.length);
        memory.upload(a);
    }

    /** What is written is the whole array, so what lies around a view is fetched first. */
    private DeviceArray fetchAround(TornadoBuffer b, int values) {
        if (values != b.elements()) {
            throw new IllegalArgumentException(
                    "buffer '" + b.name() + "' takes " + b.elements() + " values, not " + values);
        }
        DeviceArray a = place(b);
        if (b.elements() < a.elements()) {
            memory.download(a, 0, a.elements());
        }
        return a;
    }

    /** The array whose mirror has the buffer as it is on the device now. */
    private DeviceArray fetch(TornadoBuffer b) {
        DeviceArray a = place(b);
        memory.download(a, b.offset(), b.elements());
        return a;
    }

    @Override
    public float[] readFloats(Buffer buffer) {
        TornadoBuffer b = TornadoBuffer.of(buffer);
        DeviceArray a = fetch(b);
        float[] out = new float[b.elements()];
        MemorySegment from = a.mirror();
        if (a.type() == DeviceArray.Type.F32) {
            MemorySegment.copy(from, ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * b.offset(), out, 0, out.length);
        } else {
            for (int i = 0; i < out.length; i++) {
                out[i] = Float.float16ToFloat(from.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * (b.offset() + i)));
            }
        }
        return out;
    }

    @Override
    public int[] readInts(Buffer buffer) {
        TornadoBuffer b = TornadoBuffer.of(buffer);
        DeviceArray a = fetch(b);
        int[] out = new int[b.elements()];
        MemorySegment.copy(a.mirror(), ValueLayout.JAVA_INT_UNALIGNED, 4L * b.offset(), out, 0, out.length);
        return out;
    }

    @Override
    public byte[] readBytes(Buffer buffer) {
        TornadoBuffer b = TornadoBuffer.of(buffer);
        DeviceArray a = fetch(b);
        byte[] out = new byte[Integer.BYTES * b.elements()];
        MemorySegment.copy(a.mirror(), ValueLayout.JAVA_BYTE, (long) Integer.BYTES * b.offset(), out, 0, out.length);
        return out;
    }

    @Override
    public void close() {
        memory.close();
    }
}
