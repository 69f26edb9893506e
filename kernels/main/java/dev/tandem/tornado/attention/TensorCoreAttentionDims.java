package dev.tandem.tornado.attention;

/** Dimensions of {@link TensorCoreAttentionKernels#attend}; all offsets but the last are in longs. */
final class TensorCoreAttentionDims {
    static final int WIDTH = 0;
    static final int HEADS = 1;
    static final int POSITIONS = 2;

    /** Positions of the strip. */
    static final int LENGTH = 3;

    static final int Q_OFFSET = 4;
    static final int KEYS_OFFSET = 5;
    static final int VALUES_OFFSET = 6;
    static final int OUT_OFFSET = 7;

    private TensorCoreAttentionDims() {}
}
