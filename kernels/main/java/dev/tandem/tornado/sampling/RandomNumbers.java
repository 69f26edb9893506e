package dev.tandem.tornado.sampling;

/**
 * Philox 4x32-10 with 32-bit integers and without {@code >>>}, which TornadoVM compiles as an arithmetic shift on some
 * back-ends. Bit for bit {@code dev.tandem.cpu.Philox}.
 */
public final class RandomNumbers {
    private static final int LOW = 0xffff;

    private RandomNumbers() {}

    /** High word of the unsigned product. */
    static int multiplyHigh(int a, int b) {
        int al = a & LOW;
        int ah = (a >> 16) & LOW;
        int bl = b & LOW;
        int bh = (b >> 16) & LOW;
        int low = al * bl;
        int middle = ah * bl + ((low >> 16) & LOW);
        int other = al * bh + (middle & LOW);
        return ah * bh + ((middle >> 16) & LOW) + ((other >> 16) & LOW);
    }

    /** The first word of a block for drawing. */
    static int draw(int position, int scale, int seedLow, int seedHigh) {
        int c0 = position;
        int c1 = scale;
        int c2 = 0;
        int c3 = 0;
        int k0 = seedLow;
        int k1 = seedHigh;
        for (int round = 0; round < 10; round++) {
            int h0 = multiplyHigh(0xD2511F53, c0);
            int l0 = 0xD2511F53 * c0;
            int h1 = multiplyHigh(0xCD9E8D57, c2);
            int l1 = 0xCD9E8D57 * c2;
            c0 = h1 ^ c1 ^ k0;
            c1 = l1;
            c2 = h0 ^ c3 ^ k1;
            c3 = l0;
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return c0;
    }

    /** A word as a number strictly between 0 and 1. */
    public static float uniform(int word) {
        return (((word >> 9) & 0x7fffff) + 0.5f) * 1.1920929E-7f;
    }

    /** The same number times 2²⁴, which is whole. */
    public static long uniform24(int word) {
        return 2L * ((word >> 9) & 0x7fffff) + 1L;
    }
}
