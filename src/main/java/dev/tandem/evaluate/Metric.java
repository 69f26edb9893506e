package dev.tandem.evaluate;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What two sets of pictures are compared by. */
public enum Metric {
    /** Fréchet distance of the features. */
    FID,
    /** Fréchet distance of the spatial features. */
    SFID,
    /** Inception score of the second set. */
    IS,
    /** How much of the second set lies on the first one's manifold. */
    PRECISION,
    /** How much of the first set lies on the second one's manifold. */
    RECALL;

    /** As on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Metric> labelled(String label) {
        return Arrays.stream(values())
                .filter(m -> m.label().equals(label.strip().toLowerCase(Locale.ROOT)))
                .findFirst();
    }
}
