package dev.tandem.tornado.sampling;

/**
 * Weights of a softmax in fixed point, made of integers alone: the same bits on every device, and sums that are exact in
 * any order. A sum of {@link #ONE}s fits for up to 2²² of them.
 *
 * <p>{@code shifts} is 1 where longs may be shifted to the right. TornadoVM's SPIR-V shifts them by ints, which
 * translators to LLVM make invalid code of; there it is 0, and what divides instead is made of {@code unit}, a 1 that
 * the compiler doesn't know, for it would make shifts of it again.
 */
public final class FixedPoint {
    /** A weight of 1. */
    public static final long ONE = 1L << 40;

    /** log₂ e · 2⁶¹. */
    private static final long LOG2_E = 3326628274461080623L;

    /** What probabilities are rounded to, where they are compared with sums of weights. */
    static final float PARTS = 1 << 24;

    private static final int LOW_24 = (1 << 24) - 1;
    private static final int LOW_31 = 0x7fffffff;

    private FixedPoint() {}

    /** x / 2^bits for x of at least 0. */
    private static long right(long x, int bits, int shifts, long unit) {
        if (shifts == 1) {
            return x >> bits;
        } else {
            return x / (unit << bits);
        }
    }

    /** The power of two that brings a temperature, above 0, into [1, 2). */
    public static float scale(float temperature) {
        float scale = 1f;
        float scaled = temperature;
        while (scaled < 1f) {
            scaled = scaled * 2f;
            scale = scale * 2f;
        }
        while (scaled >= 2f) {
            scaled = scaled * 0.5f;
            scale = scale * 0.5f;
        }
        return scale;
    }

    /** log₂ e / t · 2³⁸, for a scaled temperature t. */
    public static long rate(float temperature) {
        return LOG2_E / (int) (temperature * 8388608f);
    }

    /**
     * exp(−below / t), off by at most 2·10⁻⁹ of it and one unit.
     *
     * @param below at least 0, and scaled as t is
     * @param rate of t
     */
    public static long weight(float below, long rate, int shifts, long unit) {
        long weight = 0L;
        if (below < 64f) {
            int high = (int) (below * 131072f); // the 17 bits after the point, and 23 after these
            int low = (int) ((below - high * 7.6293945E-6f) * 1.09951163E12f);
            long y = high * rate + right(low * rate, 23, shifts, unit); // −log₂ of the weight · 2⁵⁵
            long f = right(y, 24, shifts, unit) & LOW_31;
            // 2^−f by its Taylor series: ln(2)^k / k! · 2³²
            long p = 2L;
            p = 30L - right(p * f, 31, shifts, unit);
            p = 437L - right(p * f, 31, shifts, unit);
            p = 5676L - right(p * f, 31, shifts, unit);
            p = 65510L - right(p * f, 31, shifts, unit);
            p = 661577L - right(p * f, 31, shifts, unit);
            p = 5726720L - right(p * f, 31, shifts, unit);
            p = 41309550L - right(p * f, 31, shifts, unit);
            p = 238388332L - right(p * f, 31, shifts, unit);
            p = 1031764991L - right(p * f, 31, shifts, unit);
            p = 2977044472L - right(p * f, 31, shifts, unit);
            p = 4294967296L - right(p * f, 31, shifts, unit);
            long n = right(y, 55, shifts, unit);
            if (n <= 40L) {
                if (shifts == 1) {
                    weight = (p << 8) >> (int) n;
                } else {
                    long power = unit;
                    for (int i = 0; i < (int) n; i++) {
                        power = power + power;
                    }
                    weight = (p << 8) / power;
                }
            }
        }
        return weight;
    }

    /** ⌊total · n / 2²⁴⌋ for n up to 2²⁴. */
    public static long part(long total, long n, int shifts, long unit) {
        return right(total, 24, shifts, unit) * n + right((total & LOW_24) * n, 24, shifts, unit);
    }

    /** ⌈total · n / 2²⁴⌉ for n up to 2²⁴. */
    public static long partUp(long total, long n, int shifts, long unit) {
        return right(total, 24, shifts, unit) * n + right((total & LOW_24) * n + LOW_24, 24, shifts, unit);
    }
}
