package dev.tandem.tornado.kernels;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Which codes stay, without a sort: both filters look for the least logit that stays, by halving the range between
 * logits that occur. A group per row of logits.
 *
 * <p>{@code d}: vocabulary, positions, scale, first position, tokens of a picture; offsets of the logits, of the scale's
 * row of settings, of the seeds, of tokens or out; width of a code; a 1. {@code shifts}: see
 * {@link FixedPoint}.
 */
public final class FilterKernels {
    /** Work-items of a group. */
    public static final int LANES = 256;

    /** Numbers that {@link #filter} leaves for a row: least logit that stays, how many equals of it don't, the largest. */
    public static final int CUT = 4;

    private FilterKernels() {}

    /** Writes the row's cut. */
    public static void filter(
            KernelContext c, IntArray d, FloatArray logits, FloatArray settings, FloatArray cuts, int shifts) {
        float[] lows = c.allocateFloatLocalArray(256);
        float[] highs = c.allocateFloatLocalArray(256);
        long[] sums = c.allocateLongLocalArray(256);
        float[] lows16 = c.allocateFloatLocalArray(16);
        float[] highs16 = c.allocateFloatLocalArray(16);
        long[] sums16 = c.allocateLongLocalArray(16);
        int t = c.localIdx;
        int vocabulary = d.get(0);
        int at = d.get(5) + c.groupIdx * vocabulary;
        float topK = settings.get(d.get(6) + 1);
        float topP = settings.get(d.get(6) + 2);

        float low = 3e38f;
        float high = -3e38f;
        for (int v = t; v < vocabulary; v += 256) {
            float x = logits.get(at + v);
            low = Math.min(low, x);
            high = Math.max(high, x);
        }
        lows[t] = low;
        highs[t] = high;
        c.localBarrier();
        if (t < 16) {
            for (int i = 0; i < 16; i++) {
                low = Math.min(low, lows[t * 16 + i]);
                high = Math.max(high, highs[t * 16 + i]);
            }
            lows16[t] = low;
            highs16[t] = high;
        }
        c.localBarrier();
        for (int i = 0; i < 16; i++) {
            low = Math.min(low, lows16[i]);
            high = Math.max(high, highs16[i]);
        }
        c.localBarrier();
        float max = high;

        // the k-th largest lies in [low, high], both of them logits
        if (topK <= 0f) {
            high = low;
        }
        if (topK >= vocabulary) {
            high = low;
        }
        while (low < high) {
            float middle = low + (high - low) * 0.5f;
            if (middle <= low) {
                middle = high;
            }
            float above = 3e38f;
            float below = -3e38f;
            long count = 0L;
            for (int v = t; v < vocabulary; v += 256) {
                float x = logits.get(at + v);
                if (x >= middle) {
                    count++;
                    above = Math.min(above, x);
                } else {
                    below = Math.max(below, x);
                }
            }
            lows[t] = above;
            highs[t] = below;
            sums[t] = count;
            c.localBarrier();
            if (t < 16) {
                long sum = 0L;
                for (int i = 0; i < 16; i++) {
                    above = Math.min(above, lows[t * 16 + i]);
                    below = Math.max(below, highs[t * 16 + i]);
                    sum += sums[t * 16 + i];
                }
                lows16[t] = above;
                highs16[t] = below;
                sums16[t] = sum;
            }
            c.localBarrier();
            count = 0L;
            for (int i = 0; i < 16; i++) {
                above = Math.min(above, lows16[i]);
                below = Math.max(below, highs16[i]);
                count += sums16[i];
            }
            c.localBarrier();
            if (count >= topK) {
                low = above;
            } else {
                high = below;
            }
        }
        float least = low;

        float dropped = 0f;
        if (topP > 0f) {
            if (topP < 1f) {
                long unit = d.get(10);
                long rate = FixedPoint.rate(1f);
                long sum = 0L;
                for (int v = t; v < vocabulary; v += 256) {
                    float x = logits.get(at + v);
                    if (x >= least) {
                        sum += FixedPoint.weight(max - x, rate, shifts, unit);
                    }
                }
                sums[t] = sum;
                c.localBarrier();
                if (t < 16) {
                    sum = 0L;
                    for (int i = 0; i < 16; i++) {
                        sum += sums[t * 16 + i];
                    }
                    sums16[t] = sum;
                }
                c.localBarrier();
                sum = 0L;
                for (int i = 0; i < 16; i++) {
                    sum += sums16[i];
                }
                c.localBarrier();
                long limit = FixedPoint.part(sum, (int) ((1f - topP) * 16777216f), shifts, unit);

                // the first logit, from below, at which the running sum exceeds the limit lies in [low, high]
                long before = 0L;
                low = least;
                high = max;
                while (low < high) {
                    float middle = low + (high - low) * 0.5f;
                    if (middle >= high) {
                        middle = low;
                    }
                    float above = 3e38f;
                    float below = -3e38f;
                    sum = 0L;
                    for (int v = t; v < vocabulary; v += 256) {
                        float x = logits.get(at + v);
                        if (x > middle) {
                            above = Math.min(above, x);
                        } else {
                            below = Math.max(below, x);
                            if (x >= low) {
                                sum += FixedPoint.weight(max - x, rate, shifts, unit);
                            }
                        }
                    }
                    lows[t] = above;
                    highs[t] = below;
                    sums[t] = sum;
                    c.localBarrier();
                    if (t < 16) {
                        sum = 0L;
                        for (int i = 0; i < 16; i++) {
                            above = Math.min(above, lows[t * 16 + i]);
                            below = Math.max(below, highs[t * 16 + i]);
                            sum += sums[t * 16 + i];
                        }
                        lows16[t] = above;
                        highs16[t] = below;
                        sums16[t] = sum;
                    }
                    c.localBarrier();
                    sum = before;
                    for (int i = 0; i < 16; i++) {
                        above = Math.min(above, lows16[i]);
                        below = Math.max(below, highs16[i]);
                        sum += sums16[i];
                    }
                    c.localBarrier();
                    if (sum > limit) {
                        high = below;
                    } else {
                        low = above;
                        before = sum;
                    }
                }

                // equals of it are dropped in the order of their index while the sum stays within the limit
                long ties = 0L;
                for (int v = t; v < vocabulary; v += 256) {
                    if (logits.get(at + v) == low) {
                        ties++;
                    }
                }
                sums[t] = ties;
                c.localBarrier();
                if (t < 16) {
                    ties = 0L;
                    for (int i = 0; i < 16; i++) {
                        ties += sums[t * 16 + i];
                    }
                    sums16[t] = ties;
                }
                c.localBarrier();
                ties = 0L;
                for (int i = 0; i < 16; i++) {
                    ties += sums16[i];
                }
                long drop = ties - 1L;
                long each = FixedPoint.weight(max - low, rate, shifts, unit);
                if (each * drop > limit - before) {
                    drop = (limit - before) / each;
                }
                dropped = drop;
                least = low;
            }
        }
        if (t == 0) {
            cuts.set(c.groupIdx * 4, least);
            cuts.set(c.groupIdx * 4 + 1, dropped);
            cuts.set(c.groupIdx * 4 + 2, max);
        }
    }
}
