package dev.tandem.tornado.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.tandem.engine.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import uk.ac.manchester.tornado.runtime.common.KernelStackFrame;
import uk.ac.manchester.tornado.runtime.common.TornadoInstalledCode;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;

/**
 * Launches of an OpenCL queue, made again by the driver's own calls. TornadoVM takes some 30 µs for each, and writes to the
 * device's memory before each, so that no two kernels follow each other closely.
 */
public final class OpenClReplay {
    private static final List<String> NAMES = List.of("libOpenCL.so.1", "libOpenCL.dylib", "OpenCL.dll");
    private static final int DIMENSIONS = 3;

    /** Which of a kernel's arguments is its local memory: none, and set already. */
    private static final int LOCAL_REGION = 2;

    private final Driver driver;
    private final long queue;
    private final Arena arena = Arena.ofAuto();
    private final List<Step> steps = new ArrayList<>();

    /** The sizes of the work, and per argument its index, size and value. */
    private record Step(String key, long kernel, MemorySegment global, MemorySegment local, Argument[] arguments) {}

    private record Argument(int index, long bytes, MemorySegment value) {}

    private OpenClReplay(Driver driver, long queue) {
        this.driver = driver;
        this.queue = queue;
    }

    /** Of nothing yet; empty where the driver's library is not found by name. */
    public static Optional<OpenClReplay> on(TornadoXPUDevice device, long planId) {
        return Driver.FOUND.map(driver -> new OpenClReplay(driver, TornadoInternals.commandQueue(device, planId)));
    }

    /**
     * A launch that comes after those before.
     *
     * @param key what it is called if it fails
     * @param frame what TornadoVM launched it with, or another of the graph: it uses one for all
     * @param values the task's own arguments: where arrays lie on the device, and scalars
     * @param global work-items per dimension
     * @param local of these, how many are a group
     */
    public void add(
            String key,
            TornadoInstalledCode code,
            KernelStackFrame frame,
            List<Number> values,
            long[] global,
            long[] local) {
        long[] regions = TornadoInternals.regions(frame);
        List<Argument> arguments = new ArrayList<>();
        for (int i = 0; i < regions.length; i++) {
            if (i != LOCAL_REGION) {
                arguments.add(new Argument(i, Long.BYTES, numbers(regions[i])));
            }
        }
        for (Number value : values) {
            long bytes = value instanceof Long ? Long.BYTES : Integer.BYTES;
            arguments.add(new Argument(arguments.size() + 1, bytes, numbers(value.longValue())));
        }
        steps.add(new Step(
                key,
                TornadoInternals.handle(code),
                numbers(global),
                numbers(local),
                arguments.toArray(Argument[]::new)));
    }

    private MemorySegment numbers(long... values) {
        return arena.allocateFrom(JAVA_LONG, values);
    }

    /** Queues all launches. */
    public void run() {
        for (Step step : steps) {
            for (Argument argument : step.arguments) {
                driver.set(step, argument);
            }
            driver.launch(queue, step);
        }
        driver.flush(queue);
    }

    /** OpenCL's functions. */
    private record Driver(MethodHandle setArgument, MethodHandle enqueue, MethodHandle flush) {
        private static final Optional<Driver> FOUND = find();

        private static Optional<Driver> find() {
            for (String name : NAMES) {
                try {
                    SymbolLookup library = SymbolLookup.libraryLookup(name, Arena.global());
                    MethodHandle setArgument =
                            function(library, "clSetKernelArg", JAVA_LONG, JAVA_INT, JAVA_LONG, ADDRESS);
                    MethodHandle enqueue = function(
                            library,
                            "clEnqueueNDRangeKernel",
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_INT,
                            ADDRESS,
                            ADDRESS,
                            ADDRESS,
                            JAVA_INT,
                            ADDRESS,
                            ADDRESS);
                    return Optional.of(new Driver(setArgument, enqueue, function(library, "clFlush", JAVA_LONG)));
                } catch (IllegalArgumentException e) {
                    // the next name may be there
                }
            }
            return Optional.empty();
        }

        private static MethodHandle function(SymbolLookup library, String name, MemoryLayout... parameters) {
            MemorySegment address = library.find(name).orElseThrow(() -> new IllegalArgumentException("no " + name));
            return Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(JAVA_INT, parameters));
        }

        void set(Step step, Argument argument) {
            try {
                check(step, (int) setArgument.invokeExact(step.kernel, argument.index, argument.bytes, argument.value));
            } catch (Throwable e) {
                throw failure(e);
            }
        }

        void launch(long queue, Step step) {
            try {
                check(step, (int) enqueue.invokeExact(
                        queue,
                        step.kernel,
                        DIMENSIONS,
                        MemorySegment.NULL,
                        step.global,
                        step.local,
                        0,
                        MemorySegment.NULL,
                        MemorySegment.NULL));
            } catch (Throwable e) {
                throw failure(e);
            }
        }

        void flush(long queue) {
            try {
                int ignored = (int) flush.invokeExact(queue);
            } catch (Throwable e) {
                throw failure(e);
            }
        }

        private static void check(Step step, int status) {
            if (status != 0) {
                throw new DeviceException("OpenCL: kernel " + step.key + " failed with status " + status, null);
            }
        }

        private static RuntimeException failure(Throwable e) {
            if (e instanceof Error error) {
                throw error;
            }
            return e instanceof RuntimeException known ? known : new DeviceException("OpenCL: " + e.getMessage(), e);
        }
    }
}
