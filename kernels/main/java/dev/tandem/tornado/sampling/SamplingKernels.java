package dev.tandem.tornado.sampling;

import static dev.tandem.tornado.sampling.SamplingDims.*;
import static dev.tandem.tornado.sampling.SamplingLayout.*;

import dev.tandem.op.SamplingState;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Which codes stay, and which of them is drawn, without a sort: both filters look for the least logit that stays, by
 * dividing the range between logits. None is drawn where a logit overflowed. A group per row of logits.
 */
public final class SamplingKernels {
    private SamplingKernels() {}

    /**
     * Draws a code, or writes the row's cut.
     *
     * @param held 1 where rows fit into local memory
     * @param draws 1 to draw, 0 to write the cut
     */
    public static void sample(
            KernelContext context,
            IntArray dims,
            FloatArray logits,
            FloatArray settings,
            IntArray seeds,
            IntArray tokens,
            FloatArray cuts,
            int held,
            int draws,
            int shifts) {
        float[] values = context.allocateFloatLocalArray(VALUES); // the row, then the few that stay of it
        long[] weights = context.allocateLongLocalArray(FEW);
        float[] lows = context.allocateFloatLocalArray(LANES);
        float[] highs = context.allocateFloatLocalArray(LANES);
        long[] sums = context.allocateLongLocalArray(LANES);
        long[] parts = context.allocateLongLocalArray(SEGMENTS);
        float[] range = context.allocateFloatLocalArray(2);
        long[] found = context.allocateLongLocalArray(FOUND);
        int lane = context.localIdx;
        int row = context.groupIdx;
        int vocabulary = dims.get(VOCABULARY);
        int at = dims.get(LOGITS_OFFSET) + row * vocabulary;
        int settingsAt = dims.get(SETTINGS_AT) + row / dims.get(POSITIONS) * dims.get(SETTINGS);
        float topK = settings.get(settingsAt + SamplingState.TOP_K);
        float topP = settings.get(settingsAt + SamplingState.TOP_P);
        long unit = dims.get(UNIT);
        int from = Math.min(lane * SHARE, vocabulary);
        int to = Math.min(from + SHARE, vocabulary);
        int segment = lane / SEGMENT;
        // load; the least and the largest of the row
        float low = MOST;
        float high = -MOST;
        int whole = 0; // how many logits did not overflow, counted by comparisons that NaN fails
        for (int v = lane; v < vocabulary; v += LANES) {
            float x = logits.get(at + v);
            if (x > -SamplingState.OVERFLOW && x < SamplingState.OVERFLOW) {
                whole++;
            }
            if (held == 1) {
                values[v + (v >> GAP_SHIFT)] = x;
            }
            low = Math.min(low, x);
            high = Math.max(high, x);
        }
        lows[lane] = low;
        highs[lane] = high;
        sums[lane] = whole;
        context.localBarrier();
        if (lane < SEGMENTS) {
            long part = whole;
            for (int i = 1; i < SEGMENT; i++) {
                low = Math.min(low, lows[lane + SEGMENTS * i]);
                high = Math.max(high, highs[lane + SEGMENTS * i]);
                part += sums[lane + SEGMENTS * i];
            }
            lows[lane] = low;
            highs[lane] = high;
            parts[lane] = part;
        }
        context.localBarrier();
        if (lane == 0) {
            long part = parts[0];
            for (int i = 1; i < SEGMENTS; i++) {
                low = Math.min(low, lows[i]);
                high = Math.max(high, highs[i]);
                part += parts[i];
            }
            range[LOW] = low;
            range[HIGH] = high;
            if (part < vocabulary) {
                range[LOW] = 0f; // an empty range ends every search
                range[HIGH] = 0f;
            }
            found[COUNT] = part;
        }
        context.localBarrier();
        low = range[LOW];
        high = range[HIGH];
        whole = (int) found[COUNT];
        float max = high;
        // the k-th largest lies in [low, high]: in which quarter, until few enough are at least low
        if (topK <= 0f || topK >= vocabulary) {
            high = low;
        }
        int count = vocabulary;
        int mine = to - from;
        int passes = PASSES * held;
        while (passes > 0 && count > FEW && topK <= FEW && low < high) {
            passes--;
            float quarter = (high - low) * 0.25f;
            float first = low + quarter;
            float second = first + quarter;
            float third = second + quarter;
            int many = 0;
            int some = 0;
            int few = 0;
            for (int v = from; v < to; v++) {
                float x = values[v + lane];
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
            lows[lane] = all1;
            highs[lane] = all2;
            sums[lane] = all3;
            context.localBarrier();
            if (lane < SEGMENTS) {
                for (int i = 1; i < SEGMENT; i++) {
                    all1 += lows[lane + SEGMENTS * i];
                    all2 += highs[lane + SEGMENTS * i];
                    all3 += sums[lane + SEGMENTS * i];
                }
                lows[lane] = all1;
                highs[lane] = all2;
                sums[lane] = all3;
            }
            context.localBarrier();
            if (lane == 0) {
                for (int i = 1; i < SEGMENTS; i++) {
                    all1 += lows[i];
                    all2 += highs[i];
                    all3 += sums[i];
                }
                found[COUNT] = count;
                found[QUARTER] = 0L;
                if (all1 >= topK) {
                    found[COUNT] = (int) all1;
                    found[QUARTER] = 1L;
                }
                if (all2 >= topK) {
                    found[COUNT] = (int) all2;
                    found[QUARTER] = 2L;
                }
                if (all3 >= topK) {
                    found[COUNT] = all3;
                    found[QUARTER] = 3L;
                }
            }
            context.localBarrier();
            count = (int) found[COUNT];
            int below = (int) found[QUARTER];
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
        sums[lane] = mine;
        context.localBarrier();
        if (lane < SEGMENTS) {
            long part = 0L;
            for (int i = 0; i < SEGMENT; i++) {
                part += sums[lane * SEGMENT + i];
            }
            parts[lane] = part;
        }
        context.localBarrier();
        int start = 0;
        for (int i = 0; i < segment; i++) {
            start += (int) parts[i];
        }
        for (int i = segment * SEGMENT; i < lane; i++) {
            start += (int) sums[i];
        }
        float floor = low;
        int items = vocabulary;
        int narrow = 0;
        int base = 0;
        long before = vocabulary - count; // the weight of what is below low: for top-k each has 1
        if (count <= FEW) {
            items = count;
            narrow = 1;
            base = FEW_AT;
            int place = start;
            for (int v = from; v < to; v++) {
                float x = values[v + lane];
                if (x >= floor) {
                    values[FEW_AT + place + (place >> GAP_SHIFT)] = x;
                    weights[place] = 1L;
                    place++;
                }
            }
        }
        context.localBarrier();
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
                for (int j = lane; j < items; j += LANES) {
                    float x = values[held * (base + j + (j >> GAP_SHIFT))];
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
            sums[lane] = all;
            context.localBarrier();
            if (lane < SEGMENTS) {
                for (int i = 1; i < SEGMENT; i++) {
                    all += sums[lane + SEGMENTS * i];
                }
                parts[lane] = all;
            }
            context.localBarrier();
            if (filter == 1) {
                all = 0L;
                for (int i = 0; i < SEGMENTS; i++) {
                    all += parts[i];
                }
                limit = FixedPoint.part(all, (int) ((1f - topP) * FixedPoint.PARTS), shifts, unit);
            }
            while (low < high) {
                float middle = low + (high - low) * 0.5f;
                if (middle >= high) {
                    middle = low;
                }
                float above = MOST;
                float below = -MOST;
                long sum = 0L;
                for (int j = lane; j < items; j += LANES) {
                    float x = values[held * (base + j + (j >> GAP_SHIFT))];
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
                lows[lane] = above;
                highs[lane] = below;
                sums[lane] = sum;
                context.localBarrier();
                if (lane < SEGMENTS) {
                    for (int i = 1; i < SEGMENT; i++) {
                        above = Math.min(above, lows[lane + SEGMENTS * i]);
                        below = Math.max(below, highs[lane + SEGMENTS * i]);
                        sum += sums[lane + SEGMENTS * i];
                    }
                    lows[lane] = above;
                    highs[lane] = below;
                    sums[lane] = sum;
                }
                context.localBarrier();
                if (lane == 0) {
                    sum += before;
                    for (int i = 1; i < SEGMENTS; i++) {
                        above = Math.min(above, lows[i]);
                        below = Math.max(below, highs[i]);
                        sum += sums[i];
                    }
                    range[LOW] = low;
                    range[HIGH] = high;
                    found[BEFORE] = before;
                    if (sum > limit) {
                        range[HIGH] = below;
                    } else {
                        range[LOW] = above;
                        found[BEFORE] = sum;
                    }
                }
                context.localBarrier();
                low = range[LOW];
                high = range[HIGH];
                before = found[BEFORE];
            }
        }
        float least = low;
        // equals of it are dropped in the order of their index while the sum stays within the limit
        int share = ((items + (LANES - 1)) / LANES) | 1; // odd, which keeps banks apart
        from = Math.min(lane * share, items);
        to = Math.min(from + share, items);
        if (lane == 0) {
            found[EACH] = FixedPoint.weight(max - least, rate, shifts, unit);
        }
        context.localBarrier();
        long each = found[EACH];
        int tied = 0;
        if (limit - before >= each) {
            tied = weighed;
        }
        long equal = 0L;
        if (tied == 1) {
            for (int j = from; j < to; j++) {
                float x = values[held * (base + j + (j >> GAP_SHIFT))];
                if (held == 0) {
                    x = logits.get(at + j);
                }
                if (x == least) {
                    equal++;
                }
            }
        }
        sums[lane] = equal;
        context.localBarrier();
        if (lane < SEGMENTS) {
            long part = 0L;
            for (int i = 0; i < SEGMENT; i++) {
                part += sums[lane * SEGMENT + i];
            }
            parts[lane] = part;
        }
        context.localBarrier();
        long dropped = 0L;
        int rank = 0;
        if (tied == 1) {
            for (int i = 0; i < SEGMENTS; i++) {
                if (i < segment) {
                    rank += (int) parts[i];
                }
                dropped += parts[i];
            }
            for (int i = segment * SEGMENT; i < lane; i++) {
                rank += (int) sums[i];
            }
            dropped--; // one stays
            if (each * dropped > limit - before) {
                dropped = (limit - before) / each;
            }
        }
        context.localBarrier();
        if (draws == 0) {
            if (lane == 0) {
                cuts.set(row * CUT, least);
                cuts.set(row * CUT + CUT_DROPPED, dropped);
                cuts.set(row * CUT + CUT_LARGEST, max);
            }
        } else {
            int positions = dims.get(POSITIONS);
            float temperature = Math.max(settings.get(settingsAt + SamplingState.TEMPERATURE), 1e-30f);
            float scale = FixedPoint.scale(temperature);
            rate = FixedPoint.rate(temperature * scale);
            if (narrow == 0 || temperature != 1f) {
                weighed = 0; // nothing is kept, or what is was for 1
            }
            if (lane == LANES - 1) {
                int seed = dims.get(SEEDS_OFFSET) + row / positions * 2;
                found[DRAW] = RandomNumbers.uniform24(
                        RandomNumbers.draw(row % positions, dims.get(SCALE), seeds.get(seed), seeds.get(seed + 1)));
                found[PLACE] = 0L;
                found[CODE] = 0L;
            }
            // sums first, then where they reach the target
            long running = 0L;
            long target = 0L;
            for (int round = 0; round < 2; round++) {
                int ranked = rank;
                for (int j = from; j < to; j++) {
                    float x = values[held * (base + j + (j >> GAP_SHIFT))];
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
                        found[PLACE] = j;
                    }
                    running += w;
                }
                if (round == 0) {
                    sums[lane] = running;
                }
                context.localBarrier();
                if (lane < SEGMENTS) {
                    long part = 0L;
                    for (int i = 0; i < SEGMENT; i++) {
                        part += sums[lane * SEGMENT + i];
                    }
                    parts[lane] = part;
                }
                context.localBarrier();
                if (round == 0) {
                    long total = 0L;
                    long sum = running;
                    for (int i = 0; i < SEGMENTS; i++) {
                        if (i == segment) {
                            running = total;
                        }
                        total += parts[i];
                    }
                    for (int i = segment * SEGMENT; i < lane; i++) {
                        running += sums[i];
                    }
                    target = FixedPoint.partUp(total, found[DRAW], shifts, unit);
                    if (running >= target || running + sum < target) {
                        to = from;
                    }
                    weighed = narrow;
                }
            }
            int place = (int) found[PLACE];
            if (narrow == 0) {
                found[CODE] = place;
            } else if (place >= start && place < start + mine) {
                // it is known to the work-item that put it beside others
                for (int v = lane * SHARE; v < Math.min(lane * SHARE + SHARE, vocabulary); v++) {
                    if (values[v + lane] >= floor) {
                        if (start == place) {
                            found[CODE] = v;
                        }
                        start++;
                    }
                }
            }
            context.localBarrier();
            if (lane == 0) {
                if (whole < vocabulary) {
                    found[CODE] = SamplingState.NO_CODE;
                }
                int token = row / positions * dims.get(TOKENS) + dims.get(FIRST) + row % positions;
                tokens.set(dims.get(OUT_OFFSET) + token, (int) found[CODE]);
            }
        }
    }
}
