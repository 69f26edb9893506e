package dev.tandem.api;

/** A file or folder is not what it should be: no model folder, damaged, or of another kind. */
public final class ModelFormatException extends TandemException {
    private static final long serialVersionUID = 1;

    ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
