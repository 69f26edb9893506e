package dev.tandem.api;

/** Something could not be done; the message says what, in one line, and where possible what helps. */
public class TandemException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TandemException(String message, Throwable cause) {
        super(message, cause);
    }
}
