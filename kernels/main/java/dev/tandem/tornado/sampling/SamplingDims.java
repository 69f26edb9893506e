package dev.tandem.tornado.sampling;

/** Dimensions of {@link SamplingKernels#sample} and {@link GumbelKernels#mixCodes}. */
final class SamplingDims {
    static final int VOCABULARY = 0;
    static final int POSITIONS = 1;
    static final int SCALE = 2;

    /** The position of the picture where these begin. */
    static final int FIRST = 3;

    /** Of a picture. */
    static final int TOKENS = 4;

    static final int LOGITS_OFFSET = 5;

    /** Where the first picture's row of settings for the scale begins. */
    static final int SETTINGS_AT = 6;

    static final int SEEDS_OFFSET = 7;

    /** Of tokens, or of mixed codes. */
    static final int OUT_OFFSET = 8;

    /** Of a code; 0 where tokens are drawn. */
    static final int WIDTH = 9;

    /** A 1, see {@link FixedPoint}. */
    static final int UNIT = 10;

    /** Of a picture, for all scales. */
    static final int SETTINGS = 11;

    private SamplingDims() {}
}
