package dev.tandem.request;

/**
 * What was asked for cannot be; the message says what and, where possible, what can. It names parameters as
 * {@link dev.tandem.text.ParameterNames} has them.
 */
public final class InvalidRequestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String parameter;

    /** @param parameter which one is wrong or missing */
    public InvalidRequestException(String parameter, String message) {
        this(parameter, message, null);
    }

    public InvalidRequestException(String parameter, String message, Throwable cause) {
        super(message, cause);
        this.parameter = parameter;
    }

    /** Which parameter is wrong or missing, by its own name, such as {@code draft-steps}. */
    public String parameter() {
        return parameter;
    }
}
