package dev.tandem.tornado.memory;

import dev.tandem.engine.DeviceException;
import dev.tandem.tornado.driver.DeviceFailures;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.common.XPUDeviceBufferState;
import uk.ac.manchester.tornado.runtime.library.LibraryRegistry;

/**
 * The arrays of a session on its device. TornadoVM lets a task graph own its buffers and hand them to the graph that
 * runs next; ours belong to the session instead, so that any graph may use any array in any order: they are placed with
 * the device's own calls, and graphs are told where they are.
 */
public final class DeviceMemory implements AutoCloseable {
    private final TornadoXPUDevice device;
    private final long planId;
    private final List<DeviceArray> arrays = new ArrayList<>();
    private final Set<Integer> hashes = new HashSet<>();
    private final DeviceArray fence = new DeviceArray("fence", DeviceArray.Type.I32, 1);
    private final DeviceStatistics statistics = new DeviceStatistics();

    private long bytes;

    public DeviceMemory(TornadoXPUDevice device, long planId) {
        this.device = device;
        this.planId = planId;
    }

    public TornadoXPUDevice device() {
        return device;
    }

    public long planId() {
        return planId;
    }

    public DeviceStatistics statistics() {
        return statistics;
    }

    /** Bytes allocated on the device so far. */
    public long bytes() {
        return bytes;
    }

    /** The array's handle, placed on the device if it was not yet; what lies there is undefined at first. */
    public TornadoNativeArray place(DeviceArray a) {
        if (!a.allocated()) {
            if (a.elements() > Integer.MAX_VALUE) {
                throw new DeviceException(
                        describe() + ": '" + a.name() + "' of " + a.elements() + " elements is larger than one array",
                        null);
            }
            TornadoNativeArray handle = a.createHandle();
            while (!hashes.add(handle.hashCode())) {
                handle = a.createHandle();
            }
            XPUDeviceBufferState state = new XPUDeviceBufferState();
            state.setLockBuffer(true);
            try {
                // large arrays stay out of pinned host memory: their mirror is never touched, or once
                device.setStagedTransfers(true);
                device.allocateObjects(
                        new Object[] {handle}, 0, new XPUDeviceBufferState[] {state}, new Access[] {Access.READ_ONLY});
            } catch (RuntimeException e) {
                throw DeviceFailures.ofMemory(device, a.name(), a.bytes(), bytes, e);
            } finally {
                device.setStagedTransfers(false);
            }
            state.setContents(true);
            a.placed(state);
            arrays.add(a);
            bytes += a.bytes();
        }
        return a.array();
    }

    /** The array as one of longs, placed. */
    public DeviceArray longs(DeviceArray a) {
        place(a);
        return a.longs(handle -> hashes.add(handle.hashCode()));
    }

    /** Waits for everything that was queued. */
    public void sync() {
        device.sync(planId);
        if (device.getTornadoVMBackend() == TornadoVMBackendType.SPIRV && !arrays.isEmpty()) {
            // its sync does nothing, but a read that waits comes after all that was queued before it
            place(fence);
            read(fence, 0, 1);
        }
    }

    /** Copies the whole mirror to the device. */
    public void upload(DeviceArray a) {
        place(a);
        device.sync(planId);
        long start = System.nanoTime();
        device.setStagedTransfers(true);
        device.streamIn(planId, a.array(), 0, 0, a.state(), null);
        sync();
        device.setStagedTransfers(false);
        statistics.uploaded(a.bytes(), System.nanoTime() - start);
    }

    /** Copies a range of elements from the device into the mirror. */
    public void download(DeviceArray a, long from, long count) {
        place(a);
        device.sync(planId);
        read(a, from, count);
        device.sync(planId);
    }

    private void read(DeviceArray a, long from, long count) {
        a.state().setPartialCopySize(count * a.type().bytes);
        device.streamOutBlocking(
                planId, a.array(), TornadoNativeArray.ARRAY_HEADER + from * a.type().bytes, a.state(), null);
        a.state().setPartialCopySize(0);
    }

    public String describe() {
        return DeviceFailures.describe(device);
    }

    @Override
    public void close() {
        sync();
        for (DeviceArray a : arrays) {
            a.state().setLockBuffer(false);
            device.deallocate(a.state());
        }
        // libraries' handles are bound to the stream that goes with the plan
        LibraryRegistry.destroyContexts(planId);
        device.getDeviceContext().reset(planId);
        arrays.forEach(DeviceArray::freeMirror);
        arrays.clear();
        bytes = 0;
    }
}
