package dev.tandem.tornado.nvidia;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * cuBLASLt. It is column-major, so that what it multiplies here is w·xᵀ. The algorithm of a product is looked up for
 * {@link Gemm#usualRows} and then used for any number of rows: the order in which a sum is built never depends on the
 * batch.
 */
final class CublasLt implements AutoCloseable {
    private static final List<String> NAMES = List.of("libcublasLt.so.13", "libcublasLt.so.12", "cublasLt64_13.dll");

    /** What a split of the sums may take; an algorithm that needs more for the real rows is not used. */
    static final long WORKSPACE = 64L << 20;

    private static final int F32 = 0;
    private static final int F16 = 2;
    private static final int COMPUTE_F32 = 68;
    private static final int DESC_TRANSPOSE_A = 3;
    private static final int DESC_EPILOGUE = 7;
    private static final int DESC_BIAS = 8;
    private static final int LAYOUT_COUNT = 5;
    private static final int LAYOUT_STRIDE = 6;
    private static final int PREFER_WORKSPACE = 1;
    private static final int PREFER_REDUCTION = 3;

    /** Of w, x and twice y. */
    private static final int PREFER_ALIGNMENT = 5;

    private static final int ALIGNMENT_BYTES = 16;
    private static final int CANDIDATES = 8;

    /** Sums of splits are added in fp32 in a fixed order: no in-place reduction, which depends on timing. */
    private static final int REDUCTION_IN_ORDER = 2;

    private static final long ALGORITHM_BYTES = 64;
    private static final long RESULT_BYTES = 96;

    private final Natives.Function descCreate;
    private final Natives.Function descSet;
    private final Natives.Function layoutCreate;
    private final Natives.Function layoutSet;
    private final Natives.Function preferenceCreate;
    private final Natives.Function preferenceSet;
    private final Natives.Function heuristic;
    private final Natives.Function check;
    private final Natives.Function matmul;
    private final Natives.Function destroy;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment handle;
    private final MemorySegment zero;
    private final Map<Gemm, Plan> plans = new HashMap<>();

    /** A product's descriptors and its algorithm. */
    private record Plan(
            MemorySegment desc,
            MemorySegment biasPointer,
            MemorySegment w,
            MemorySegment x,
            MemorySegment y,
            MemorySegment algorithm,
            MemorySegment factor) {}

    CublasLt() {
        Natives natives = library();
        descCreate = natives.function("cublasLtMatmulDescCreate", ADDRESS, JAVA_INT, JAVA_INT);
        descSet = natives.function("cublasLtMatmulDescSetAttribute", ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG);
        layoutCreate =
                natives.function("cublasLtMatrixLayoutCreate", ADDRESS, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        layoutSet = natives.function("cublasLtMatrixLayoutSetAttribute", ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG);
        preferenceCreate = natives.function("cublasLtMatmulPreferenceCreate", ADDRESS);
        preferenceSet =
                natives.function("cublasLtMatmulPreferenceSetAttribute", ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG);
        heuristic = natives.function(
                "cublasLtMatmulAlgoGetHeuristic",
                ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
        check = natives.function(
                "cublasLtMatmulAlgoCheck", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        matmul = natives.function(
                "cublasLtMatmul",
                ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
                ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        destroy = natives.function("cublasLtDestroy", ADDRESS);
        MemorySegment out = arena.allocate(ADDRESS);
        natives.function("cublasLtCreate", ADDRESS).call(out);
        handle = out.get(ADDRESS, 0);
        zero = arena.allocateFrom(JAVA_FLOAT, 0f);
    }

    /** Whether the dynamic linker finds it. */
    static boolean available() {
        return Natives.find(NAMES).isPresent();
    }

    private static Natives library() {
        return Natives.find(NAMES)
                .orElseThrow(() -> new LibraryException("cuBLASLt is missing: none of " + NAMES
                        + " is on the library path; --gemm java does without"));
    }

    /** Chooses the algorithm; allocates nothing on the device. */
    void prepare(Gemm gemm) {
        plans.computeIfAbsent(gemm, this::plan);
    }

    /** Queues the product; pointers are of the arrays' first elements. */
    void run(Gemm g, long x, long w, long y, long bias, long workspace, long stream) {
        Plan p = plans.computeIfAbsent(g, this::plan);
        if (g.epilogue() != Gemm.Epilogue.NONE) {
            p.biasPointer().set(JAVA_LONG, 0, bias);
            descSet.call(p.desc(), DESC_BIAS, p.biasPointer(), 8L);
        }
        long at = y + g.y().offset() * (g.half() ? 2 : 4);
        matmul.call(
                handle,
                p.desc(),
                p.factor(),
                w + g.w().offset() * 2,
                p.w(),
                x + g.x().offset() * 2,
                p.x(),
                zero,
                at,
                p.y(),
                at,
                p.y(),
                p.algorithm(),
                workspace,
                WORKSPACE,
                stream);
    }

    private Plan plan(Gemm g) {
        MemorySegment out = arena.allocate(ADDRESS);
        descCreate.call(out, COMPUTE_F32, F32);
        MemorySegment desc = out.get(ADDRESS, 0);
        int transposed = g.inputsFirst() ? 0 : 1;
        descSet.call(desc, DESC_TRANSPOSE_A, arena.allocateFrom(JAVA_INT, transposed), 4L);
        descSet.call(desc, DESC_EPILOGUE, arena.allocateFrom(JAVA_INT, g.epilogue().code), 4L);
        MemorySegment bias = arena.allocate(JAVA_LONG);
        int type = g.half() ? F16 : F32;
        MemorySegment w = weights(g, g.count());
        MemorySegment x = layout(F16, g.inputs(), g.rows(), g.x(), g.count());
        MemorySegment y = layout(type, g.outputs(), g.rows(), g.y(), g.count());
        MemorySegment[] usual = {
            weights(g, g.usualCount()),
            layout(F16, g.inputs(), g.usualRows(), g.x(), g.usualCount()),
            layout(type, g.outputs(), g.usualRows(), g.y(), g.usualCount())
        };
        MemorySegment algorithm = Stream.concat(
                        algorithms(desc, usual, REDUCTION_IN_ORDER).stream(), algorithms(desc, usual, 0).stream())
                .filter(candidate -> runs(candidate, desc, w, x, y))
                .findFirst()
                .or(() -> algorithms(desc, new MemorySegment[] {w, x, y}, 0).stream().findFirst())
                .orElseThrow(() -> new LibraryException("cuBLASLt has no algorithm for " + g));
        return new Plan(desc, bias, w, x, y, algorithm, arena.allocateFrom(JAVA_FLOAT, g.factor()));
    }

    /** Whether an algorithm takes these layouts and has room enough in the workspace. */
    private boolean runs(
            MemorySegment algorithm, MemorySegment desc, MemorySegment w, MemorySegment x, MemorySegment y) {
        MemorySegment result = arena.allocate(RESULT_BYTES, 8);
        return check.status(handle, desc, w, x, y, y, algorithm, result) == 0
                && result.get(JAVA_LONG, ALGORITHM_BYTES) <= WORKSPACE;
    }

    private MemorySegment weights(Gemm g, int count) {
        return g.inputsFirst()
                ? layout(F16, g.outputs(), g.inputs(), g.w(), count)
                : layout(F16, g.inputs(), g.outputs(), g.w(), count);
    }

    private MemorySegment layout(int type, long rows, long columns, Gemm.View view, int count) {
        MemorySegment out = arena.allocate(ADDRESS);
        layoutCreate.call(out, type, rows, columns, (long) view.pitch());
        MemorySegment layout = out.get(ADDRESS, 0);
        if (count > 0) {
            layoutSet.call(layout, LAYOUT_COUNT, arena.allocateFrom(JAVA_INT, count), 4L);
            layoutSet.call(layout, LAYOUT_STRIDE, arena.allocateFrom(JAVA_LONG, view.stride()), 8L);
        }
        return layout;
    }

    /** What cuBLASLt thinks best for these layouts, the best first. */
    private List<MemorySegment> algorithms(MemorySegment desc, MemorySegment[] wxy, int reduction) {
        MemorySegment out = arena.allocate(ADDRESS);
        preferenceCreate.call(out);
        MemorySegment preference = out.get(ADDRESS, 0);
        preferenceSet.call(preference, PREFER_WORKSPACE, arena.allocateFrom(JAVA_LONG, WORKSPACE), 8L);
        preferenceSet.call(preference, PREFER_REDUCTION, arena.allocateFrom(JAVA_INT, reduction), 4L);
        for (int operand = 0; operand < 4; operand++) {
            preferenceSet.call(
                    preference, PREFER_ALIGNMENT + operand, arena.allocateFrom(JAVA_INT, ALIGNMENT_BYTES), 4L);
        }
        MemorySegment results = arena.allocate(RESULT_BYTES * CANDIDATES, 8);
        MemorySegment found = arena.allocate(JAVA_INT);
        heuristic.status(handle, desc, wxy[0], wxy[1], wxy[2], wxy[2], preference, CANDIDATES, results, found);
        return IntStream.range(0, found.get(JAVA_INT, 0))
                .mapToObj(i -> results.asSlice(i * RESULT_BYTES, ALGORITHM_BYTES))
                .toList();
    }

    @Override
    public void close() {
        destroy.status(handle);
        arena.close();
    }
}
