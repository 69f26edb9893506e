package dev.tandem.tornado.compile;

import dev.tandem.tornado.driver.TornadoInternals;
import dev.tandem.tornado.launch.Launch;
import dev.tandem.tornado.launch.Placeholders;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoTaskGraphInterface;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.graph.TornadoExecutionContext;
import uk.ac.manchester.tornado.runtime.profiler.EmptyProfiler;
import uk.ac.manchester.tornado.runtime.tasks.CompilableTask;
import uk.ac.manchester.tornado.runtime.tasks.meta.ScheduleContext;

/**
 * A launch as a task of TornadoVM's that is only compiled, never run: prepared as TornadoVM's interpreter would before it
 * compiles one, but without a place on the device for what it works on.
 */
public final class KernelTask {
    private static final String NAME = "tandem";

    private static final List<TornadoVMBackendType> FLAGGED =
            List.of(TornadoVMBackendType.OPENCL, TornadoVMBackendType.PTX, TornadoVMBackendType.SPIRV);

    private KernelTask() {}

    /** TornadoVM analyses the kernel's method here, where it has not met it before. */
    static CompilableTask of(Launch launch, TornadoXPUDevice device) {
        TaskGraph tasks = new TaskGraph(NAME);
        launch.task().add(tasks, launch.key(), new Placeholders());
        TornadoTaskGraphInterface graph = TornadoInternals.implementation(tasks);
        if (!graph.getDevice().equals(device)) {
            graph.setDevice(device);
        }
        TornadoExecutionContext context = TornadoInternals.context(graph);
        CompilableTask task = (CompilableTask) context.getTask(0);
        GridScheduler scheduler = new GridScheduler();
        scheduler.addWorkerGrid(NAME + "." + launch.key(), launch.grid().worker());
        task.setDevice(device);
        task.setUseGridScheduler(true);
        task.setGridScheduler(scheduler);
        task.attachProfiler(new EmptyProfiler());
        ScheduleContext all = context.meta();
        FLAGGED.forEach(backend -> task.meta().setCompilerFlags(backend, all.getCompilerFlags(backend)));
        return task;
    }
}
