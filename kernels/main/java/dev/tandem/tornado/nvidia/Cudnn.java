package dev.tandem.tornado.nvidia;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** cuDNN: attention, and convolutions channels-last in fp16 on the tensor cores, with bias and residual in the same kernel. */
final class Cudnn implements AutoCloseable {
    private static final List<String> NAMES = List.of("libcudnn.so.9", "cudnn64_9.dll");

    private static final int CHANNELS_LAST = 1;
    private static final int F16 = 2;
    private static final int F32 = 0;
    private static final int CROSS_CORRELATION = 1;
    private static final int TENSOR_OP = 1;
    private static final int IDENTITY = 5;

    /** The one algorithm that takes an epilogue without an activation. */
    private static final int IMPLICIT_PRECOMPUTED_GEMM = 1;

    private final Natives natives;
    private final Natives.Function tensor;
    private final Natives.Function filter;
    private final Natives.Function window;
    private final Natives.Function mathType;
    private final Natives.Function workspaceSize;
    private final Natives.Function forward;
    private final Natives.Function destroy;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment handle;
    private final MemorySegment identity;
    private final MemorySegment one;
    private final MemorySegment zero;
    private final CudnnAttention attention;
    private final Map<Convolution, Plan> plans = new HashMap<>();

    private record Plan(
            MemorySegment x,
            MemorySegment filter,
            MemorySegment window,
            MemorySegment bias,
            MemorySegment y,
            long workspace) {}

    Cudnn(long stream) {
        natives = Natives.find(NAMES)
                .orElseThrow(() -> new LibraryException(
                        "cuDNN is missing: none of " + NAMES + " is on the library path; ‹gemm› java does without"));
        tensor = natives.function(
                "cudnnSetTensor4dDescriptor", ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
        filter = natives.function(
                "cudnnSetFilter4dDescriptor", ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
        window = natives.function(
                "cudnnSetConvolution2dDescriptor",
                ADDRESS,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT);
        mathType = natives.function("cudnnSetConvolutionMathType", ADDRESS, JAVA_INT);
        workspaceSize = natives.function(
                "cudnnGetConvolutionForwardWorkspaceSize",
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                JAVA_INT,
                ADDRESS);
        forward = natives.function(
                "cudnnConvolutionBiasActivationForward",
                ADDRESS,
                ADDRESS,
                ADDRESS,
                JAVA_LONG,
                ADDRESS,
                JAVA_LONG,
                ADDRESS,
                JAVA_INT,
                JAVA_LONG,
                JAVA_LONG,
                ADDRESS,
                ADDRESS,
                JAVA_LONG,
                ADDRESS,
                JAVA_LONG,
                ADDRESS,
                ADDRESS,
                JAVA_LONG);
        destroy = natives.function("cudnnDestroy", ADDRESS);
        handle = create("cudnnCreate");
        natives.function("cudnnSetStream", ADDRESS, JAVA_LONG).call(handle, stream);
        identity = create("cudnnCreateActivationDescriptor");
        natives.function("cudnnSetActivationDescriptor", ADDRESS, JAVA_INT, JAVA_INT, JAVA_DOUBLE)
                .call(identity, IDENTITY, 0, 0.0);
        one = arena.allocateFrom(JAVA_FLOAT, 1f);
        zero = arena.allocateFrom(JAVA_FLOAT, 0f);
        attention = new CudnnAttention(natives, handle, arena);
    }

    CudnnAttention attention() {
        return attention;
    }

    /** As cuDNN numbers it, 91301 for 9.13.1; 0 where there is none. */
    static long version() {
        return Natives.find(NAMES).map(n -> n.number("cudnnGetVersion")).orElse(0L);
    }

    /** Whether the dynamic linker finds it. */
    static boolean available() {
        return Natives.find(NAMES).isPresent();
    }

    private MemorySegment create(String constructor) {
        MemorySegment out = arena.allocate(ADDRESS);
        natives.function(constructor, ADDRESS).call(out);
        return out.get(ADDRESS, 0);
    }

    private MemorySegment tensor(int pictures, int channels, int height, int width) {
        MemorySegment desc = create("cudnnCreateTensorDescriptor");
        tensor.call(desc, CHANNELS_LAST, F16, pictures, channels, height, width);
        return desc;
    }

    private Plan plan(Convolution c) {
        MemorySegment x = tensor(c.pictures(), c.inputs(), c.height(), c.width());
        MemorySegment y = tensor(c.pictures(), c.outputs(), c.height(), c.width());
        MemorySegment bias = tensor(1, c.outputs(), 1, 1);
        MemorySegment f = create("cudnnCreateFilterDescriptor");
        filter.call(f, F16, CHANNELS_LAST, c.outputs(), c.inputs(), c.side(), c.side());
        MemorySegment w = create("cudnnCreateConvolutionDescriptor");
        int pad = c.side() / 2;
        window.call(w, pad, pad, 1, 1, 1, 1, CROSS_CORRELATION, F32);
        mathType.call(w, TENSOR_OP);
        MemorySegment size = arena.allocate(JAVA_LONG);
        workspaceSize.call(handle, x, f, w, y, IMPLICIT_PRECOMPUTED_GEMM, size);
        return new Plan(x, f, w, bias, y, size.get(JAVA_LONG, 0));
    }

    /** Makes descriptors. */
    void prepare(Convolution c) {
        Plan plan = plans.computeIfAbsent(c, this::plan);
        if (plan.workspace() > NvidiaLibraries.WORKSPACE_ROOM) {
            throw new LibraryException("cuDNN wants " + (plan.workspace() >> 20) + " MiB of workspace for " + c);
        }
    }

    /** Queues the convolution; pointers are of the arrays' first elements. */
    void run(Convolution c, long x, long w, long bias, long residual, long y, long workspace) {
        Plan p = plans.computeIfAbsent(c, this::plan);
        long to = y + 2 * c.yOffset();
        forward.call(
                handle,
                one,
                p.x(),
                x + 2 * c.xOffset(),
                p.filter(),
                w,
                p.window(),
                IMPLICIT_PRECOMPUTED_GEMM,
                workspace,
                p.workspace(),
                c.residual() ? one : zero,
                p.y(),
                c.residual() ? residual + 2 * c.residualOffset() : to,
                p.bias(),
                bias,
                identity,
                p.y(),
                to);
    }

    @Override
    public void close() {
        destroy.status(handle);
        arena.close();
    }
}
