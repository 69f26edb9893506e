package dev.tandem.tornado.driver;

import dev.tandem.engine.DeviceException;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;

/** What a device could not do, in one line. */
public final class DeviceFailures {
    private DeviceFailures() {}

    /** How a message names a device. */
    public static String describe(TornadoXPUDevice device) {
        return device.getPhysicalDevice().getDeviceName() + " (" + device.getTornadoVMBackend() + ")";
    }

    /** What went wrong with a kernel. */
    public static DeviceException ofKernel(TornadoXPUDevice device, String kernel, Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return new DeviceException(describe(device) + ": kernel " + kernel + " failed: " + firstLine(cause), e);
    }

    /** An array that does not fit beside what is there already. */
    public static DeviceException ofMemory(
            TornadoXPUDevice device, String array, long bytes, long allocated, RuntimeException e) {
        return new DeviceException(
                describe(device) + ": no memory for '" + array + "' (" + mib(bytes) + ") after " + mib(allocated) + ": "
                        + firstLine(e),
                e);
    }

    private static String mib(long bytes) {
        return (bytes >> 20) + " MiB";
    }

    /** Of the message, less the colours that TornadoVM gives it. */
    public static String firstLine(Throwable e) {
        String message = e.getMessage() == null
                ? e.getClass().getSimpleName()
                : e.getMessage().replaceAll("\u001B\\[[0-9;]*m", "").strip();
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
