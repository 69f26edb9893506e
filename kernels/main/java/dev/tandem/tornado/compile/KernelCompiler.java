package dev.tandem.tornado.compile;

import dev.tandem.engine.DeviceException;
import dev.tandem.tornado.driver.DeviceFailures;
import dev.tandem.tornado.driver.TornadoInternals;
import dev.tandem.tornado.launch.Launch;
import dev.tandem.tornado.memory.DeviceStatistics;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.runtime.common.TornadoInstalledCode;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.tasks.CompilableTask;

/**
 * The machine code of a session's kernels, by the keys of their launches. All that recorded programs launch is made ready
 * at once, when the first of them runs: taken from the store of earlier processes where it is there, compiled where it is
 * not. TornadoVM translates one kernel after the other; CUDA's compiler works on those that were meanwhile.
 */
public final class KernelCompiler {
    private static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors(), 4, 16);

    private final TornadoXPUDevice device;
    private final long planId;
    private final DeviceStatistics statistics;
    private final Optional<KernelStore> store;
    private final Map<String, Launch> wanted = new LinkedHashMap<>();
    private final Map<String, TornadoInstalledCode> compiled = new HashMap<>();

    /** What TornadoVM was not asked to analyse. */
    private final List<Known> known = new ArrayList<>();

    private record Known(Method method, Access[] accesses) {}

    public KernelCompiler(
            TornadoXPUDevice device, long planId, Optional<KernelStore> store, DeviceStatistics statistics) {
        this.device = device;
        this.planId = planId;
        this.store = store;
        this.statistics = statistics;
    }

    /** These will be run. */
    public void want(List<Launch> launches) {
        for (Launch launch : launches) {
            if (launch.grid() != null && !compiled.containsKey(launch.key())) {
                wanted.putIfAbsent(launch.key(), launch);
            }
        }
    }

    /** Of a kernel that was wanted before {@link #compile}; null for a library's task. */
    public TornadoInstalledCode code(Launch launch) {
        return compiled.get(launch.key());
    }

    /** Makes ready what is wanted and was not yet. */
    public void compile() {
        if (wanted.isEmpty()) {
            return;
        }
        long start = System.nanoTime();
        List<Launch> launches = List.copyOf(wanted.values());
        wanted.clear();
        List<Launch> missing =
                launches.stream().filter(launch -> !install(launch)).toList();
        if (!missing.isEmpty()) {
            TornadoInternals.forgetAccesses();
            translate(missing);
        }
        for (Known one : known) {
            TornadoInternals.knowAccesses(one.method(), one.accesses(), device);
        }
        statistics.compiled(launches.size(), launches.size() - missing.size(), System.nanoTime() - start);
    }

    /** Takes a kernel from the store; says whether it was there. */
    private boolean install(Launch launch) {
        Optional<StoredKernel> stored = store.flatMap(s -> s.find(launch.key()));
        if (stored.isEmpty()) {
            return false;
        }
        StoredKernel kernel = stored.get();
        try {
            Known one = new Known(kernel.find(), kernel.accesses().toArray(Access[]::new));
            Optional<TornadoInstalledCode> code =
                    TornadoInternals.install(device, planId, launch.key(), kernel.entryPoint(), kernel.image());
            code.ifPresent(c -> {
                compiled.put(launch.key(), c);
                known.add(one);
            });
            return code.isPresent();
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    private void keep(KernelStore in, Launch launch, CompilableTask task) {
        TornadoInternals.image(compiled.get(launch.key())).ifPresent(image -> {
            Method method = task.getMethod();
            String entryPoint = TornadoInternals.entryPoint(device, method.getName());
            in.keep(StoredKernel.of(launch.key(), method, task.getArgumentsAccess(), entryPoint, image));
        });
    }

    private void translate(List<Launch> launches) {
        if (device.getTornadoVMBackend() == TornadoVMBackendType.CUDA) {
            try (ExecutorService workers = Executors.newFixedThreadPool(THREADS)) {
                translate(launches, workers);
            }
        } else {
            // TornadoVM's PTX back-end loads modules into the context of the thread that made it, its SPIR-V back-end
            // has
            // one compiler, and OpenCL's drivers may not compile for many at once (PoCL fails now and then)
            translate(launches, Runnable::run);
        }
    }

    private void translate(List<Launch> launches, Executor workers) {
        Map<Launch, CompilableTask> tasks = new LinkedHashMap<>();
        Map<Launch, Future<TornadoInstalledCode>> running = new LinkedHashMap<>();
        for (Launch launch : launches) {
            CompilableTask task = task(launch);
            if (running.isEmpty()) {
                device.getCodeFromCache(planId, task); // makes the plan's code cache, which threads would race for
            }
            tasks.put(launch, task);
            running.put(launch, CompletableFuture.supplyAsync(() -> device.installCode(planId, task), workers));
        }
        running.forEach((launch, code) -> compiled.put(launch.key(), result(launch, code)));
        store.ifPresent(s -> {
            tasks.forEach((launch, task) -> keep(s, launch, task));
            s.trim();
        });
    }

    private CompilableTask task(Launch launch) {
        try {
            return KernelTask.of(launch, device);
        } catch (RuntimeException e) {
            throw DeviceFailures.ofKernel(device, launch.key(), e);
        }
    }

    private TornadoInstalledCode result(Launch launch, Future<TornadoInstalledCode> code) {
        try {
            return code.get();
        } catch (ExecutionException e) {
            throw DeviceFailures.ofKernel(device, launch.key(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeviceException("interrupted while compiling kernels", e);
        }
    }
}
