package dev.tandem.op;

/**
 * What makes queries, keys and values of a block's input.
 *
 * @param matQkv [3C, C], the rows of q before those of k before those of v
 * @param qBias [C]
 * @param vBias [C]; keys have no bias
 * @param qScale [heads]: exp(min(scale_mul, ln 100)) where q and k are L2-normalised, else null
 */
public record QkvWeights(Weight matQkv, Weight qBias, Weight vBias, Weight qScale) {
    /** Whether q and k are divided by their norm, per head. */
    public boolean l2Norm() {
        return qScale != null;
    }
}
