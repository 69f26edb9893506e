package dev.tandem.op;

/**
 * Everything that the forward of VAR and of its VQ-VAE is made of. Operations are coarse so that fusion lives inside
 * them; each writes into buffers that exist already and never hands a value back to the host. On a CPU back-end a call
 * computes; on a task-graph back-end it appends tasks to the program being recorded.
 *
 * <p>Dimensions come from the buffers' and weights' shapes. Notation: B pictures; R batch rows, 2B with guidance
 * (conditional rows first); n positions of this step; C width; H heads of size d; V codes of size Cvae; P patches along
 * a side of f_hat. Pictures and feature maps are channels-last.
 */
public interface Ops {

    // ---- conditioning (once per picture)

    /**
     * Looks up class embeddings: out[b] = table[labels[b]], and where {@code out} has one row more than there are labels,
     * that row is the table's last one, the class "none".
     *
     * @param labels ints [B]
     * @param table [classes + 1, C]
     * @param out floats [B or B + 1, C]
     */
    void embedLabels(Buffer labels, Weight table, Buffer out);

    /** out = x·sigmoid(x), element by element. */
    void silu(Buffer x, Buffer out);

    /** out = x·Wᵀ + b over the last dimension: [..., in] to [..., out]. */
    void linear(Buffer x, Linear w, Buffer out);

    /** out[r] = x[r] + row: adds one row [M] to every row of [rows, M]. */
    void addRow(Buffer x, Weight row, Buffer out);

    // ---- transformer

    /**
     * The first block's input for positions {@code first} … {@code first + n − 1}: at the positions p of the first scale
     * the condition plus {@code posStart[p]}, at later ones {@code wordEmbed(maps[p − 1])}; plus {@code lvlPos[p]}
     * everywhere. Row r is picture r mod B and takes condition row min(r, rows of cond − 1). The range ends where a scale
     * ends.
     *
     * @param maps floats [B, L − 1, Cvae], the reduced feature maps that feed scales 2 … (where the first scale has
     *     several positions, the first maps are not used)
     * @param cond floats [B or B + 1, C]
     * @param x out, floats [R, n, C]
     */
    void embedInput(Buffer maps, Buffer cond, InputWeights w, int first, Buffer x);

    /**
     * AdaLN: out = LayerNorm(x)·(1 + scale) + shift, the norm without weights over the last dimension.
     *
     * @param x floats [R, n, C]
     * @param out activations [R, m, C], m ≤ n: the last m positions of each row
     */
    void adaNorm(Buffer x, Modulation scale, Modulation shift, float eps, Buffer out);

    /**
     * Projects to queries, keys and values, adds their biases, L2-normalises q and k per head and scales q (where the
     * weights say so), and puts keys and values into the cache at positions {@code first} … {@code first + n − 1}.
     *
     * @param h activations [R, n, C]
     * @param q out, activations [R, n, C]
     */
    void qkv(Buffer h, QkvWeights w, int first, Buffer q, KvCache cache);

    /**
     * softmax(scale · q·kᵀ)·v per head, each query over the keys before its end.
     *
     * @param q activations [R, n, C]
     * @param out activations [R, n, C], heads side by side
     */
    void attention(Buffer q, KvCache cache, KeyEnds ends, float scale, Buffer out);

    /**
     * Copies the last positions of each row.
     *
     * @param x [R, n, C]
     * @param out of the same kind, [R, m, C], m ≤ n
     */
    void lastPositions(Buffer x, Buffer out);

    /** out = GELU(x·Wᵀ + b), the tanh formula. */
    void linearGelu(Buffer x, Linear w, Buffer out);

    /**
     * x += gate · (h·Wᵀ + b).
     *
     * @param h activations [R, n, in]
     * @param x in and out, floats [R, n, C]
     */
    void linearGatedAdd(Buffer h, Linear w, Modulation gate, Buffer x);

    // ---- from logits to codes

    /**
     * Classifier-free guidance in place: logits[b] = (1 + t)·logits[b] − t·logits[B + b] for the first B rows; t is the
     * scale's {@link SamplingState#GUIDANCE}.
     *
     * @param logits floats [2B, l, V]
     */
    void guide(Buffer logits, SamplingState state, int scale);

    /**
     * Filters (top-k, then top-p), divides by the temperature and draws one code per position. Philox 4x32-10 makes
     * the random number from (picture's seed, scale, position) alone.
     *
     * @param logits floats [B, l, V], left as they are
     * @param tokens out, ints [B, L]: written at positions {@code first} … {@code first + l − 1}, with
     *     {@link SamplingState#NO_CODE} where a logit overflowed
     */
    void sample(Buffer logits, SamplingState state, int scale, int first, Buffer tokens);

    /**
     * The original's {@code more_smooth}: instead of one code's vector, a mean of the code book weighted by a Gumbel
     * softmax over the filtered logits.
     *
     * @param logits floats [B, l, V], left as they are
     * @param out floats [B, l, Cvae], anything where a logit overflowed
     */
    void gumbelMix(Buffer logits, SamplingState state, int scale, Weight codebook, Buffer out);

    // ---- multi-scale quantizer

    /**
     * The codes' vectors.
     *
     * @param tokens ints [B, L], read at positions {@code first} … {@code first + l − 1}; what is no code counts as 0
     * @param out floats [B, l, Cvae]
     */
    void lookup(Buffer tokens, int first, Weight codebook, Buffer out);

    /**
     * Enlarges as PyTorch's bicubic does: a = −0.75, align_corners false, edges clamped, no antialiasing.
     *
     * @param x floats [B, p, p, c]
     * @param out floats [B, P, P, c]
     */
    void bicubicUp(Buffer x, Buffer out);

    /**
     * fHat += (1 − ratio)·x + ratio·conv3×3(x).
     *
     * @param x floats [B, P, P, Cvae]
     * @param fHat in and out, floats [B, P, P, Cvae]
     */
    void phiAdd(Buffer x, Linear w, float ratio, Buffer fHat);

    /**
     * Adaptive average pooling ("area") of a square map to side p; into a buffer of rows of positions.
     *
     * @param x floats [B, P, P, c]
     * @param out floats [B, N, c]: written at positions {@code first} … {@code first + p² − 1}
     */
    void areaDown(Buffer x, int p, int first, Buffer out);

    /**
     * fHat = mask · fHat + (1 − mask) · kept, the mask's value the same for all channels of a place: what an edit forces
     * on f_hat where a picture is to stay as it is.
     *
     * @param fHat in and out, floats [B, P, P, Cvae]
     * @param kept floats, the same shape
     * @param mask floats [B, P, P]: 1 where f_hat stands, 0 where {@code kept} replaces it
     */
    void blendByMask(Buffer fHat, Buffer kept, Buffer mask);

    /** Sets every element of a buffer of floats. */
    void fill(Buffer out, float value);

    /** out = a − b, element by element. */
    void subtract(Buffer a, Buffer b, Buffer out);

    /**
     * The nearest code of each vector by Euclidean distance, or by cosine where {@code normalised}; the lowest index
     * of equals.
     *
     * @param z floats [B, l, Cvae]
     * @param tokens out, ints [B, L]: written at positions {@code first} … {@code first + l − 1}
     */
    void nearestCode(Buffer z, Weight codebook, boolean normalised, int first, Buffer tokens);

    // ---- VQ-VAE

    /** How a convolution samples its input. */
    enum ConvMode {
        /** Stride 1, zeros around. */
        SAME,
        /** Stride 2, zeros right and below only. */
        DOWN,
        /** The input enlarged twofold (nearest) first, then as {@link #SAME}. */
        UP
    }

    /**
     * 3×3 or 1×1 convolution with bias, plus {@code residual} where it is not null.
     *
     * @param x activations [B, h, w, in]
     * @param residual activations of out's shape, or null; may be {@code out} itself
     * @param out activations [B, h', w', out], not {@code x}
     */
    void conv(Buffer x, Linear w, ConvMode mode, Buffer residual, Buffer out);

    /**
     * Group norm with weights, followed by SiLU where asked.
     *
     * @param x activations [B, h, w, C]
     * @param out the same shape; may be {@code x}
     */
    void groupNorm(Buffer x, Weight gamma, Weight beta, int groups, float eps, boolean silu, Buffer out);

    /**
     * One head of attention over all pixels.
     *
     * @param qkv activations [B, h, w, 3C], q before k before v
     * @param out activations [B, h, w, C]
     */
    void spatialAttention(Buffer qkv, float scale, Buffer out);

    /** out = min(max(x, low), high), element by element, into floats. */
    void clamp(Buffer x, float low, float high, Buffer out);

    /**
     * Pixels as a picture file has them, 8 bits each: (x + 1) / 2 · 255, rounded.
     *
     * @param x floats [B, H, W, 3] in [−1, 1]
     * @param out ints [B, ⌈H·W·3 / 4⌉]: four pixels' values each, the first lowest
     */
    void toBytes(Buffer x, Buffer out);

    // ---- classifiers (their branches write side by side into one map)

    /**
     * out[…, firstChannel …] = max(0, conv(x) + b), any window, zeros around.
     *
     * @param x activations [B, h, w, in]
     * @param w [outputs, in, window's height, window's width], with bias
     * @param out activations [B, h', w', C]: written at channels {@code firstChannel} … {@code firstChannel + outputs − 1}
     */
    void convRelu(Buffer x, Linear w, Window window, int firstChannel, Buffer out);

    /**
     * The largest value of each window; what lies outside of the map counts as −∞.
     *
     * @param x activations [B, h, w, c]
     * @param out activations [B, h', w', C]: written at channels {@code firstChannel} … {@code firstChannel + c − 1}
     */
    void maxPool(Buffer x, Window window, int firstChannel, Buffer out);

    /**
     * The mean of each window; what lies outside of the map counts as zeros where {@code countPadding}, else not at all.
     *
     * @param x activations [B, h, w, c]
     * @param out activations [B, h', w', C]: written at channels {@code firstChannel} … {@code firstChannel + c − 1}
     */
    void averagePool(Buffer x, Window window, boolean countPadding, int firstChannel, Buffer out);

    /**
     * Mean over all pixels.
     *
     * @param x activations [B, h, w, C]
     * @param out floats [B, C]
     */
    void globalMean(Buffer x, Buffer out);
}
