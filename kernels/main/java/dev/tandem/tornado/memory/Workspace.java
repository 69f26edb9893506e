package dev.tandem.tornado.memory;

import dev.tandem.tornado.nvidia.NvidiaLibraries;
import java.util.HashMap;
import java.util.Map;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** What operations need of a session: arrays to work in, and what its device can. */
public final class Workspace {
    private final DeviceMemory memory;
    private final DeviceArray.Type storage;
    private final Map<String, DeviceArray> scratch = new HashMap<>();

    /** @param storage how activations, caches and matrices are kept */
    public Workspace(DeviceMemory memory, DeviceArray.Type storage) {
        this.memory = memory;
        this.storage = storage;
    }

    /** How activations, caches and matrices are kept. */
    public DeviceArray.Type storage() {
        return storage;
    }

    /** An array that an operation works in: of at least so many elements, shared by all operations of that use. */
    public DeviceArray scratch(String use, DeviceArray.Type type, long elements) {
        DeviceArray a = scratch.computeIfAbsent(use, k -> new DeviceArray(use, type, elements));
        if (!a.grow(elements)) {
            a = new DeviceArray(use, type, elements);
            scratch.put(use, a);
        }
        return a;
    }

    /** What libraries work in. */
    public DeviceArray forLibraries() {
        return scratch("libraries' workspace", DeviceArray.Type.I8, NvidiaLibraries.WORKSPACE);
    }

    /** Whether kernels may move fp16 in pairs and sum over a warp's registers. */
    public boolean packs() {
        return storage == DeviceArray.Type.F16 && backend() == TornadoVMBackendType.CUDA;
    }

    /** Whether fragments may be stored in local memory; where not, only in an array. */
    public boolean keepsFragments() {
        return backend() == TornadoVMBackendType.CUDA;
    }

    /** 1 where kernels may shift longs to the right; see {@code FixedPoint}. */
    public int shiftsLongs() {
        return backend() == TornadoVMBackendType.SPIRV ? 0 : 1;
    }

    private TornadoVMBackendType backend() {
        return memory.device().getTornadoVMBackend();
    }
}
