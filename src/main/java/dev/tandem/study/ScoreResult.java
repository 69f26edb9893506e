package dev.tandem.study;

import dev.tandem.decode.Scorer;
import dev.tandem.model.Scales;
import java.util.stream.IntStream;

/**
 * How well a transformer foretold the codes of pictures: per scale, means over the pictures.
 *
 * @param crossEntropy in nats
 * @param top1 share of positions where the likeliest code is the picture's
 */
public record ScoreResult(String transformer, Scales scales, int pictures, double[] crossEntropy, double[] top1) {
    static ScoreResult empty(String transformer, Scales scales, int pictures) {
        return new ScoreResult(transformer, scales, pictures, new double[scales.count()], new double[scales.count()]);
    }

    void add(Scorer.ScaleScore score) {
        crossEntropy[score.scale()] += score.crossEntropy() / pictures;
        top1[score.scale()] += score.top1() / pictures;
    }

    /** Mean over all positions. */
    public double overall(double[] perScale) {
        return IntStream.range(0, scales.count())
                        .mapToDouble(i -> perScale[i] * scales.tokens(i))
                        .sum()
                / scales.length();
    }
}
