package dev.tandem.pipeline;

/** A run would not fit the memory; the message says what would. */
public final class NotEnoughMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NotEnoughMemoryException(String message) {
        super(message);
    }
}
