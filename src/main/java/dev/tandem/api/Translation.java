package dev.tandem.api;

import dev.tandem.engine.Backends;
import dev.tandem.engine.DeviceException;
import dev.tandem.pipeline.NotEnoughMemoryException;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.service.ServiceClosedException;
import dev.tandem.tensor.FormatException;
import dev.tandem.text.ParameterNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;

/** What goes wrong inside, in the API's own types and with its names for parameters. */
final class Translation {
    private static final Pattern DASH = Pattern.compile("-(.)");

    private Translation() {}

    static RuntimeException of(Throwable e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : named(e.getMessage());
        return switch (e) {
            case TandemException t -> t;
            case CompletionException c when c.getCause() != null -> of(c.getCause());
            case ExecutionException c -> of(c.getCause());
            case InvalidRequestException i -> new InvalidParameterException(camel(i.parameter()), message, e);
            case FormatException f -> new ModelFormatException(message, e);
            case NotEnoughMemoryException n -> new InsufficientMemoryException(message, e);
            case OutOfMemoryError o ->
                new InsufficientMemoryException(
                        "the memory does not suffice (" + message + "); a smaller batch or a larger heap may help", e);
            case Backends.UnavailableException u -> new DeviceFailureException(message, e);
            case DeviceException d -> new DeviceFailureException(message, e);
            case UncheckedIOException u -> of(u.getCause());
            case ServiceClosedException s -> new ClosedException(message, e);
            case IOException i -> new TandemException(message, e);
            case RuntimeException r -> r;
            default -> new TandemException(message, e);
        };
    }

    /** {@code ‹draft-steps›} as {@code draftSteps}. */
    static String named(String message) {
        return ParameterNames.in(message, Translation::camel);
    }

    private static String camel(String parameter) {
        return DASH.matcher(parameter).replaceAll(m -> m.group(1).toUpperCase(Locale.ROOT));
    }
}
