package dev.tandem.tornado.driver;

import dev.tandem.engine.DeviceException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoTaskGraphInterface;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.runtime.TornadoCoreRuntime;
import uk.ac.manchester.tornado.runtime.common.KernelStackFrame;
import uk.ac.manchester.tornado.runtime.common.TornadoInstalledCode;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.graph.TornadoExecutionContext;
import uk.ac.manchester.tornado.runtime.sketcher.Sketch;
import uk.ac.manchester.tornado.runtime.sketcher.TornadoSketcher;
import uk.ac.manchester.tornado.runtime.tasks.TornadoTaskGraph;

/** What TornadoVM 5.2.0 has but does not publish. */
public final class TornadoInternals {
    private TornadoInternals() {}

    public static TornadoTaskGraphInterface implementation(TaskGraph tasks) {
        return (TornadoTaskGraphInterface) call(TaskGraph.class, tasks, "getTaskGraphImpl");
    }

    public static TornadoExecutionContext context(TornadoTaskGraphInterface graph) {
        return (TornadoExecutionContext) get(TornadoTaskGraph.class, graph, "executionContext");
    }

    /**
     * Makes the graph ready to run, and gives the table of its tasks' machine code, in their order: what is put there is
     * not compiled, what is missing will be by the first run. Library tasks have none.
     */
    public static TornadoInstalledCode[] installedCode(TornadoTaskGraphInterface graph, long planId) {
        context(graph).setExecutionPlanId(planId);
        call(TornadoTaskGraph.class, graph, "setupProfiler");
        call(TornadoTaskGraph.class, graph, "compileComputeGraphToTornadoVMBytecode");
        Object interpreter = interpreter(graph);
        return (TornadoInstalledCode[]) get(interpreter.getClass(), interpreter, "installedCodes");
    }

    /** The driver's handle of what the graph's first run captured, if anything. */
    public static OptionalLong captured(TornadoTaskGraphInterface graph) {
        Object interpreter = interpreter(graph);
        Map<?, ?> handles = (Map<?, ?>) get(interpreter.getClass(), interpreter, "executionGraphHandles");
        return handles.values().stream().mapToLong(Long.class::cast).findFirst();
    }

    /**
     * A kernel as the driver's compiler made it: a cubin, PTX, or what an OpenCL driver gives. Empty where the back-end
     * does not hand it out.
     */
    public static Optional<byte[]> image(TornadoInstalledCode code) {
        Method getter = method(code.getClass(), "getProgram");
        if (getter == null) {
            return Optional.empty();
        }
        Object program = invoke(getter, code);
        long[] sizes = (long[]) invoke(method(program.getClass(), "getBinarySizes"), program);
        if (sizes.length != 1 || sizes[0] <= 0) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(Math.toIntExact(sizes[0]));
        Method binaries = method(program.getClass(), "getBinaries", long.class, long.class, ByteBuffer.class);
        invoke(binaries, null, get(program.getClass(), program, "programPointer"), 1L, buffer);
        byte[] image = new byte[buffer.capacity()];
        buffer.get(image);
        return Optional.of(image);
    }

    /**
     * Makes an {@link #image} ready to be launched.
     *
     * @return empty where the driver does not take it
     */
    public static Optional<TornadoInstalledCode> install(
            TornadoXPUDevice device, long planId, String key, String entryPoint, byte[] image) {
        Object context = device.getDeviceContext();
        Object cache = invoke(method(context.getClass(), "getCodeCache", long.class), context, planId);
        Method install = method(cache.getClass(), "installBinary", String.class, String.class, byte[].class);
        try {
            TornadoInstalledCode code = (TornadoInstalledCode) invoke(install, cache, key, entryPoint, image);
            return code.isValid() && handle(code) != 0 ? Optional.of(code) : Optional.empty();
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /** What the driver knows a kernel by: nothing where it refused it, which TornadoVM's OpenCL does not notice. */
    static long handle(TornadoInstalledCode code) {
        Object kernel = invoke(method(code.getClass(), "getKernel"), code);
        return (long) invoke(method(kernel.getClass(), "getOclKernelID"), kernel);
    }

    /** The first number of an NVIDIA device's compute capability, where it is one of the PTX back-end's. */
    static OptionalInt computeCapability(TornadoXPUDevice device) {
        Object physical = device.getPhysicalDevice();
        Method getter = method(physical.getClass(), "getComputeCapability");
        if (getter == null) {
            return OptionalInt.empty();
        }
        Object capability = invoke(getter, physical);
        return OptionalInt.of((int) invoke(method(capability.getClass(), "getMajor"), capability));
    }

    /** The handle of the queue that a plan's launches go to on an OpenCL device. */
    static long commandQueue(TornadoXPUDevice device, long planId) {
        Object context = device.getDeviceContext();
        Object queue = invoke(method(context.getClass(), "getCommandQueue", long.class), context, planId);
        return (long) invoke(method(queue.getClass(), "getCommandQueuePtr"), queue);
    }

    /** What TornadoVM's OpenCL passes before a task's own arguments: the call's context, constants, local memory, atomics. */
    static long[] regions(KernelStackFrame frame) {
        Class<?> buffer = frame.getClass().getSuperclass();
        return new long[] {
            (long) invoke(method(buffer, "toBuffer"), frame),
            (long) invoke(method(buffer, "toConstantAddress"), frame),
            0,
            (long) invoke(method(buffer, "toAtomicAddress"), frame)
        };
    }

    /** What a method is called in its {@link #image}. */
    public static String entryPoint(TornadoXPUDevice device, String method) {
        Method check = method(device.getDeviceContext().getClass(), "checkKernelName", String.class);
        return check == null ? method : (String) invoke(check, null, method);
    }

    /** The version of the driver's compiler where it has one of its own. */
    public static String compilerVersion(TornadoXPUDevice device) {
        Object context = device.getDeviceContext();
        try {
            Class<?> program = Class.forName(
                    "uk.ac.manchester.tornado.drivers.cuda.CUDAProgram",
                    true,
                    context.getClass().getClassLoader());
            return String.valueOf(invoke(method(program, "getNvrtcVersion"), null));
        } catch (ClassNotFoundException e) {
            return "";
        }
    }

    /**
     * Spares TornadoVM the analysis of a method that it is not to compile: it will know of its parameters what was found
     * when it was. Nothing where it analysed it in this process.
     */
    public static void knowAccesses(Method kernel, Access[] accesses, TornadoXPUDevice device) {
        knowAccesses(kernel, accesses, 0, 0); // where tasks are until their graph gets its device
        knowAccesses(
                kernel,
                accesses,
                device.getBackendIndex(),
                device.getDeviceContext().getDeviceIndex());
    }

    private static void knowAccesses(Method kernel, Access[] accesses, int backend, int device) {
        Map<Object, List<Object>> all = sketches();
        Method resolve = method(TornadoCoreRuntime.class, "resolveMethod", Method.class);
        Object method = invoke(resolve, TornadoCoreRuntime.getTornadoRuntime(), kernel);
        List<Object> entries = all.computeIfAbsent(method, k -> Collections.synchronizedList(new ArrayList<>()));
        boolean known = entries.stream()
                .anyMatch(e -> invoke(
                                method(e.getClass(), "matchesDriverAndDevice", int.class, int.class),
                                e,
                                backend,
                                device)
                        .equals(true));
        if (!known) {
            Object sketch = create(Sketch.class, null, accesses, false);
            Class<?> entry = member(TornadoSketcher.class, "TornadoSketcherCacheEntry");
            entries.add(create(entry, backend, device, CompletableFuture.completedFuture(sketch)));
        }
    }

    /** Takes back what {@link #knowAccesses} told, so that TornadoVM analyses what it is to compile. */
    public static void forgetAccesses() {
        Collection<List<Object>> all = sketches().values();
        all.forEach(entries -> entries.removeIf(e -> {
            Future<?> sketch = (Future<?>) invoke(method(e.getClass(), "getSketchFuture"), e);
            return sketch.state() == Future.State.SUCCESS && get(Sketch.class, sketch.resultNow(), "graph") == null;
        }));
        all.removeIf(List::isEmpty);
    }

    @SuppressWarnings("unchecked")
    private static Map<Object, List<Object>> sketches() {
        return (Map<Object, List<Object>>) get(TornadoSketcher.class, null, "cache");
    }

    private static Object interpreter(TornadoTaskGraphInterface graph) {
        Object vm = get(TornadoTaskGraph.class, graph, "vm");
        return ((Object[]) get(vm.getClass(), vm, "tornadoVMInterpreters"))[0];
    }

    private static Object get(Class<?> type, Object owner, String name) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(owner);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw other(e);
        }
    }

    private static Object call(Class<?> type, Object owner, String name) {
        Method method = method(type, name);
        if (method == null) {
            throw other(new NoSuchMethodException(type + "." + name));
        }
        return invoke(method, owner);
    }

    /** Null where there is none. */
    private static Method method(Class<?> type, String name, Class<?>... parameters) {
        try {
            Method method = type.getDeclaredMethod(name, parameters);
            method.setAccessible(true);
            return method;
        } catch (NoSuchMethodException e) {
            return null;
        } catch (InaccessibleObjectException e) {
            throw other(e);
        }
    }

    private static Object invoke(Method method, Object owner, Object... arguments) {
        try {
            return method.invoke(owner, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : other(e);
        } catch (ReflectiveOperationException e) {
            throw other(e);
        }
    }

    private static Object create(Class<?> type, Object... arguments) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructors()[0];
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw other(e);
        }
    }

    private static Class<?> member(Class<?> type, String name) {
        for (Class<?> member : type.getDeclaredClasses()) {
            if (member.getSimpleName().equals(name)) {
                return member;
            }
        }
        throw other(new NoSuchFieldException(type + "." + name));
    }

    private static DeviceException other(Exception e) {
        return new DeviceException("this TornadoVM is not the one that Tandem was built for (5.2.0)", e);
    }
}
