package dev.tandem.tornado.sampling;

/** How {@link SamplingKernels} share work among work-items, and where they put things in local memory and in cuts. */
final class SamplingLayout {
    /** Work-items of a group. */
    static final int LANES = 128;

    /** Logits of a row that fit into local memory. */
    static final int HELD = 4096;

    /** Work-items that add up for themselves before all do. */
    static final int SEGMENT = 16;

    /** Such lots in a group. */
    static final int SEGMENTS = LANES / SEGMENT;

    /** Logits that lie beside each other and belong to one work-item, of a row that fits into local memory. */
    static final int SHARE = HELD / LANES;

    /** As many logits are followed by a gap of one: no bank conflicts. */
    static final int GAP_SHIFT = 5;

    /** The most logits that are put beside each other once few enough stay. */
    static final int FEW = 1024;

    /** Where those begin, behind the row. */
    static final int FEW_AT = HELD + (HELD >> GAP_SHIFT);

    /** Floats for both. */
    static final int VALUES = FEW_AT + FEW + (FEW >> GAP_SHIFT);

    /** Times that top-k quarters the range at most. */
    static final int PASSES = 8;

    /** The range that is divided. */
    static final int LOW = 0;

    static final int HIGH = 1;

    /** What one work-item found for all, at first: how many stay, and which quarter begins where they do. */
    static final int COUNT = 0;

    static final int QUARTER = 1;

    /** Later: the weight of what was dropped, and that of each equal of the least logit that stays. */
    static final int BEFORE = 0;

    static final int EACH = 1;

    /** In the end: the random number, the place among those that stay, and the code there. */
    static final int DRAW = 2;

    static final int PLACE = 3;
    static final int CODE = 4;

    /** How many that makes. */
    static final int FOUND = 5;

    /** Numbers that stay of a row: first the least logit that stays. */
    static final int CUT = 4;

    /** Where of these is how many equals of it don't stay. */
    static final int CUT_DROPPED = 1;

    static final int CUT_LARGEST = 2;

    /** More than any logit. */
    static final float MOST = 3e38f;

    private SamplingLayout() {}
}
