package dev.tandem.tornado;

import dev.tandem.engine.DeviceException;
import dev.tandem.tornado.compile.KernelCompiler;
import dev.tandem.tornado.driver.DeviceFailures;
import dev.tandem.tornado.driver.OpenClReplay;
import dev.tandem.tornado.driver.TornadoInternals;
import dev.tandem.tornado.launch.Arguments;
import dev.tandem.tornado.launch.ConstantArrays;
import dev.tandem.tornado.launch.Grid;
import dev.tandem.tornado.launch.Launch;
import dev.tandem.tornado.memory.DeviceArray;
import dev.tandem.tornado.memory.DeviceMemory;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoTaskGraphInterface;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.runtime.ExecutorFrame;
import uk.ac.manchester.tornado.runtime.common.KernelStackFrame;
import uk.ac.manchester.tornado.runtime.common.TornadoInstalledCode;
import uk.ac.manchester.tornado.runtime.common.XPUDeviceBufferState;
import uk.ac.manchester.tornado.runtime.graph.TornadoExecutionContext;

/**
 * A task graph over arrays that lie on the device already. TornadoVM compiles a kernel anew for every task that launches
 * it; here tasks take what {@link KernelCompiler} has for their keys.
 */
final class Graph {
    private static final String NAME = "tandem";

    private final DeviceMemory memory;
    private final KernelCompiler compiler;
    private final List<Launch> launches;
    private final TornadoTaskGraphInterface graph;
    private final ExecutorFrame frame;
    private boolean linked;

    /** What the first run captured: launched as it is, for TornadoVM takes a fifth of a millisecond to do so. */
    private OptionalLong captured = OptionalLong.empty();

    /** The first run's launches, where nothing is captured but the driver can be called without TornadoVM. */
    private Optional<OpenClReplay> replay = Optional.empty();

    Graph(ConstantArrays constants, KernelCompiler compiler, List<Launch> launches, boolean capture) {
        this.memory = constants.memory();
        this.compiler = compiler;
        this.launches = launches;
        TaskGraph tasks = new TaskGraph(NAME);
        GridScheduler scheduler = new GridScheduler();
        Arguments arguments = new Arguments(constants);
        int number = 0;
        for (Launch launch : launches) {
            String id = launch.key() + "_" + number++;
            arguments.next();
            launch.task().add(tasks, id, arguments);
            if (launch.grid() != null) {
                scheduler.addWorkerGrid(NAME + "." + id, launch.grid().worker());
            }
        }
        tasks.transferToDevice(
                DataTransferMode.FIRST_EXECUTION,
                arguments.used().stream().map(DeviceArray::array).toArray());
        graph = TornadoInternals.implementation(tasks);
        if (!graph.getDevice().equals(memory.device())) {
            graph.setDevice(memory.device());
        }
        TornadoExecutionContext context = TornadoInternals.context(graph);
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

    /** Queues the work. */
    void run() {
        try {
            if (captured.isPresent()) {
                memory.device().launchExecutionGraph(memory.planId(), captured.getAsLong());
                return;
            }
            if (replay.isPresent()) {
                replay.get().run();
                return;
            }
            if (!linked) {
                link();
            }
            graph.execute(frame);
            captured = TornadoInternals.captured(graph);
            replay = replay();
        } catch (RuntimeException e) {
            throw failure(e);
        }
    }

    /** Of what was just run, where the device is one of OpenCL's. */
    private Optional<OpenClReplay> replay() {
        if (memory.device().getTornadoVMBackend() != TornadoVMBackendType.OPENCL) {
            return Optional.empty();
        }
        Optional<OpenClReplay> made = OpenClReplay.on(memory.device(), memory.planId());
        TornadoExecutionContext context = TornadoInternals.context(graph);
        KernelStackFrame frame = context.getKernelStackFrame()[0];
        made.ifPresent(to -> {
            for (int i = 0; i < launches.size(); i++) {
                Launch launch = launches.get(i);
                Grid grid = launch.grid();
                List<Number> values = Arrays.stream(context.getTask(i).getArguments())
                        .filter(argument -> !(argument instanceof KernelContext))
                        .map(argument ->
                                argument instanceof Integer scalar ? scalar : (Number) place(context, argument))
                        .toList();
                to.add(launch.key(), compiler.code(launch), frame, values, grid.global(), grid.local());
            }
        });
        return made;
    }

    /** Where an array lies on the device. */
    private long place(TornadoExecutionContext context, Object array) {
        return context.getLocalStateObject(array, Access.NONE)
                .getDataObjectState()
                .getDeviceBufferState(memory.device())
                .getXPUBuffer()
                .toBuffer();
    }

    private void link() {
        TornadoInstalledCode[] codes = TornadoInternals.installedCode(graph, memory.planId());
        for (int i = 0; i < codes.length; i++) {
            codes[i] = compiler.code(launches.get(i));
        }
        linked = true;
    }

    private DeviceException failure(RuntimeException e) {
        String kernel = launches.stream()
                .map(Launch::key)
                .filter(key -> String.valueOf(e.getMessage()).contains(key))
                .findFirst()
                .orElseGet(() -> launches.getFirst().key() + (launches.size() > 1 ? " or one after it" : ""));
        return DeviceFailures.ofKernel(memory.device(), kernel, e);
    }
}
