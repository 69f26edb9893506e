package dev.tandem.request;

/** The command was asked for something that cannot be; the message says what and, where possible, what can. */
public final class InvalidRequestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public InvalidRequestException(String message) {
        super(message);
    }

    public InvalidRequestException(String message, Throwable cause) {
        super(message, cause);
    }
}
