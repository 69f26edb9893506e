package dev.tandem.text;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parameters in messages. Whatever is below its callers writes ‹draft-steps›; each caller shows that by the name it has
 * there: --draft-steps on the command line, draft_steps in JSON.
 */
public final class ParameterNames {
    private static final Pattern MARKED = Pattern.compile("‹([a-z-]+)›");

    private ParameterNames() {}

    /** A message with every parameter called as the caller calls it. */
    public static String in(String message, UnaryOperator<String> called) {
        return MARKED.matcher(message).replaceAll(m -> Matcher.quoteReplacement(called.apply(m.group(1))));
    }

    /** A message with the parameters' own names. */
    public static String plain(String message) {
        return in(message, UnaryOperator.identity());
    }
}
