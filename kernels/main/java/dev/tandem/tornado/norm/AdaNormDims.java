package dev.tandem.tornado.norm;

/**
 * Dimensions of {@link NormKernels#adaNorm} and {@link GatedResidualKernels#gatedAddNorm}: {@code _ROW} is the length of a table's
 * rows, {@code _LAST} its last row, {@code _AT} where the vector of the first row begins.
 */
final class AdaNormDims {
    /** Of x, in a row of its. */
    static final int POSITIONS = 0;

    /** Of these, the last, that are normed. */
    static final int KEPT = 1;

    static final int WIDTH = 2;
    static final int X_OFFSET = 3;
    static final int OUT_OFFSET = 4;
    static final int SCALE_ROW = 5;
    static final int SCALE_LAST = 6;
    static final int SCALE_AT = 7;
    static final int SHIFT_ROW = 8;
    static final int SHIFT_LAST = 9;
    static final int SHIFT_AT = 10;

    /** The last three are for {@link GatedResidualKernels#gatedAddNorm} alone. */
    static final int GATE_ROW = 11;

    static final int GATE_LAST = 12;
    static final int GATE_AT = 13;

    private AdaNormDims() {}
}
