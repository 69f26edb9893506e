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
 * @param network whether there is one that features and classes of pictures are computed with
 */
public record Evaluation(SampleSet reference, SampleSet samples, boolean network) {
    /**
     * The values; each null where it was not asked for.
     *
     * @param precision fidelity of the samples
     * @param recall diversity of the samples
     * @param warnings what to bear in mind, one line each
     */
    public record Result(
            Double frechetDistance,
            Double spatialDistance,
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
            return withoutSamples(scored(), metric)
                    .or(() -> network ? Optional.empty() : Optional.of("an Inception score needs ‹features-model›"));
        }
        if (samples == null) {
            return Optional.of(metric.label() + " compares two sets, only one is named");
        }
        if (metric == Metric.SFID) {
            return withoutSpatial(reference).or(() -> withoutSpatial(samples));
        }
        return metric == Metric.FID
                ? withoutMoments(reference).or(() -> withoutMoments(samples))
                : withoutSamples(reference, metric).or(() -> withoutSamples(samples, metric));
    }

    /** Why the mean and covariance of a set can't be had. */
    public Optional<String> withoutMoments(SampleSet set) {
        return set.storesStatistics() ? Optional.empty() : withoutNetwork(set);
    }

    private Optional<String> withoutSpatial(SampleSet set) {
        if (set.storesSpatialStatistics()) {
            return Optional.empty();
        }
        return set.tellsOfSpatialFeatures()
                ? withoutNetwork(set)
                : Optional.of(set.path() + " has " + set.what()
                        + " without those of spatial features (mu_s, sigma_s), which sfid needs");
    }

    private Optional<String> withoutSamples(SampleSet set, Metric metric) {
        return set.hasSamples()
                ? withoutNetwork(set)
                : Optional.of(set.path() + " has statistics only, " + metric.label() + " needs samples");
    }

    private Optional<String> withoutNetwork(SampleSet set) {
        return network || !set.hasPictures()
                ? Optional.empty()
                : Optional.of(set.path() + " holds pictures; ‹features-model› names the network to compare them by"
                        + " (`tandem convert` makes one of Inception-v3's weights)");
    }

    /** All metrics that are possible. */
    public Set<Metric> possible() {
        EnumSet<Metric> all = EnumSet.allOf(Metric.class);
        all.removeIf(m -> impossible(m).isPresent());
        return all;
    }

    /**
     * What the metrics need of a set.
     *
     * @param saved whether its mean and covariance are needed in any case
     */
    public Needs needs(SampleSet set, Set<Metric> metrics, boolean saved) {
        return new Needs(
                saved || metrics.contains(Metric.FID),
                saved && set.tellsOfSpatialFeatures() || metrics.contains(Metric.SFID),
                metrics.contains(Metric.PRECISION) || metrics.contains(Metric.RECALL),
                metrics.contains(Metric.IS) && set == scored());
    }

    /**
     * Computes.
     *
     * @param b null where there is but one set
     * @param asked whether somebody named the metrics: then one that the sets don't fit is an error
     * @throws FormatException where the sets don't fit each other or are too small
     */
    public Result compute(Summary a, Summary b, Set<Metric> metrics, boolean asked, int splits, int neighbours) {
        List<String> warnings = new ArrayList<>();
        Double distance = null;
        if (metrics.contains(Metric.FID)) {
            checkDimensions(a.moments().dimension(), b.moments().dimension());
            warnOfFew(reference, a.moments(), warnings);
            warnOfFew(samples, b.moments(), warnings);
            distance = FrechetDistance.of(a.moments(), b.moments());
        }
        Double spatial = metrics.contains(Metric.SFID) ? spatialDistance(a, b, asked, warnings) : null;
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
                spatial,
                score,
                metrics.contains(Metric.PRECISION) ? both.precision() : null,
                metrics.contains(Metric.RECALL) ? both.recall() : null,
                List.copyOf(warnings));
    }

    private Double spatialDistance(Summary a, Summary b, boolean asked, List<String> warnings) {
        int ofA = a.spatial().dimension();
        int ofB = b.spatial().dimension();
        if (!asked && ofA != ofB) {
            warnings.add("no sFID: " + samples.path() + " has spatial features of " + ofB + " dimensions, "
                    + reference.path() + " of " + ofA);
            return null;
        }
        checkDimensions(ofA, ofB);
        warnOfFew(reference, a.spatial(), warnings);
        warnOfFew(samples, b.spatial(), warnings);
        return FrechetDistance.of(a.spatial(), b.spatial());
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
