package dev.tandem.tornado.nvidia;

/** A library is missing, or one of its functions failed. */
public final class LibraryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    LibraryException(String message) {
        super(message);
    }
}
