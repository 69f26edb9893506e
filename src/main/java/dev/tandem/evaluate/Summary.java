package dev.tandem.evaluate;

import dev.tandem.analysis.Gaussian;
import java.util.List;

/**
 * What was computed of a set; each null where nobody asked for it.
 *
 * @param samples that were read, 0 where only statistics were
 * @param moments mean and covariance of the features
 * @param spatial mean and covariance of the spatial features
 * @param features one row per sample
 * @param probabilities of the classes, one row per sample, in a mixed order
 * @param unreadable pictures that were left out, each with its name and the reason
 * @param notes what was passed over and may have been meant
 */
public record Summary(
        long samples,
        Gaussian moments,
        Gaussian spatial,
        float[][] features,
        float[][] probabilities,
        List<String> unreadable,
        List<String> notes) {
    /** What to compute. */
    public record Needs(boolean moments, boolean spatial, boolean features, boolean probabilities) {
        boolean samples() {
            return features || probabilities;
        }
    }
}
