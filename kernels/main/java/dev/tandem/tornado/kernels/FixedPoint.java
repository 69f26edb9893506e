package dev.tandem.tornado.kernels;

/**
 * Weights of a softmax in fixed point, made of integers alone: the same bits on every device, and sums that are exact in
 * any order. A sum of {@link #ONE}s fits for up to 2²² of them.
 */
final class FixedPoint {
    /** A weight of 1. */
    static final long ONE = 1L << 40;

    /** log₂ e · 2⁶¹. */
    private static final long LOG2_E = 3326628274461080623L;

    private static final int LOW_24 = (1 << 24) - 1;
    private static final int LOW_31 = 0x7fffffff;

    private FixedPoint() {}

    /** The power of two that brings a temperature, above 0, into [1, 2). */
    static float scale(float temperature) {
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
    static long rate(float temperature) {
        return LOG2_E / (int) (temperature * 8388608f);
    }

    /**
     * exp(−below / t), off by at most 2·10⁻⁹ of it and one unit.
     *
     * @param below at least 0, and scaled as t is
     * @param rate of t
     */
    static long weight(float below, long rate) {
        long weight = 0L;
        if (below < 64f) {
            int high = (int) (below * 131072f); // the 17 bits after the point, and 23 after these
            int low = (int) ((below - high * 7.6293945E-6f) * 1.09951163E12f);
            long y = high * rate + (low * rate >> 23); // −log₂ of the weight · 2⁵⁵
            long f = (y >> 24) & LOW_31;
            // 2^−f by its Taylor series: ln(2)^k / k! · 2³²
            long p = 2L;
            p = 30L - (p * f >> 31);
            p = 437L - (p * f >> 31);
            p = 5676L - (p * f >> 31);
            p = 65510L - (p * f >> 31);
            p = 661577L - (p * f >> 31);
            p = 5726720L - (p * f >> 31);
            p = 41309550L - (p * f >> 31);
            p = 238388332L - (p * f >> 31);
            p = 1031764991L - (p * f >> 31);
            p = 2977044472L - (p * f >> 31);
            p = 4294967296L - (p * f >> 31);
            long n = y >> 55;
            if (n <= 40L) {
                weight = (p << 8) >> (int) n;
            }
        }
        return weight;
    }

    /** ⌊total · n / 2²⁴⌋ for n up to 2²⁴. */
    static long part(long total, long n) {
        return (total >> 24) * n + ((total & LOW_24) * n >> 24);
    }

    /** ⌈total · n / 2²⁴⌉ for n up to 2²⁴. */
    static long partUp(long total, long n) {
        return (total >> 24) * n + ((total & LOW_24) * n + LOW_24 >> 24);
    }
}
