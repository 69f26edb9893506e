package dev.tandem.study;

import dev.tandem.analysis.FrechetDistance;
import dev.tandem.analysis.Gaussian;
import dev.tandem.analysis.Statistics;
import dev.tandem.evaluate.FeatureExtractor;
import dev.tandem.image.RgbImage;
import java.util.ArrayList;
import java.util.List;

/** Measures the Fréchet distance of every plan's pictures from a target: given statistics, or the first plan's pictures. */
public final class SweepQuality {
    private final FeatureExtractor network;
    private final List<RgbImage> waiting = new ArrayList<>();
    private Gaussian target;
    private Statistics statistics;
    private Gaussian last;

    /** @param target null for the first plan's own pictures */
    public SweepQuality(FeatureExtractor network, Gaussian target) {
        this.network = network;
        this.target = target;
        this.statistics = new Statistics(network.dimension());
    }

    /** A picture of the current plan. */
    public void add(RgbImage image) {
        waiting.add(image);
        if (waiting.size() == network.batch()) {
            extract();
        }
    }

    private void extract() {
        if (!waiting.isEmpty()) {
            for (float[] row : network.features(waiting)) {
                statistics.add(row);
            }
            waiting.clear();
        }
    }

    /** Ends a plan; null for the plan that is the target itself. */
    public Double finish() {
        extract();
        last = statistics.gaussian();
        statistics = new Statistics(network.dimension());
        if (target == null) {
            target = last;
            return null;
        }
        return FrechetDistance.of(target, last);
    }

    /** Whether there were fewer pictures than a covariance needs. */
    public boolean tooFew() {
        return last.singular();
    }
}
