package dev.tandem.tornado.nvidia;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * cuDNN's attention over tensors with any strides, by its graph interface: a graph of one operation, the first engine that
 * its heuristics name and that takes it.
 */
final class CudnnAttention {
    /** The first version that has attention as one operation. */
    static final long LEAST_VERSION = 91301;

    // cudnnBackendDescriptorType_t
    private static final int ENGINE_CONFIG = 3;
    private static final int HEURISTICS = 4;
    private static final int PLAN = 5;
    private static final int GRAPH = 15;
    private static final int VARIANT_PACK = 16;
    private static final int TENSOR = 17;
    private static final int SDPA_FORWARD = 41;

    // cudnnBackendAttributeType_t
    private static final int TYPE_HANDLE = 0;
    private static final int TYPE_DATA_TYPE = 1;
    private static final int TYPE_BOOLEAN = 2;
    private static final int TYPE_LONG = 3;
    private static final int TYPE_POINTER = 6;
    private static final int TYPE_HEURISTICS = 8;
    private static final int TYPE_DESCRIPTOR = 15;

    // cudnnBackendAttributeName_t
    private static final int HEURISTICS_MODE = 200;
    private static final int HEURISTICS_GRAPH = 201;
    private static final int HEURISTICS_RESULTS = 202;
    private static final int PLAN_HANDLE = 400;
    private static final int PLAN_CONFIG = 401;
    private static final int PLAN_WORKSPACE = 402;
    private static final int GRAPH_HANDLE = 800;
    private static final int GRAPH_OPERATIONS = 801;
    private static final int TENSOR_ALIGNMENT = 900;
    private static final int TENSOR_TYPE = 901;
    private static final int TENSOR_DIMENSIONS = 902;
    private static final int TENSOR_STRIDES = 903;
    private static final int TENSOR_ID = 906;
    private static final int TENSOR_BY_VALUE = 908;
    private static final int PACK_IDS = 1000;
    private static final int PACK_POINTERS = 1001;
    private static final int PACK_WORKSPACE = 1003;
    private static final int SDPA_Q = 2800;
    private static final int SDPA_K = 2801;
    private static final int SDPA_V = 2802;
    private static final int SDPA_OUT = 2803;
    private static final int SDPA_SCALE = 2805;

    private static final int F16 = 2;
    private static final int F32 = 0;

    /** cudnnBackendHeurMode_t: by rules; whatever works. */
    private static final int[] MODES = {3, 2};

    private static final int MOST_CONFIGS = 16;

    private static final long[] IDS = {1, 2, 3, 4, 5};

    private final MemorySegment handle;
    private final Arena arena;
    private final Natives.Function create;
    private final Natives.Function set;
    private final Natives.Function get;
    private final Natives.Function finish;
    private final Natives.Function execute;
    private final Natives.Function destroy;
    private final Map<Attention, Plan> plans = new HashMap<>();

    private record Plan(MemorySegment descriptor, long workspace) {}

    /** @param arena what lives as long as the handle */
    CudnnAttention(Natives natives, MemorySegment handle, Arena arena) {
        this.handle = handle;
        this.arena = arena;
        create = natives.function("cudnnBackendCreateDescriptor", JAVA_INT, ADDRESS);
        MemoryLayout[] attribute = {ADDRESS, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS};
        set = natives.function("cudnnBackendSetAttribute", attribute);
        get = natives.function("cudnnBackendGetAttribute", ADDRESS, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
        finish = natives.function("cudnnBackendFinalize", ADDRESS);
        execute = natives.function("cudnnBackendExecute", ADDRESS, ADDRESS, ADDRESS);
        destroy = natives.function("cudnnBackendDestroyDescriptor", ADDRESS);
    }

    private MemorySegment create(int type) {
        MemorySegment out = arena.allocate(ADDRESS);
        create.call(type, out);
        return out.get(ADDRESS, 0);
    }

    private void longs(MemorySegment to, int name, long... values) {
        set.call(to, name, TYPE_LONG, (long) values.length, arena.allocateFrom(JAVA_LONG, values));
    }

    private void number(MemorySegment to, int name, int type, int value) {
        set.call(to, name, type, 1L, arena.allocateFrom(JAVA_INT, value));
    }

    private void reference(MemorySegment to, int name, int type, MemorySegment value) {
        set.call(to, name, type, 1L, arena.allocateFrom(ADDRESS, value));
    }

    private MemorySegment tensor(long id, int rows, int heads, int positions, int size, Attention.Strides s) {
        MemorySegment t = create(TENSOR);
        number(t, TENSOR_TYPE, TYPE_DATA_TYPE, F16);
        longs(t, TENSOR_DIMENSIONS, rows, heads, positions, size);
        longs(t, TENSOR_STRIDES, s.row(), s.head(), s.position(), 1);
        longs(t, TENSOR_ID, id);
        longs(t, TENSOR_ALIGNMENT, 16);
        finish.call(t);
        return t;
    }

    private MemorySegment scalar(long id) {
        MemorySegment t = create(TENSOR);
        number(t, TENSOR_TYPE, TYPE_DATA_TYPE, F32);
        longs(t, TENSOR_DIMENSIONS, 1, 1, 1, 1);
        longs(t, TENSOR_STRIDES, 1, 1, 1, 1);
        longs(t, TENSOR_ID, id);
        longs(t, TENSOR_ALIGNMENT, 4);
        set.call(t, TENSOR_BY_VALUE, TYPE_BOOLEAN, 1L, arena.allocateFrom(JAVA_INT, 1));
        finish.call(t);
        return t;
    }

    private Plan plan(Attention a) {
        MemorySegment operation = create(SDPA_FORWARD);
        reference(
                operation, SDPA_Q, TYPE_DESCRIPTOR, tensor(IDS[0], a.rows(), a.heads(), a.queries(), a.size(), a.q()));
        reference(operation, SDPA_K, TYPE_DESCRIPTOR, tensor(IDS[1], a.rows(), a.heads(), a.keys(), a.size(), a.kv()));
        reference(operation, SDPA_V, TYPE_DESCRIPTOR, tensor(IDS[2], a.rows(), a.heads(), a.keys(), a.size(), a.kv()));
        reference(
                operation,
                SDPA_OUT,
                TYPE_DESCRIPTOR,
                tensor(IDS[3], a.rows(), a.heads(), a.queries(), a.size(), a.out()));
        reference(operation, SDPA_SCALE, TYPE_DESCRIPTOR, scalar(IDS[4]));
        finish.call(operation);
        MemorySegment graph = create(GRAPH);
        reference(graph, GRAPH_OPERATIONS, TYPE_DESCRIPTOR, operation);
        reference(graph, GRAPH_HANDLE, TYPE_HANDLE, handle);
        finish.call(graph);
        for (int mode : MODES) {
            MemorySegment heuristics = create(HEURISTICS);
            reference(heuristics, HEURISTICS_GRAPH, TYPE_DESCRIPTOR, graph);
            number(heuristics, HEURISTICS_MODE, TYPE_HEURISTICS, mode);
            if (finish.status(heuristics) != 0) {
                continue;
            }
            MemorySegment configs = arena.allocate(ADDRESS, MOST_CONFIGS);
            for (int i = 0; i < MOST_CONFIGS; i++) {
                configs.setAtIndex(ADDRESS, i, create(ENGINE_CONFIG));
            }
            MemorySegment found = arena.allocate(JAVA_LONG);
            get.call(heuristics, HEURISTICS_RESULTS, TYPE_DESCRIPTOR, (long) MOST_CONFIGS, found, configs);
            for (int i = 0; i < Math.min(found.get(JAVA_LONG, 0), MOST_CONFIGS); i++) {
                MemorySegment plan = create(PLAN);
                reference(plan, PLAN_HANDLE, TYPE_HANDLE, handle);
                reference(plan, PLAN_CONFIG, TYPE_DESCRIPTOR, configs.getAtIndex(ADDRESS, i));
                if (finish.status(plan) == 0) {
                    MemorySegment size = arena.allocate(JAVA_LONG);
                    get.call(plan, PLAN_WORKSPACE, TYPE_LONG, 1L, found, size);
                    if (size.get(JAVA_LONG, 0) <= NvidiaLibraries.WORKSPACE_ROOM) {
                        return new Plan(plan, size.get(JAVA_LONG, 0));
                    }
                }
            }
        }
        throw new LibraryException("cuDNN has no way to compute " + a + "; ‹attention› java does without");
    }

    /** Chooses the engine. */
    void prepare(Attention a) {
        plans.computeIfAbsent(a.atStart(), this::plan);
    }

    /** Queues the attention; pointers are of the arrays' first elements. */
    void run(Attention a, long q, long k, long v, long out, long workspace) {
        Plan plan = plans.computeIfAbsent(a.atStart(), this::plan);
        MemorySegment scale = arena.allocateFrom(JAVA_FLOAT, a.scale());
        long[] pointers = {
            q + 2 * a.q().offset(),
            k + 2 * a.kv().offset(),
            v + 2 * a.kv().offset(),
            out + 2 * a.out().offset(),
            scale.address()
        };
        MemorySegment pack = create(VARIANT_PACK);
        longs(pack, PACK_IDS, IDS);
        set.call(pack, PACK_POINTERS, TYPE_POINTER, (long) pointers.length, arena.allocateFrom(JAVA_LONG, pointers));
        set.call(pack, PACK_WORKSPACE, TYPE_POINTER, 1L, arena.allocateFrom(JAVA_LONG, workspace));
        finish.call(pack);
        execute.call(handle, plan.descriptor(), pack);
        destroy.call(pack);
    }
}
