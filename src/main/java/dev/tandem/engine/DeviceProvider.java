package dev.tandem.engine;

import java.util.List;
import java.util.Optional;

/**
 * A back-end that runs on devices of their own. Found with {@link java.util.ServiceLoader} under this type, where the
 * build has it.
 */
public interface DeviceProvider extends BackendProvider {
    /**
     * A device that this process can use.
     *
     * @param id what {@code --device} takes, besides the name of the device's driver interface
     * @param backend that name: cuda, ptx, opencl, spirv
     * @param driver the driver's name
     * @param memory bytes of global memory
     * @param halves whether it stores fp16
     * @param gpu whether {@code auto} may take it
     */
    record Device(String id, String backend, String name, String driver, long memory, boolean halves, boolean gpu) {}

    /** All devices that this process can use; empty where the back-end is unavailable. */
    List<Device> devices();

    /** Why {@code auto} leaves it alone although it can run; empty where it takes it. */
    Optional<String> unsuitable();
}
