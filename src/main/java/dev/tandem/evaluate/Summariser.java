package dev.tandem.evaluate;

import dev.tandem.analysis.Gaussian;
import dev.tandem.analysis.Statistics;
import dev.tandem.evaluate.Summary.Needs;
import dev.tandem.image.RgbImage;
import dev.tandem.tensor.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads a set and computes what is needed of it, a batch at a time; only single samples that are needed stay in memory. */
public final class Summariser {
    /** Is told how far a set is. */
    @FunctionalInterface
    public interface Progress {
        void at(SampleSet set, long done, long total);
    }

    private final FeatureExtractor extractor;
    private final boolean keepGoing;
    private final Progress progress;

    /**
     * @param extractor null where no set has pictures and no classes are needed
     * @param keepGoing whether to leave out pictures that can't be read
     */
    public Summariser(FeatureExtractor extractor, boolean keepGoing, Progress progress) {
        this.extractor = extractor;
        this.keepGoing = keepGoing;
        this.progress = progress;
    }

    /**
     * Computes. Statistics that stand in a file are taken from there, also where the file has samples beside them.
     *
     * @throws IOException where a picture can't be read and nobody said to go on
     */
    public Summary summarise(SampleSet set, Needs needs) throws IOException {
        Gaussian stored =
                needs.moments() && set.storesStatistics() ? set.readStatistics(StatisticsFile.Of.FEATURES) : null;
        Gaussian spatial = needs.spatial() && set.storesSpatialStatistics()
                ? set.readStatistics(StatisticsFile.Of.SPATIAL_FEATURES)
                : null;
        boolean more = needs.samples() || needs.moments() && stored == null || needs.spatial() && spatial == null;
        if (!more) {
            return new Summary(0, stored, spatial, null, null, List.of(), List.of());
        }
        return set.hasPictures() ? ofPictures(set, needs, stored, spatial) : ofFeatures(set, needs);
    }

    private Summary ofFeatures(SampleSet set, Needs needs) throws IOException {
        float[][] features = set.readFeatures();
        Statistics statistics = needs.moments() ? new Statistics(features[0].length) : null;
        if (statistics != null) {
            for (float[] row : features) {
                statistics.add(row);
            }
        }
        if (needs.probabilities() && features[0].length != extractor.dimension()) {
            throw new FormatException(
                    set.path().toString(),
                    "has features of " + features[0].length + " dimensions, " + extractor.name() + " classifies "
                            + extractor.dimension());
        }
        return new Summary(
                features.length,
                moments(set, statistics),
                null,
                needs.features() ? features : null,
                needs.probabilities() ? mixed(features) : null,
                List.of(),
                List.of());
    }

    private float[][] mixed(float[][] features) {
        float[][] probabilities = extractor.probabilities(features);
        MixedOrder order = new MixedOrder();
        for (int i = 0; i < features.length; i++) {
            order.add(MixedOrder.key(features[i]), probabilities[i]);
        }
        return order.rows();
    }

    private Summary ofPictures(SampleSet set, Needs needs, Gaussian stored, Gaussian storedSpatial) throws IOException {
        List<String> unreadable = new ArrayList<>();
        List<float[]> features = new ArrayList<>();
        MixedOrder probabilities = new MixedOrder();
        Statistics statistics = needs.moments() && stored == null ? new Statistics(extractor.dimension()) : null;
        Statistics spatial =
                needs.spatial() && storedSpatial == null ? new Statistics(extractor.spatialDimension()) : null;
        List<String> notes;
        long read = 0;
        try (PictureSource source = set.pictures()) {
            notes = source.notes();
            progress.at(set, 0, source.count());
            for (List<RgbImage> batch = next(source, unreadable); !batch.isEmpty(); batch = next(source, unreadable)) {
                FeatureExtractor.Rows extracted = extractor.extract(batch);
                float[][] rows = extracted.features();
                if (spatial != null) {
                    for (float[] row : extracted.spatial()) {
                        spatial.add(row);
                    }
                }
                for (float[] row : rows) {
                    if (statistics != null) {
                        statistics.add(row);
                    }
                    if (needs.features()) {
                        features.add(row);
                    }
                }
                if (needs.probabilities()) {
                    List<byte[]> keys =
                            batch.parallelStream().map(MixedOrder::key).toList();
                    float[][] ofBatch = extractor.probabilities(rows);
                    for (int i = 0; i < ofBatch.length; i++) {
                        probabilities.add(keys.get(i), ofBatch[i]);
                    }
                }
                read += batch.size();
                progress.at(set, read + unreadable.size(), source.count());
            }
        }
        if (read == 0) {
            throw new FormatException(
                    set.path().toString(),
                    "has no picture that can be read"
                            + (unreadable.isEmpty() ? "" : "; the first: " + unreadable.getFirst()));
        }
        return new Summary(
                read,
                stored != null ? stored : moments(set, statistics),
                storedSpatial != null ? storedSpatial : moments(set, spatial),
                needs.features() ? features.toArray(float[][]::new) : null,
                needs.probabilities() ? probabilities.rows() : null,
                List.copyOf(unreadable),
                notes);
    }

    private List<RgbImage> next(PictureSource source, List<String> unreadable) throws IOException {
        return source.next(extractor.batch(), why -> {
            if (!keepGoing) {
                throw new IOException(why.getMessage() + "; ‹keep-going› leaves such pictures out", why);
            }
            unreadable.add(why.getMessage());
        });
    }

    private static Gaussian moments(SampleSet set, Statistics statistics) {
        if (statistics == null) {
            return null;
        }
        try {
            return statistics.gaussian();
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new FormatException(set.path().toString(), e.getMessage(), e);
        }
    }
}
