package dev.tandem.api;

/** The memory does not suffice; the message says what would fit. */
public final class InsufficientMemoryException extends TandemException {
    private static final long serialVersionUID = 1;

    InsufficientMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
