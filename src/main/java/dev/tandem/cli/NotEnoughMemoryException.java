package dev.tandem.cli;

/** A run would not fit the memory; the message says what would. */
final class NotEnoughMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotEnoughMemoryException(String message) {
        super(message);
    }
}
