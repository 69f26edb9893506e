package dev.tandem.tornado.sampling;

import dev.tandem.op.SamplingState;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Which codes stay, and which of them is drawn, without a sort (none where a logit overflowed): both filters look for the least logit that stays, by
 * dividing the range between logits. A group per row of logits.
 *
 * <p>{@code d}: vocabulary, positions, scale, first position, tokens of a picture; offsets of the logits, of the scale's
 * row of settings, of the seeds, of tokens or out; width of a code; a 1. {@code shifts}: see
 * {@link FixedPoint}.
 */
public final class SamplingKernels {
    /** Work-items of a group. */
    public static final int LANES = 128;

    /** Logits of a row that fit into local memory. */
    public static final int HELD = 4096;

    /** Numbers that stay of a row: least logit that stays, how many equals of it don't, the largest. */
    public static final int CUT = 4;

    private SamplingKernels() {}

    /**
     * Draws a code, or writes the row's cut.
     *
     * <p>Barriers stand outside conditions: what comes after one inside is doubled by PoCL's compiler.
     *
     * @param held 1 where rows fit into local memory
     * @param draws 1 to draw, 0 to write the cut
     */
    public static void sample(
            KernelContext c,
            IntArray d,
            FloatArray logits,
            FloatArray settings,
            IntArray seeds,
            IntArray tokens,
            FloatArray cuts,
            int held,
            int draws,
            int shifts) {
        // the row, then from 4224 on as many as 1024 survivors; each 32 floats are followed by one that keeps banks apart
        float[] values = c.allocateFloatLocalArray(5280);
        long[] weights = c.allocateLongLocalArray(1024);
        float[] lows = c.allocateFloatLocalArray(128);
        float[] highs = c.allocateFloatLocalArray(128);
        long[] sums = c.allocateLongLocalArray(128);
        long[] parts = c.allocateLongLocalArray(8);
        float[] range = c.allocateFloatLocalArray(2);
        long[] found = c.allocateLongLocalArray(5);
        int t = c.localIdx;
        int row = c.groupIdx;
        int vocabulary = d.get(0);
        int at = d.get(5) + row * vocabulary;
        float topK = settings.get(d.get(6) + 1);
        float topP = settings.get(d.get(6) + 2);
        long unit = d.get(10);
        int from = Math.min(t * 32, vocabulary);
        int to = Math.min(from + 32, vocabulary);
        int segment = t / 16;

        float low = 3e38f;
        float high = -3e38f;
        int whole = 0; // how many logits did not overflow, counted by comparisons that NaN fails
        for (int v = t; v < vocabulary; v += 128) {
            float x = logits.get(at + v);
            if (x > -SamplingState.OVERFLOW) {
                if (x < SamplingState.OVERFLOW) {
                    whole++;
                }
            }
            if (held == 1) {
                values[v + (v >> 5)] = x;
            }
            low = Math.min(low, x);
            high = Math.max(high, x);
        }
        lows[t] = low;
        highs[t] = high;
        sums[t] = whole;
        c.localBarrier();
        if (t < 8) {
            long part = whole;
            for (int i = 1; i < 16; i++) {
                low = Math.min(low, lows[t + 8 * i]);
                high = Math.max(high, highs[t + 8 * i]);
                part += sums[t + 8 * i];
            }
            lows[t] = low;
            highs[t] = high;
            parts[t] = part;
        }
        c.localBarrier();
        if (t == 0) {
            long part = parts[0];
            for (int i = 1; i < 8; i++) {
                low = Math.min(low, lows[i]);
                high = Math.max(high, highs[i]);
                part += parts[i];
            }
            range[0] = low;
            range[1] = high;
            if (part < vocabulary) {
                // an empty range ends every search
                range[0] = 0f;
                range[1] = 0f;
            }
            found[0] = part;
        }
        c.localBarrier();
        low = range[0];
        high = range[1];
        whole = (int) found[0];
        float max = high;

        // the k-th largest lies in [low, high]: in which quarter, until few enough are at least low
        if (topK <= 0f || topK >= vocabulary) {
            high = low;
        }
        int count = vocabulary;
        int mine = to - from;
        int passes = 8 * held;
        while (passes > 0 && count > 1024 && topK <= 1024f && low < high) {
            passes--;
            float quarter = (high - low) * 0.25f;
            float first = low + quarter;
            float second = first + quarter;
            float third = second + quarter;
            int many = 0;
            int some = 0;
            int few = 0;
            for (int v = from; v < to; v++) {
                float x = values[v + t];
                if (x >= first) {
                    many++;
                }
                if (x >= second) {
                    some++;
                }
                if (x >= third) {
                    few++;
                }
            }
            float all1 = many;
            float all2 = some;
            long all3 = few;
            lows[t] = all1;
            highs[t] = all2;
            sums[t] = all3;
            c.localBarrier();
            if (t < 8) {
                for (int i = 1; i < 16; i++) {
                    all1 += lows[t + 8 * i];
                    all2 += highs[t + 8 * i];
                    all3 += sums[t + 8 * i];
                }
                lows[t] = all1;
                highs[t] = all2;
                sums[t] = all3;
            }
            c.localBarrier();
            if (t == 0) {
                for (int i = 1; i < 8; i++) {
                    all1 += lows[i];
                    all2 += highs[i];
                    all3 += sums[i];
                }
                found[0] = count;
                found[1] = 0L;
                if (all1 >= topK) {
                    found[0] = (int) all1;
                    found[1] = 1L;
                }
                if (all2 >= topK) {
                    found[0] = (int) all2;
                    found[1] = 2L;
                }
                if (all3 >= topK) {
                    found[0] = all3;
                    found[1] = 3L;
                }
            }
            c.localBarrier();
            count = (int) found[0];
            int below = (int) found[1];
            if (below == 0) {
                high = first;
            }
            if (below == 1) {
                low = first;
                high = second;
                mine = many;
            }
            if (below == 2) {
                low = second;
                high = third;
                mine = some;
            }
            if (below == 3) {
                low = third;
                mine = few;
            }
        }

        // those few are put side by side, in their order, and looked at instead of the row from here on
        sums[t] = mine;
        c.localBarrier();
        if (t < 8) {
            long part = 0L;
            for (int i = 0; i < 16; i++) {
                part += sums[t * 16 + i];
            }
            parts[t] = part;
        }
        c.localBarrier();
        int start = 0;
        for (int i = 0; i < segment; i++) {
            start += (int) parts[i];
        }
        for (int i = segment * 16; i < t; i++) {
            start += (int) sums[i];
        }
        float floor = low;
        int items = vocabulary;
        int narrow = 0;
        int base = 0;
        long before = vocabulary - count; // the weight of what is below low: for top-k each has 1
        if (count <= 1024) {
            items = count;
            narrow = 1;
            base = 4224;
            int place = start;
            for (int v = from; v < to; v++) {
                float x = values[v + t];
                if (x >= floor) {
                    values[4224 + place + (place >> 5)] = x;
                    weights[place] = 1L;
                    place++;
                }
            }
        }
        c.localBarrier();

        // top-k, then top-p: the first logit from below at which the running sum exceeds the limit lies in [low, high]
        long limit = vocabulary - (int) topK;
        long rate = FixedPoint.rate(1f);
        int weighed = 0;
        for (int filter = 0; filter < 2; filter++) {
            long all = 0L;
            if (filter == 1 && topP > 0f && topP < 1f) {
                weighed = 1;
                before = 0L;
                high = max;
                for (int j = t; j < items; j += 128) {
                    float x = values[held * (base + j + (j >> 5))];
                    if (held == 0) {
                        x = logits.get(at + j);
                    }
                    long w = 0L;
                    if (x >= low) {
                        w = FixedPoint.weight(max - x, rate, shifts, unit);
                    }
                    if (narrow == 1) {
                        weights[j] = w;
                    }
                    all += w;
                }
            }
            sums[t] = all;
            c.localBarrier();
            if (t < 8) {
                for (int i = 1; i < 16; i++) {
                    all += sums[t + 8 * i];
                }
                parts[t] = all;
            }
            c.localBarrier();
            if (filter == 1) {
                all = 0L;
                for (int i = 0; i < 8; i++) {
                    all += parts[i];
                }
                limit = FixedPoint.part(all, (int) ((1f - topP) * 16777216f), shifts, unit);
            }
            while (low < high) {
                float middle = low + (high - low) * 0.5f;
                if (middle >= high) {
                    middle = low;
                }
                float above = 3e38f;
                float below = -3e38f;
                long sum = 0L;
                for (int j = t; j < items; j += 128) {
                    float x = values[held * (base + j + (j >> 5))];
                    if (held == 0) {
                        x = logits.get(at + j);
                    }
                    if (x > middle) {
                        above = Math.min(above, x);
                    } else {
                        below = Math.max(below, x);
                        if (x >= low) {
                            long w = 1L;
                            if (narrow == 1) {
                                w = weights[j];
                            } else if (filter == 1) {
                                w = FixedPoint.weight(max - x, rate, shifts, unit);
                            }
                            sum += w;
                        }
                    }
                }
                lows[t] = above;
                highs[t] = below;
                sums[t] = sum;
                c.localBarrier();
                if (t < 8) {
                    for (int i = 1; i < 16; i++) {
                        above = Math.min(above, lows[t + 8 * i]);
                        below = Math.max(below, highs[t + 8 * i]);
                        sum += sums[t + 8 * i];
                    }
                    lows[t] = above;
                    highs[t] = below;
                    sums[t] = sum;
                }
                c.localBarrier();
                if (t == 0) {
                    sum += before;
                    for (int i = 1; i < 8; i++) {
                        above = Math.min(above, lows[i]);
                        below = Math.max(below, highs[i]);
                        sum += sums[i];
                    }
                    range[0] = low;
                    range[1] = high;
                    found[0] = before;
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
        }
        float least = low;

        // equals of it are dropped in the order of their index while the sum stays within the limit
        int share = ((items + 127) / 128) | 1; // odd, which keeps banks apart
        from = Math.min(t * share, items);
        to = Math.min(from + share, items);
        if (t == 0) {
            found[1] = FixedPoint.weight(max - least, rate, shifts, unit);
        }
        c.localBarrier();
        long each = found[1];
        int tied = 0;
        if (limit - before >= each) {
            tied = weighed;
        }
        long equal = 0L;
        if (tied == 1) {
            for (int j = from; j < to; j++) {
                float x = values[held * (base + j + (j >> 5))];
                if (held == 0) {
                    x = logits.get(at + j);
                }
                if (x == least) {
                    equal++;
                }
            }
        }
        sums[t] = equal;
        c.localBarrier();
        if (t < 8) {
            long part = 0L;
            for (int i = 0; i < 16; i++) {
                part += sums[t * 16 + i];
            }
            parts[t] = part;
        }
        c.localBarrier();
        long dropped = 0L;
        int rank = 0;
        if (tied == 1) {
            for (int i = 0; i < 8; i++) {
                if (i < segment) {
                    rank += (int) parts[i];
                }
                dropped += parts[i];
            }
            for (int i = segment * 16; i < t; i++) {
                rank += (int) sums[i];
            }
            dropped--; // one stays
            if (each * dropped > limit - before) {
                dropped = (limit - before) / each;
            }
        }
        c.localBarrier();

        if (draws == 0) {
            if (t == 0) {
                cuts.set(row * 4, least);
                cuts.set(row * 4 + 1, dropped);
                cuts.set(row * 4 + 2, max);
            }
        } else {
            int positions = d.get(1);
            float temperature = Math.max(settings.get(d.get(6) + 3), 1e-30f);
            float scale = FixedPoint.scale(temperature);
            rate = FixedPoint.rate(temperature * scale);
            if (narrow == 0 || temperature != 1f) {
                weighed = 0; // nothing is kept, or what is was for 1
            }
            if (t == 127) {
                int seed = d.get(7) + row / positions * 2;
                found[2] = RandomNumbers.uniform24(
                        RandomNumbers.draw(row % positions, d.get(2), seeds.get(seed), seeds.get(seed + 1)));
                found[3] = 0L;
                found[4] = 0L;
            }

            // sums first, then where they reach the target
            long running = 0L;
            long target = 0L;
            for (int round = 0; round < 2; round++) {
                int ranked = rank;
                for (int j = from; j < to; j++) {
                    float x = values[held * (base + j + (j >> 5))];
                    if (held == 0) {
                        x = logits.get(at + j);
                    }
                    long w = 0L;
                    if (x >= least) {
                        if (weighed == 1) {
                            w = weights[j];
                        } else {
                            w = FixedPoint.weight((max - x) * scale, rate, shifts, unit);
                        }
                        if (narrow == 1) {
                            weights[j] = w;
                        }
                        if (x == least) {
                            if (ranked < dropped) {
                                w = 0L;
                            }
                            ranked++;
                        }
                    }
                    if (running < target && running + w >= target) {
                        found[3] = j;
                    }
                    running += w;
                }
                if (round == 0) {
                    sums[t] = running;
                }
                c.localBarrier();
                if (t < 8) {
                    long part = 0L;
                    for (int i = 0; i < 16; i++) {
                        part += sums[t * 16 + i];
                    }
                    parts[t] = part;
                }
                c.localBarrier();
                if (round == 0) {
                    long total = 0L;
                    long sum = running;
                    for (int i = 0; i < 8; i++) {
                        if (i == segment) {
                            running = total;
                        }
                        total += parts[i];
                    }
                    for (int i = segment * 16; i < t; i++) {
                        running += sums[i];
                    }
                    target = FixedPoint.partUp(total, found[2], shifts, unit);
                    if (running >= target || running + sum < target) {
                        to = from;
                    }
                    weighed = narrow;
                }
            }

            int place = (int) found[3];
            if (narrow == 0) {
                found[4] = place;
            } else if (place >= start && place < start + mine) {
                // it is known to the work-item that put it beside others
                for (int v = t * 32; v < Math.min(t * 32 + 32, vocabulary); v++) {
                    if (values[v + t] >= floor) {
                        if (start == place) {
                            found[4] = v;
                        }
                        start++;
                    }
                }
            }
            c.localBarrier();
            if (t == 0) {
                int code = (int) found[4];
                if (whole < vocabulary) {
                    code = SamplingState.NO_CODE;
                }
                tokens.set(d.get(8) + row / positions * d.get(4) + d.get(3) + row % positions, code);
            }
        }
    }
}
