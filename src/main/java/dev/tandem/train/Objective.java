package dev.tandem.train;

import dev.tandem.model.Scales;
import dev.tandem.op.LossOps.Divergence;

/**
 * What a transformer learns: to foretell codes, or to say what a teacher says.
 *
 * @param scales how many scales, from the first, it sees and is judged by
 * @param divergence from the teacher; null for cross-entropy with the codes
 * @param draftSteps N: scales that a drafter will decode, whose share of the loss falls to λ; 0 without
 * @param mean what a scale's loss counts for
 * @see "CoDe, section 3.3; VAR: trainer.py (train_step)"
 */
public record Objective(int scales, Divergence divergence, int draftSteps, Mean mean) {
    /** How positions are averaged. */
    public enum Mean {
        /** A scale counts by its number of positions: the mean over all of them. */
        TOKEN,
        /** Every scale counts alike: the sum over scales of each one's mean. */
        SCALE
    }

    public Objective {
        if (scales < 1 || draftSteps < 0 || draftSteps > scales) {
            throw new IllegalArgumentException(draftSteps + " drafted scales of " + scales);
        }
    }

    /** VAR's own: cross-entropy over the first scales, or all of them. */
    public static Objective crossEntropy(int scales) {
        return new Objective(scales, null, 0, Mean.TOKEN);
    }

    /** How many positions it looks at. */
    public int positions(Scales of) {
        return of.start(scales);
    }

    /** How much the loss of every position counts, [positions]. */
    public double[] weights(Scales of, double lambda) {
        int positions = positions(of);
        double[] weights = new double[positions];
        for (int scale = 0; scale < scales; scale++) {
            double share = scale < draftSteps ? lambda : 1;
            for (int p = of.start(scale); p < of.start(scale + 1); p++) {
                weights[p] = share / (mean == Mean.TOKEN ? positions : of.tokens(scale));
            }
        }
        return weights;
    }
}
