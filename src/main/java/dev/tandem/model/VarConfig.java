package dev.tandem.model;

/**
 * Dimensions of a VAR transformer; all read from its checkpoint, none derived from another.
 *
 * @param depth number of blocks
 * @param width C
 * @param heads H; the head size is width / heads
 * @param hidden width of the feed-forward's middle
 * @param vocabulary V, number of codes
 * @param codeSize Cvae
 * @param classes number of classes; the label "none" is this number
 * @param scales the scales it was trained on
 * @param sharedAdaLn whether all blocks share one projection of the condition
 * @param attnL2Norm whether q and k are L2-normalised
 * @param normEps of its layer norms
 */
public record VarConfig(
        int depth,
        int width,
        int heads,
        int hidden,
        int vocabulary,
        int codeSize,
        int classes,
        Scales scales,
        boolean sharedAdaLn,
        boolean attnL2Norm,
        float normEps) {
    public VarConfig {
        if (Math.min(Math.min(Math.min(depth, width), Math.min(heads, hidden)), Math.min(vocabulary, codeSize)) < 1
                || classes < 1) {
            throw new IllegalArgumentException("a dimension of the transformer is less than 1");
        }
        if (width % heads != 0) {
            throw new IllegalArgumentException("width " + width + " is not a multiple of " + heads + " heads");
        }
    }

    public int headSize() {
        return width / heads;
    }

    /** Factor of the attention scores before their softmax. */
    public float attentionScale() {
        return attnL2Norm ? 1 : (float) (0.25 / Math.sqrt(headSize()));
    }
}
