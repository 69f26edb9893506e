package dev.tandem.engine;

/** Something failed on a device; the message is one line that names the device and, where there is one, the kernel. */
public final class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DeviceException(String message) {
        super(message);
    }

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
