package dev.tandem.op;

/**
 * The way back of those {@link Ops} that training uses: what a change of an operation's output means for its inputs.
 * A name that begins with {@code g} is a gradient: of the shape of what it belongs to. An operation <em>takes</em> the
 * gradient of its output (reads it and leaves zeros there, since the forward overwrote what was there before) and
 * <em>adds</em> to those of its inputs. A gradient that is null is not asked for.
 *
 * <p>Sums run in an order that depends on shapes alone. Notation as in {@link Ops}.
 */
public interface BackwardOps {
    /** The way back of {@link Ops#embedLabels} without a row for "none": gTable[labels[b]] += gOut[b]. */
    void embedLabels(Buffer labels, Buffer gOut, Buffer gTable);

    void silu(Buffer x, Buffer gOut, Buffer gX);

    /**
     * gX += gOut·W, gWeight += gOutᵀ·x, gBias += the sum of gOut's rows.
     *
     * @param x what the projection took, [..., in]
     */
    void linear(Buffer x, Weight w, Buffer gOut, Buffer gX, Buffer gWeight, Buffer gBias);

    void addRow(Buffer gOut, Buffer gX, Buffer gRow);

    /**
     * The way back of {@link Ops#embedInput} from position 0 on.
     *
     * @param gPosStart also tells how many positions take the condition
     */
    void embedInput(
            Buffer maps, Buffer gX, Buffer gCond, Buffer gWordEmbed, Buffer gBias, Buffer gPosStart, Buffer gLvlPos);

    /** @param x what the norm took */
    void adaNorm(Buffer x, Modulation scale, float eps, Buffer gOut, Buffer gX, Modulation gScale, Modulation gShift);

    /**
     * @param projected [R, n, 3C], what {@link TrainingOps#splitQkv} took
     * @param gQScale null where q and k are not normalised
     */
    void splitQkv(
            Buffer projected,
            QkvWeights w,
            Buffer gQ,
            KvCache gCache,
            Buffer gProjected,
            Buffer gQBias,
            Buffer gVBias,
            Buffer gQScale);

    /**
     * Scores are computed anew from q and the cached keys, none are kept.
     *
     * @param out what attention gave
     */
    void attention(
            Buffer q, KvCache cache, KeyEnds ends, float scale, Buffer out, Buffer gOut, Buffer gQ, KvCache gCache);

    /** @param x what the activation took */
    void gelu(Buffer x, Buffer gOut, Buffer gX);

    /**
     * The way back of {@link TrainingOps#gatedAdd}; gX stays, for what is added passes it on.
     *
     * @param y what was added through the gate
     * @param keep as there
     */
    void gatedAdd(Buffer y, Modulation gate, Buffer keep, Buffer gX, Buffer gY, Modulation gGate);

    // ---- parameters that the forward does not use as they are

    /** The way back of {@link TrainingOps#addLevels}. */
    void addLevels(int[] starts, Buffer gOut, Buffer gPositions, Buffer gLevels);

    /** The way back of {@link TrainingOps#clampedExp}; at the limit itself the gradient still flows. */
    void clampedExp(Buffer x, float limit, Buffer gOut, Buffer gX);
}
