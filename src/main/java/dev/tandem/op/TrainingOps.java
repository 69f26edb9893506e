package dev.tandem.op;

/**
 * What training needs beside {@link Ops}: the way back, losses, the optimiser, and forward operations in the parts whose
 * results the way back wants.
 */
public interface TrainingOps extends BackwardOps, LossOps {

    // ---- parts of operations of Ops

    /**
     * The second half of {@link Ops#qkv}: adds biases, normalises and scales, fills the cache.
     *
     * @param projected floats or activations [R, n, 3C]: h·matQkvᵀ
     */
    void splitQkv(Buffer projected, QkvWeights w, Buffer q, KvCache cache);

    /** The second half of {@link Ops#linearGelu}. */
    void gelu(Buffer x, Buffer out);

    /**
     * The second half of {@link Ops#linearGatedAdd}: x += keep · gate · y.
     *
     * @param keep floats [R], what each row's branch is multiplied by (drop path), or null for ones
     */
    void gatedAdd(Buffer y, Modulation gate, Buffer keep, Buffer x);

    // ---- parameters that the forward does not use as they are

    /** out[p] = positions[p] + levels[i] for the positions p of scale i, which begin at {@code starts[i]}. */
    void addLevels(Buffer positions, Buffer levels, int[] starts, Buffer out);

    /** out = exp(min(x, limit)). */
    void clampedExp(Buffer x, float limit, Buffer out);

    // ---- optimiser

    /** out[index] = the sum of g's squares. */
    void squaredNorm(Buffer g, Buffer out, int index);

    /**
     * One step of AdamW: g ← factor · g; m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; p ← p − decay · p − rate · m / (√v ·
     * root + ε).
     *
     * @param settings floats, see {@link AdamSettings}
     */
    void adamW(Buffer parameter, Buffer g, Buffer m, Buffer v, Buffer settings);

    /** Makes a weight hold these values, in the back-end's own type and layout. */
    void store(Buffer values, Weight weight);
}
