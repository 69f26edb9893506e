package dev.tandem.tornado.attention;

/** Dimensions of {@link AttentionKernels#split} and {@link PackedSplitKernels}. */
final class SplitDims {
    static final int WIDTH = 0;
    static final int HEADS = 1;
    static final int HEAD_SIZE = 2;
    static final int POSITIONS = 3;

    /** The position in the strip where the first goes. */
    static final int FIRST = 4;

    /** Positions of the strip. */
    static final int LENGTH = 5;

    static final int PROJECTION_OFFSET = 6;
    static final int Q_OFFSET = 7;

    /** Positions of all rows, times heads. */
    static final int ITEMS = 8;

    /** What an index of a pair of fp16 is off by. */
    static final int HEADER_SHIFT = 9;

    private SplitDims() {}
}
