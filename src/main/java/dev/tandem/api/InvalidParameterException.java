package dev.tandem.api;

/** A parameter has a value that cannot be; the message says which values can. */
public final class InvalidParameterException extends TandemException {
    private static final long serialVersionUID = 1;

    private final String parameter;

    InvalidParameterException(String parameter, String message, Throwable cause) {
        super(message, cause);
        this.parameter = parameter;
    }

    /** The parameter, called as the method that sets it: {@code draftSteps}. */
    public String parameter() {
        return parameter;
    }
}
