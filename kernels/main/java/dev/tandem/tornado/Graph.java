package dev.tandem.tornado;

import dev.tandem.engine.DeviceException;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoTaskGraphInterface;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.runtime.ExecutorFrame;
import uk.ac.manchester.tornado.runtime.common.XPUDeviceBufferState;
import uk.ac.manchester.tornado.runtime.graph.TornadoExecutionContext;
import uk.ac.manchester.tornado.runtime.tasks.TornadoTaskGraph;

/**
 * A task graph over arrays that lie on the device already. TornadoVM keeps compiled code by the name of graph and task, so
 * all graphs bear the same name and a task the name of its kernel, its scalars and how often the graph had it before:
 * a kernel is compiled once per place in a graph, not once per launch.
 */
final class Graph {
    private static final String NAME = "tandem";

    private final DeviceMemory memory;
    private final List<Launch> launches;
    private final TornadoTaskGraphInterface graph;
    private final ExecutorFrame frame;

    Graph(Constants constants, List<Launch> launches, boolean capture) {
        this.memory = constants.memory();
        this.launches = launches;
        TaskGraph tasks = new TaskGraph(NAME);
        GridScheduler scheduler = new GridScheduler();
        Arguments arguments = new Arguments(constants);
        Map<String, Integer> occurrences = new HashMap<>();
        for (Launch launch : launches) {
            String id = launch.key() + "_" + occurrences.merge(launch.key(), 1, Integer::sum);
            arguments.next();
            launch.task().add(tasks, id, arguments);
            scheduler.addWorkerGrid(NAME + "." + id, launch.grid().worker());
        }
        tasks.transferToDevice(
                DataTransferMode.FIRST_EXECUTION,
                arguments.used().stream().map(DeviceArray::array).toArray());
        graph = implementation(tasks);
        if (!graph.getDevice().equals(memory.device())) {
            graph.setDevice(memory.device());
        }
        TornadoExecutionContext context = context(graph);
        for (DeviceArray a : arguments.used()) {
            XPUDeviceBufferState state = context.getLocalStateObject(a.array(), Access.NONE)
                    .getDataObjectState()
                    .getDeviceBufferState(memory.device());
            state.setXPUBuffer(a.state().getXPUBuffer());
            state.setContents(true);
            state.setLockBuffer(true);
        }
        frame = new ExecutorFrame(memory.planId()).setGridScheduler(scheduler);
        graph.withGridScheduler(scheduler);
        if (capture && memory.device().supportsExecutionGraphs()) {
            graph.withCUDAGraph();
        }
    }

    /** What its first task is. */
    String firstKey() {
        return launches.getFirst().key();
    }

    /** Queues the work. */
    void run() {
        try {
            graph.execute(frame);
        } catch (RuntimeException e) {
            throw failure(e);
        }
    }

    private DeviceException failure(RuntimeException e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String text = DeviceMemory.firstLine(cause);
        String kernel = launches.stream()
                .map(Launch::key)
                .filter(key -> String.valueOf(e.getMessage()).contains(key))
                .findFirst()
                .orElseGet(() -> launches.getFirst().key() + (launches.size() > 1 ? " or one after it" : ""));
        return new DeviceException(memory.describe() + ": kernel " + kernel + " failed: " + text, e);
    }

    private static TornadoTaskGraphInterface implementation(TaskGraph tasks) {
        try {
            Method getter = TaskGraph.class.getDeclaredMethod("getTaskGraphImpl");
            getter.setAccessible(true);
            return (TornadoTaskGraphInterface) getter.invoke(tasks);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw new DeviceException("this TornadoVM is not the one that Tandem was built for (5.2.0)", e);
        }
    }

    private static TornadoExecutionContext context(TornadoTaskGraphInterface graph) {
        try {
            Field field = TornadoTaskGraph.class.getDeclaredField("executionContext");
            field.setAccessible(true);
            return (TornadoExecutionContext) field.get(graph);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw new DeviceException("this TornadoVM is not the one that Tandem was built for (5.2.0)", e);
        }
    }
}
