package dev.tandem.tensor;

/** A file or its content is not what it must be. The message is one line: where, then what. */
public class FormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public FormatException(String where, String what) {
        super(where + ": " + what);
    }

    public FormatException(String where, String what, Throwable cause) {
        super(where + ": " + what, cause);
    }
}
