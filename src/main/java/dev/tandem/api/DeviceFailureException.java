package dev.tandem.api;

/** The device that was asked for is not there, or failed. */
public final class DeviceFailureException extends TandemException {
    private static final long serialVersionUID = 1;

    DeviceFailureException(String message, Throwable cause) {
        super(message, cause);
    }
}
