package dev.tandem.cpu;

/**
 * Philox 4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011). A
 * number is a pure function of key and counter, so it depends on no batch, thread or order.
 */
public final class Philox {
    /** Third counter word of the one draw per position. */
    public static final int DRAW = 0;
    /** Third counter word of the noise of the Gumbel softmax. */
    public static final int GUMBEL = 1;

    private static final int M0 = 0xD2511F53;
    private static final int M1 = 0xCD9E8D57;
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private Philox() {}

    /** Four words of the counter (c0, c1, c2, c3) under the key (k0, k1), into {@code out}. */
    public static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] out) {
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = (M0 & 0xffffffffL) * (c0 & 0xffffffffL);
            long p1 = (M1 & 0xffffffffL) * (c2 & 0xffffffffL);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += W0;
            k1 += W1;
        }
        out[0] = c0;
        out[1] = c1;
        out[2] = c2;
        out[3] = c3;
    }

    /** A word as a number strictly between 0 and 1, exact in fp32: 23 bits, each in the middle of its slot. */
    public static float uniform(int word) {
        return ((word >>> 9) + 0.5f) * 0x1p-23f;
    }
}
