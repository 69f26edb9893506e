package dev.tandem.op;

/**
 * The numbers of a run that change without changing shapes; they live in small buffers so that a recorded program can
 * be replayed with other ones.
 *
 * @param settings fp32 [pictures, scales, {@link #COLUMNS}], columns as named here
 * @param seeds ints [pictures, 2]: low and high word of each picture's seed
 */
public record SamplingState(Buffer settings, Buffer seeds) {
    /** Weight t of the guidance: (1 + t)·conditional − t·unconditional. */
    public static final int GUIDANCE = 0;
    /** Logits below the k-th largest are dropped; 0 is off. */
    public static final int TOP_K = 1;
    /** The smallest probabilities are dropped while their running sum is ≤ 1 − p; 0 is off. */
    public static final int TOP_P = 2;
    /** Divides the logits after both filters. */
    public static final int TEMPERATURE = 3;
    /** Multiplies the filtered logits before the Gumbel softmax. */
    public static final int SMOOTH_GAIN = 4;
    /** Temperature of the Gumbel softmax. */
    public static final int SMOOTH_TAU = 5;

    public static final int COLUMNS = 6;

    /**
     * From here on a logit counts as overflown, as infinite ones and NaN do: beyond lies what no softmax of floats can
     * weigh.
     */
    public static final float OVERFLOW = 1e35f;
    /** The code of a position with a logit that overflowed. */
    public static final int NO_CODE = -1;
}
