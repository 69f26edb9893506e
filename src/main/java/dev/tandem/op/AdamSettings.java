package dev.tandem.op;

/** What a step of AdamW is told, as indexes into its settings: numbers that change between steps, worked out on the host. */
public final class AdamSettings {
    /** What every gradient is multiplied by first: clipping, and the loss scale's reciprocal. */
    public static final int FACTOR = 0;
    /** Learning rate / (1 − β₁ᵗ). */
    public static final int RATE = 1;
    /** Learning rate × weight decay. */
    public static final int DECAY = 2;
    /** 1 / √(1 − β₂ᵗ). */
    public static final int ROOT = 3;

    public static final int BETA_1 = 4;
    public static final int BETA_2 = 5;
    public static final int EPSILON = 6;

    /** How many there are. */
    public static final int COUNT = 7;

    private AdamSettings() {}
}
