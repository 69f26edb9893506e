package dev.tandem.service;

/** The service was closed before the work was done. */
public final class ServiceClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    ServiceClosedException() {
        super("it was closed");
    }
}
