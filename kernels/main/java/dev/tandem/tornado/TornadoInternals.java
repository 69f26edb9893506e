package dev.tandem.tornado;

import dev.tandem.engine.DeviceException;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.OptionalLong;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoTaskGraphInterface;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;
import uk.ac.manchester.tornado.runtime.common.TornadoInstalledCode;
import uk.ac.manchester.tornado.runtime.graph.TornadoExecutionContext;
import uk.ac.manchester.tornado.runtime.tasks.TornadoTaskGraph;

/** What TornadoVM 5.2.0 has but does not publish. */
final class TornadoInternals {
    /** Where in its memory TornadoVM takes an array to begin for pairs of fp16 and for tensor cores: the JVM's header. */
    private static final int ASSUMED_HEADER = 16;

    private TornadoInternals() {}

    /** What such an index is short of, in elements. */
    static int off(DeviceArray.Type type) {
        return ((int) TornadoNativeArray.ARRAY_HEADER - ASSUMED_HEADER) / type.bytes;
    }

    static TornadoTaskGraphInterface implementation(TaskGraph tasks) {
        return (TornadoTaskGraphInterface) call(TaskGraph.class, tasks, "getTaskGraphImpl");
    }

    static TornadoExecutionContext context(TornadoTaskGraphInterface graph) {
        return (TornadoExecutionContext) get(TornadoTaskGraph.class, graph, "executionContext");
    }

    /**
     * Makes the graph ready to run, and gives the table of its tasks' machine code, in their order: what is put there is
     * not compiled, what is missing will be by the first run. Library tasks have none.
     */
    static TornadoInstalledCode[] installedCode(TornadoTaskGraphInterface graph, long planId) {
        context(graph).setExecutionPlanId(planId);
        call(TornadoTaskGraph.class, graph, "setupProfiler");
        call(TornadoTaskGraph.class, graph, "compileComputeGraphToTornadoVMBytecode");
        Object interpreter = interpreter(graph);
        return (TornadoInstalledCode[]) get(interpreter.getClass(), interpreter, "installedCodes");
    }

    /** The driver's handle of what the graph's first run captured, if anything. */
    static OptionalLong captured(TornadoTaskGraphInterface graph) {
        Object interpreter = interpreter(graph);
        Map<?, ?> handles = (Map<?, ?>) get(interpreter.getClass(), interpreter, "executionGraphHandles");
        return handles.values().stream().mapToLong(Long.class::cast).findFirst();
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
        try {
            Method method = type.getDeclaredMethod(name);
            method.setAccessible(true);
            return method.invoke(owner);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw other(e);
        }
    }

    private static DeviceException other(Exception e) {
        return new DeviceException("this TornadoVM is not the one that Tandem was built for (5.2.0)", e);
    }
}
