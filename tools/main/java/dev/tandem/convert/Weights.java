package dev.tandem.convert;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which of a checkpoint's weights are meant where it has both: those of the last step, or their running average. */
public enum Weights {
    RAW,
    EMA;

    /** Words that say that weights are an average over training steps. */
    private static final Set<String> AVERAGE = Set.of("ema", "averaged", "swa", "shadow", "polyak");

    /** As on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The weights of that label. */
    public static Optional<Weights> labelled(String label) {
        return Arrays.stream(values()).filter(w -> w.label().equals(label)).findFirst();
    }

    /** What a place in a checkpoint ({@code trainer.model_ema}) says of the weights there. */
    static Weights at(String location) {
        return words(location).anyMatch(AVERAGE::contains) ? EMA : RAW;
    }

    /** A place without what says that its weights are averaged: that of the others. */
    static String base(String location) {
        return words(location).filter(w -> !AVERAGE.contains(w)).collect(Collectors.joining("."));
    }

    private static java.util.stream.Stream<String> words(String location) {
        return Arrays.stream(location.split("[^A-Za-z]+|(?<=[a-z])(?=[A-Z])"))
                .filter(w -> !w.isEmpty())
                .map(w -> w.toLowerCase(Locale.ROOT));
    }
}
