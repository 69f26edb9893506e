package dev.tandem.cpu.work;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** The machine's vectors, and the shape of a register tile that follows from them. */
public final class Lanes {
    public static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    public static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;

    /** Floats in a vector. */
    public static final int L = F.length();

    /** Columns of a register tile: two vectors. */
    public static final int COLUMNS = 2 * L;

    /** Rows of the low tile: 12 accumulators, which 16 registers hold. */
    public static final int LOW = 6;

    /** Rows of the tall tile: 24 accumulators where there are 32 registers (AVX-512, NEON), else the low one. */
    public static final int TALL = L == 16 || L == 4 ? 12 : LOW;

    /** Consecutive k of one row that lie together in packed rows; the same on every machine. */
    public static final int CHUNK = 16;

    private Lanes() {}

    public static int roundUp(int n, int multiple) {
        return (n + multiple - 1) / multiple * multiple;
    }
}
