package dev.tandem.tornado.norm;

/** Dimensions of a group norm. */
final class GroupNormDims {
    static final int PIXELS = 0;
    static final int CHANNELS = 1;
    static final int GROUPS = 2;
    static final int CHUNKS = 3;
    static final int CHUNK_PIXELS = 4;
    static final int X_OFFSET = 5;

    /** Groups of all pictures. */
    static final int PICTURE_GROUPS = 6;

    /** Work-items of a group, of {@link NormKernels}. */
    static final int LANES = 7;

    static final int OUT_OFFSET = 8;

    /** Pixels at a time, of {@link PackedGroupNormKernels}. */
    static final int ROWS = 9;

    /** What an index of a pair of fp16 is off by. */
    static final int HEADER_SHIFT = 10;

    private GroupNormDims() {}
}
