package dev.tandem.cli;

/** The command was asked for something that cannot be; the message says what and, where possible, what can. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }

    UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
