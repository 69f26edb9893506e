package dev.tandem.tornado.nvidia;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/**
 * cuBLASLt's calls. It is column-major, so that what it multiplies here is w·xᵀ. No algorithm that splits a sum over
 * blocks of threads is asked for: their order of adding is one more thing that would have to be the same for any batch.
 */
final class CublasLt implements AutoCloseable {
    private static final List<String> NAMES = List.of("libcublasLt.so.13", "libcublasLt.so.12", "cublasLt64_13.dll");

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

    /** What an algorithm may work in. */
    static final long WORKSPACE = 16L << 20;

    private static final int ALIGNMENT_BYTES = 16;
    private static final int NO_REDUCTION = 0;
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
    private final MemorySegment one;
    private final MemorySegment zero;
    private final MemorySegment preference;
    private final long stream;

    /** How matrices of one product lie. */
    record Layouts(MemorySegment w, MemorySegment x, MemorySegment y) {}

    /** What is done with them; {@code bias} is where the bias's address is put for each call. */
    record Operation(MemorySegment desc, MemorySegment bias) {}

    CublasLt(long stream) {
        this.stream = stream;
        Natives natives = Natives.find(NAMES)
                .orElseThrow(() -> new LibraryException(
                        "cuBLASLt is missing: none of " + NAMES + " is on the library path; ‹gemm› java does without"));
        descCreate = natives.function("cublasLtMatmulDescCreate", ADDRESS, JAVA_INT, JAVA_INT);
        descSet = natives.function("cublasLtMatmulDescSetAttribute", ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG);
        layoutCreate =
                natives.function("cublasLtMatrixLayoutCreate", ADDRESS, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        layoutSet = natives.function("cublasLtMatrixLayoutSetAttribute", ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG);
        preferenceCreate = natives.function("cublasLtMatmulPreferenceCreate", ADDRESS);
        preferenceSet = natives.function("cublasLtMatmulPreferenceSetAttribute", ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG);
        heuristic = natives.function(
                "cublasLtMatmulAlgoGetHeuristic",
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                JAVA_INT,
                ADDRESS,
                ADDRESS);
        check = natives.function(
                "cublasLtMatmulAlgoCheck", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        matmul = natives.function(
                "cublasLtMatmul",
                ADDRESS,
                ADDRESS,
                ADDRESS,
                JAVA_LONG,
                ADDRESS,
                JAVA_LONG,
                ADDRESS,
                ADDRESS,
                JAVA_LONG,
                ADDRESS,
                JAVA_LONG,
                ADDRESS,
                ADDRESS,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG);
        destroy = natives.function("cublasLtDestroy", ADDRESS);
        handle = created(natives.function("cublasLtCreate", ADDRESS));
        one = arena.allocateFrom(JAVA_FLOAT, 1f);
        zero = arena.allocateFrom(JAVA_FLOAT, 0f);
        preference = preference();
    }

    /** Whether the dynamic linker finds it. */
    static boolean available() {
        return Natives.find(NAMES).isPresent();
    }

    private MemorySegment created(Natives.Function create, Object... arguments) {
        MemorySegment out = arena.allocate(ADDRESS);
        Object[] all = new Object[arguments.length + 1];
        all[0] = out;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        create.call(all);
        return out.get(ADDRESS, 0);
    }

    private MemorySegment preference() {
        MemorySegment p = created(preferenceCreate);
        preferenceSet.call(p, PREFER_WORKSPACE, arena.allocateFrom(JAVA_LONG, WORKSPACE), 8L);
        preferenceSet.call(p, PREFER_REDUCTION, arena.allocateFrom(JAVA_INT, NO_REDUCTION), 4L);
        for (int operand = 0; operand < 4; operand++) {
            preferenceSet.call(p, PREFER_ALIGNMENT + operand, arena.allocateFrom(JAVA_INT, ALIGNMENT_BYTES), 4L);
        }
        return p;
    }

    Operation operation(Gemm g) {
        MemorySegment desc = created(descCreate, COMPUTE_F32, F32);
        descSet.call(desc, DESC_TRANSPOSE_A, arena.allocateFrom(JAVA_INT, g.inputsFirst() ? 0 : 1), 4L);
        descSet.call(desc, DESC_EPILOGUE, arena.allocateFrom(JAVA_INT, g.epilogue().code), 4L);
        return new Operation(desc, arena.allocate(JAVA_LONG));
    }

    Layouts layouts(Gemm g) {
        MemorySegment w = g.inputsFirst()
                ? layout(F16, g.outputs(), g.inputs(), g.w(), g.count())
                : layout(F16, g.inputs(), g.outputs(), g.w(), g.count());
        MemorySegment x = layout(F16, g.inputs(), g.rows(), g.x(), g.count());
        return new Layouts(w, x, layout(g.half() ? F16 : F32, g.outputs(), g.rows(), g.y(), g.count()));
    }

    private MemorySegment layout(int type, long rows, long columns, Gemm.View view, int count) {
        MemorySegment layout = created(layoutCreate, type, rows, columns, (long) view.pitch());
        if (count > 0) {
            layoutSet.call(layout, LAYOUT_COUNT, arena.allocateFrom(JAVA_INT, count), 4L);
            layoutSet.call(layout, LAYOUT_STRIDE, arena.allocateFrom(JAVA_LONG, view.stride()), 8L);
        }
        return layout;
    }

    /** What cuBLASLt thinks best for these layouts, the best first. */
    List<MemorySegment> algorithms(Operation o, Layouts l, int most) {
        MemorySegment results = arena.allocate(RESULT_BYTES * most, 8);
        MemorySegment found = arena.allocate(JAVA_INT);
        heuristic.status(handle, o.desc(), l.w(), l.x(), l.y(), l.y(), preference, most, results, found);
        return IntStream.range(0, found.get(JAVA_INT, 0))
                .mapToObj(i -> results.asSlice(i * RESULT_BYTES, ALGORITHM_BYTES))
                .toList();
    }

    /** Whether an algorithm takes these layouts, and has room enough for them. */
    boolean takes(MemorySegment algorithm, Operation o, Layouts l) {
        MemorySegment result = arena.allocate(RESULT_BYTES, 8);
        return check.status(handle, o.desc(), l.w(), l.x(), l.y(), l.y(), algorithm, result) == 0
                && result.get(JAVA_LONG, ALGORITHM_BYTES) <= WORKSPACE;
    }

    /** Queues a product; addresses are of the matrices' first elements. Says whether the library took it. */
    boolean multiply(Operation o, Layouts l, MemorySegment algorithm, Operands at) {
        if (at.bias() != 0) {
            o.bias().set(JAVA_LONG, 0, at.bias());
            descSet.call(o.desc(), DESC_BIAS, o.bias(), 8L);
        }
        return matmul.status(
                        handle,
                        o.desc(),
                        one,
                        at.w(),
                        l.w(),
                        at.x(),
                        l.x(),
                        zero,
                        at.y(),
                        l.y(),
                        at.y(),
                        l.y(),
                        algorithm,
                        at.workspace(),
                        WORKSPACE,
                        stream)
                == 0;
    }

    @Override
    public void close() {
        destroy.status(handle);
        arena.close();
    }
}
