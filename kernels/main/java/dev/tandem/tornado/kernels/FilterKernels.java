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
        float[] range = c.allocateFloatLocalArray(2);
        long[] found = c.allocateLongLocalArray(1);
        float[] survivors = c.allocateFloatLocalArray(2048);
        long[] weights = c.allocateLongLocalArray(2048);
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
            for (int i = 1; i < 16; i++) {
                low = Math.min(low, lows[t + 16 * i]);
                high = Math.max(high, highs[t + 16 * i]);
            }
            lows[t] = low;
            highs[t] = high;
        }
        c.localBarrier();
        if (t == 0) {
            for (int i = 1; i < 16; i++) {
                low = Math.min(low, lows[i]);
                high = Math.max(high, highs[i]);
            }
            range[0] = low;
            range[1] = high;
        }
        c.localBarrier();
        low = range[0];
        high = range[1];
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
                for (int i = 1; i < 16; i++) {
                    above = Math.min(above, lows[t + 16 * i]);
                    below = Math.max(below, highs[t + 16 * i]);
                    count += sums[t + 16 * i];
                }
                lows[t] = above;
                highs[t] = below;
                sums[t] = count;
            }
            c.localBarrier();
            if (t == 0) {
                for (int i = 1; i < 16; i++) {
                    above = Math.min(above, lows[i]);
                    below = Math.max(below, highs[i]);
                    count += sums[i];
                }
                if (count >= topK) {
                    range[0] = above;
                } else {
                    range[1] = below;
                }
            }
            c.localBarrier();
            low = range[0];
            high = range[1];
        }
        float least = low;

        float dropped = 0f;
        if (topP > 0f) {
            if (topP < 1f) {
                // those that stay are put side by side where they fit, for the search below looks at them many times
                long mine = 0L;
                for (int v = t; v < vocabulary; v += 256) {
                    if (logits.get(at + v) >= least) {
                        mine++;
                    }
                }
                sums[t] = mine;
                c.localBarrier();
                if (t < 16) {
                    float some = 0f;
                    for (int i = 0; i < 16; i++) {
                        some += sums[t * 16 + i];
                    }
                    lows[t] = some;
                }
                c.localBarrier();
                int place = 0;
                int items = 0;
                int segment = t / 16;
                for (int i = 0; i < 16; i++) {
                    if (i < segment) {
                        place += (int) lows[i];
                    }
                    if (i < t % 16) {
                        place += (int) sums[segment * 16 + i];
                    }
                    items += (int) lows[i];
                }
                int wide = items > 2048 ? 1 : 0;
                if (wide == 1) {
                    items = vocabulary;
                } else {
                    for (int v = t; v < vocabulary; v += 256) {
                        float x = logits.get(at + v);
                        if (x >= least) {
                            survivors[place] = x;
                            place++;
                        }
                    }
                }
                c.localBarrier();
                long unit = d.get(10);
                long rate = FixedPoint.rate(1f);
                long sum = 0L;
                for (int j = t; j < items; j += 256) {
                    if (wide == 1) {
                        float x = logits.get(at + j);
                        if (x >= least) {
                            sum += FixedPoint.weight(max - x, rate, shifts, unit);
                        }
                    } else {
                        long w = FixedPoint.weight(max - survivors[j], rate, shifts, unit);
                        weights[j] = w;
                        sum += w;
                    }
                }
                sums[t] = sum;
                c.localBarrier();
                if (t < 16) {
                    for (int i = 1; i < 16; i++) {
                        sum += sums[t + 16 * i];
                    }
                    sums[t] = sum;
                }
                c.localBarrier();
                sum = 0L;
                for (int i = 0; i < 16; i++) {
                    sum += sums[i];
                }
                c.localBarrier();
                long limit = FixedPoint.part(sum, (int) ((1f - topP) * 16777216f), shifts, unit);

                // the first logit, from below, at which the running sum exceeds the limit lies in [low, high]
                long before = 0L;
                low = least;
                high = max;
                if (t == 0) {
                    range[0] = low;
                    range[1] = high;
                    found[0] = 0L;
                }
                while (low < high) {
                    float middle = low + (high - low) * 0.5f;
                    if (middle >= high) {
                        middle = low;
                    }
                    float above = 3e38f;
                    float below = -3e38f;
                    sum = 0L;
                    for (int j = t; j < items; j += 256) {
                        float x = 0f;
                        if (wide == 1) {
                            x = logits.get(at + j);
                        } else {
                            x = survivors[j];
                        }
                        if (x > middle) {
                            above = Math.min(above, x);
                        } else {
                            below = Math.max(below, x);
                            if (x >= low) {
                                if (wide == 1) {
                                    sum += FixedPoint.weight(max - x, rate, shifts, unit);
                                } else {
                                    sum += weights[j];
                                }
                            }
                        }
                    }
                    lows[t] = above;
                    highs[t] = below;
                    sums[t] = sum;
                    c.localBarrier();
                    if (t < 16) {
                        for (int i = 1; i < 16; i++) {
                            above = Math.min(above, lows[t + 16 * i]);
                            below = Math.max(below, highs[t + 16 * i]);
                            sum += sums[t + 16 * i];
                        }
                        lows[t] = above;
                        highs[t] = below;
                        sums[t] = sum;
                    }
                    c.localBarrier();
                    if (t == 0) {
                        sum += before;
                        for (int i = 1; i < 16; i++) {
                            above = Math.min(above, lows[i]);
                            below = Math.max(below, highs[i]);
                            sum += sums[i];
                        }
                        if (sum > limit) {
                            range[1] = below;
                        } else {
                            range[0] = above;
                            found[0] = sum;
                        }
                    }
                    c.localBarrier();
                    low = range[0];
                    high = range[1];
                    before = found[0];
                }

                // equals of it are dropped in the order of their index while the sum stays within the limit
                long ties = 0L;
                for (int v = t; v < vocabulary; v += 256) {
                    if (logits.get(at + v) == low) {
                        ties++;
                    }
                }
                c.localBarrier();
                sums[t] = ties;
                c.localBarrier();
                if (t < 16) {
                    for (int i = 1; i < 16; i++) {
                        ties += sums[t + 16 * i];
                    }
                    sums[t] = ties;
                }
                c.localBarrier();
                ties = 0L;
                for (int i = 0; i < 16; i++) {
                    ties += sums[i];
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
