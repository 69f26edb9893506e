package dev.tandem.api;

/** The {@link Tandem} was closed before the work was done. */
public final class ClosedException extends TandemException {
    private static final long serialVersionUID = 1;

    ClosedException(String message, Throwable cause) {
        super(message, cause);
    }
}
