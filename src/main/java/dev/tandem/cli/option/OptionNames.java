package dev.tandem.cli.option;

import dev.tandem.text.ParameterNames;

/** Parameters in messages, as the options that they are on the command line. */
public final class OptionNames {
    private OptionNames() {}

    /** The message with --draft-steps where it has ‹draft-steps›. */
    public static String in(String message) {
        return ParameterNames.in(message, name -> "--" + name);
    }
}
