package dev.tandem.tornado.sampling;

/**
 * Philox 4x32-10 with 32-bit integers and without {@code >>>}, which TornadoVM compiles as an arithmetic shift on some
 * back-ends. Bit for bit {@code dev.tandem.cpu.Philox}.
 */
public final class RandomNumbers {
    static final int MULTIPLIER_0 = 0xD2511F53;
    static final int MULTIPLIER_1 = 0xCD9E8D57;
    static final int KEY_STEP_0 = 0x9E3779B9;
    static final int KEY_STEP_1 = 0xBB67AE85;
    static final int ROUNDS = 10;

    private static final int LOW = 0xffff;

    /** Of a word's bits the upper 23 become a number. */
    private static final int DROPPED = 9;

    private static final int LOW_23 = 0x7fffff;
    private static final float TWO_TO_MINUS_23 = 0x1p-23f;

    private RandomNumbers() {}

    /** High word of the unsigned product. */
    static int multiplyHigh(int a, int b) {
        int aLow = a & LOW;
        int aHigh = (a >> 16) & LOW;
        int bLow = b & LOW;
        int bHigh = (b >> 16) & LOW;
        int low = aLow * bLow;
        int middle = aHigh * bLow + ((low >> 16) & LOW);
        int other = aLow * bHigh + (middle & LOW);
        return aHigh * bHigh + ((middle >> 16) & LOW) + ((other >> 16) & LOW);
    }

    /** The first word of a block for drawing. */
    static int draw(int position, int scale, int seedLow, int seedHigh) {
        int counter0 = position;
        int counter1 = scale;
        int counter2 = 0;
        int counter3 = 0;
        int key0 = seedLow;
        int key1 = seedHigh;
        for (int round = 0; round < ROUNDS; round++) {
            int high0 = multiplyHigh(MULTIPLIER_0, counter0);
            int low0 = MULTIPLIER_0 * counter0;
            int high1 = multiplyHigh(MULTIPLIER_1, counter2);
            int low1 = MULTIPLIER_1 * counter2;
            counter0 = high1 ^ counter1 ^ key0;
            counter1 = low1;
            counter2 = high0 ^ counter3 ^ key1;
            counter3 = low0;
            key0 += KEY_STEP_0;
            key1 += KEY_STEP_1;
        }
        return counter0;
    }

    /** A word as a number strictly between 0 and 1. */
    public static float uniform(int word) {
        return (((word >> DROPPED) & LOW_23) + 0.5f) * TWO_TO_MINUS_23;
    }

    /** The same number times 2²⁴, which is whole. */
    public static long uniform24(int word) {
        return 2L * ((word >> DROPPED) & LOW_23) + 1L;
    }
}
