package dev.tandem.evaluate;

import dev.tandem.analysis.FrechetDistance;
import dev.tandem.analysis.Gaussian;
import dev.tandem.analysis.InceptionScore;
import dev.tandem.analysis.PrecisionRecall;
import dev.tandem.evaluate.Summary.Needs;
import dev.tandem.tensor.FormatException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which metrics can be computed of two sets, what they need, and their values.
 *
 * @param reference the pictures that the others are measured by
 * @param samples null where there is but one set
 * @param classifies whether there is a network that tells classes apart
 */
public record Evaluation(SampleSet reference, SampleSet samples, boolean classifies) {
    /**
     * The values; each null where it was not asked for.
     *
     * @param precision fidelity of the samples
     * @param recall diversity of the samples
     * @param warnings what to bear in mind, one line each
     */
    public record Result(
            Double frechetDistance,
            InceptionScore inceptionScore,
            Double precision,
            Double recall,
            List<String> warnings) {}

    /** The set whose pictures are scored. */
    public SampleSet scored() {
        return samples == null ? reference : samples;
    }

    /** Why a metric can't be computed of these sets; empty where it can. */
    public Optional<String> impossible(Metric metric) {
        if (metric == Metric.IS) {
            if (!scored().hasSamples()) {
                return Optional.of(scored().path() + " has statistics only, an Inception score needs samples");
            }
            return classifies ? Optional.empty() : Optional.of("an Inception score needs --features-model");
        }
        if (samples == null) {
            return Optional.of(metric.label() + " compares two sets, only one is named");
        }
        if (metric == Metric.FID) {
            return Optional.empty();
        }
        SampleSet without = reference.hasSamples() ? samples : reference;
        return without.hasSamples()
                ? Optional.empty()
                : Optional.of(without.path() + " has statistics only, " + metric.label() + " needs samples");
    }

    /** All metrics that are possible. */
    public Set<Metric> possible() {
        EnumSet<Metric> all = EnumSet.allOf(Metric.class);
        all.removeIf(m -> impossible(m).isPresent());
        return all;
    }

    /** What the metrics need of a set. */
    public Needs needs(SampleSet set, Set<Metric> metrics) {
        return new Needs(
                metrics.contains(Metric.FID),
                metrics.contains(Metric.PRECISION) || metrics.contains(Metric.RECALL),
                metrics.contains(Metric.IS) && set == scored());
    }

    /**
     * Computes.
     *
     * @param b null where there is but one set
     * @throws FormatException where the sets don't fit each other or are too small
     */
    public Result compute(Summary a, Summary b, Set<Metric> metrics, int splits, int neighbours) {
        List<String> warnings = new ArrayList<>();
        Double distance = null;
        if (metrics.contains(Metric.FID)) {
            checkDimensions(a.moments().dimension(), b.moments().dimension());
            warnOfFew(reference, a.moments(), warnings);
            warnOfFew(samples, b.moments(), warnings);
            distance = FrechetDistance.of(a.moments(), b.moments());
        }
        PrecisionRecall both = null;
        if (metrics.contains(Metric.PRECISION) || metrics.contains(Metric.RECALL)) {
            checkDimensions(a.features()[0].length, b.features()[0].length);
            requireMore(reference, a.samples(), neighbours, "precision and recall by " + neighbours + " neighbours");
            requireMore(samples, b.samples(), neighbours, "precision and recall by " + neighbours + " neighbours");
            both = PrecisionRecall.of(a.features(), b.features(), neighbours);
        }
        InceptionScore score = null;
        if (metrics.contains(Metric.IS)) {
            Summary scored = b == null ? a : b;
            requireMore(scored(), scored.samples(), splits - 1, "an Inception score of " + splits + " splits");
            score = InceptionScore.of(scored.probabilities(), splits);
        }
        return new Result(
                distance,
                score,
                metrics.contains(Metric.PRECISION) ? both.precision() : null,
                metrics.contains(Metric.RECALL) ? both.recall() : null,
                List.copyOf(warnings));
    }

    private void checkDimensions(int a, int b) {
        if (a != b) {
            throw new FormatException(
                    samples.path().toString(),
                    "has features of " + b + " dimensions, " + reference.path() + " of " + a);
        }
    }

    private static void requireMore(SampleSet set, long samples, int than, String forWhat) {
        if (samples <= than) {
            throw new FormatException(
                    set.path().toString(), forWhat + " needs at least " + (than + 1) + " samples, it has " + samples);
        }
    }

    private static void warnOfFew(SampleSet set, Gaussian moments, List<String> warnings) {
        if (moments.singular()) {
            warnings.add(set.path() + " has " + moments.samples() + " samples for a covariance of "
                    + moments.dimension() + " dimensions, which is singular with fewer than "
                    + (moments.dimension() + 1) + ": the distance comes out too large");
        }
    }
}
