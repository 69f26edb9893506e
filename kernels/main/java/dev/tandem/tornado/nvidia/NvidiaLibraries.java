package dev.tandem.tornado.nvidia;

import java.util.Arrays;
import java.util.Optional;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryContext;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryInvocation;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoNativeStreamSupport;

/** Hands products, convolutions and attention of task graphs to NVIDIA's libraries, on TornadoVM's own stream and arrays. */
public final class NvidiaLibraries implements TornadoLibraryProvider {
    /** Elements that pitches and offsets of fp16 are multiples of, so that loads of 16 bytes are aligned. */
    public static final int ALIGNMENT = 8;

    private static final String NAME = "tandem/nvidia";
    private static final String GEMM = "gemm";
    private static final String CONVOLUTION = "convolution";
    private static final String ATTENTION = "attention";

    /** What libraries want a workspace's address to be a multiple of. */
    private static final long WORKSPACE_ALIGNMENT = 256;

    /** What cuDNN may work in, and trials of products. */
    static final long WORKSPACE_ROOM = 64L << 20;

    /** Bytes of the array that the tasks name as their workspace. */
    public static final long WORKSPACE = WORKSPACE_ROOM + WORKSPACE_ALIGNMENT;

    /** Handles on one device; cuDNN's is made when it is first needed. */
    private static final class Context implements LibraryContext {
        private final long stream;
        private GemmPlans gemms;
        private Cudnn cudnn;

        private Context(long stream) {
            this.stream = stream;
        }

        private GemmPlans gemms() {
            if (gemms == null) {
                gemms = new GemmPlans(stream);
            }
            return gemms;
        }

        private Cudnn cudnn() {
            if (cudnn == null) {
                cudnn = new Cudnn(stream);
            }
            return cudnn;
        }
    }

    /** Why products can't be had here, or nothing. */
    public static Optional<String> withoutGemm() {
        return CublasLt.available()
                ? Optional.empty()
                : Optional.of("cuBLASLt (libcublasLt) is not on the library path");
    }

    /** Why convolutions can't be had here, or nothing. */
    public static Optional<String> withoutCudnn() {
        return Cudnn.available() ? Optional.empty() : Optional.of("cuDNN 9 (libcudnn) is not on the library path");
    }

    /** Why attention can't be had here, or nothing. */
    public static Optional<String> withoutAttention() {
        return withoutCudnn()
                .or(() -> Cudnn.version() >= CudnnAttention.LEAST_VERSION
                        ? Optional.empty()
                        : Optional.of("attention takes cuDNN 9.13.1 or later, not " + Cudnn.version()));
    }

    /** What a product's task carries: the arrays' places on the device, too, which never change. */
    private record Product(Gemm gemm, Operands at) {}

    /** The task of a product; {@code bias} is null without such an epilogue. */
    public static LibraryTaskDescriptor gemm(
            Gemm gemm, Operands at, Object x, Object w, Object workspace, Object y, Object bias) {
        Product product = new Product(gemm, at);
        return bias == null
                ? task(GEMM, product, 3, x, w, workspace, y)
                : task(GEMM, product, 3, x, w, workspace, y, bias);
    }

    /** The task of a convolution; {@code residual} is null where there is none, or where it is y itself. */
    public static LibraryTaskDescriptor convolution(
            Convolution c, Object x, Object w, Object workspace, Object y, Object bias, Object residual) {
        return residual == null
                ? task(CONVOLUTION, c, 3, x, w, workspace, y, bias)
                : task(CONVOLUTION, c, 3, x, w, workspace, y, bias, residual);
    }

    /** The task of an attention. */
    public static LibraryTaskDescriptor attention(
            Attention a, Object q, Object k, Object v, Object workspace, Object out) {
        return task(ATTENTION, a, 3, q, k, workspace, out, v);
    }

    /** Where in the workspace's array the workspace begins. */
    static long aligned(long address) {
        return (address + WORKSPACE_ALIGNMENT - 1) & -WORKSPACE_ALIGNMENT;
    }

    private static LibraryTaskDescriptor task(String function, Object call, int written, Object... arrays) {
        Access[] access = new Access[arrays.length];
        Arrays.fill(access, Access.READ_ONLY);
        access[written] = Access.READ_WRITE;
        return new LibraryTaskDescriptor()
                .withLibrary(NAME)
                .withFunction(function)
                .withParameters(arrays)
                .withAccess(access)
                .withTuning(call);
    }

    @Override
    public String libraryName() {
        return NAME;
    }

    @Override
    public boolean canHandle(TornadoXPUDevice device) {
        return device instanceof TornadoNativeStreamSupport;
    }

    @Override
    public LibraryContext createContext(TornadoXPUDevice device, long plan) {
        return new Context(((TornadoNativeStreamSupport) device).getNativeStream(plan));
    }

    @Override
    public void prepare(LibraryTaskDescriptor descriptor, LibraryContext context) {
        switch (descriptor.getTuning()) {
            case Product p -> ((Context) context).gemms().prepare(p.gemm(), p.at());
            case Convolution convolution -> ((Context) context).cudnn().prepare(convolution);
            case Attention attention -> ((Context) context).cudnn().attention().prepare(attention);
            default -> throw new IllegalArgumentException(descriptor.getFunctionName());
        }
    }

    @Override
    public void dispatch(String function, LibraryInvocation call) {
        Context context = (Context) call.getContext();
        long x = call.getDevicePointer(0);
        long w = call.getDevicePointer(1);
        long workspace = aligned(call.getDevicePointer(2));
        long y = call.getDevicePointer(3);
        long bias = call.getNumArgs() > 4 ? call.getDevicePointer(4) : 0;
        long residual = call.getNumArgs() > 5 ? call.getDevicePointer(5) : y;
        switch (call.getTuning()) {
            case Product p -> context.gemms().run(p.gemm(), p.at());
            case Convolution c -> context.cudnn().run(c, x, w, bias, residual, y, workspace);
            case Attention a -> context.cudnn().attention().run(a, x, w, bias, y, workspace);
            default -> throw new IllegalArgumentException(function);
        }
    }

    @Override
    public void destroyContext(LibraryContext context) {
        Context c = (Context) context;
        if (c.gemms != null) {
            c.gemms.close();
        }
        if (c.cudnn != null) {
            c.cudnn.close();
        }
    }
}
