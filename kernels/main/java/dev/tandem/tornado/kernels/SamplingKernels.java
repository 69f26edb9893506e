package dev.tandem.tornado.kernels;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * From logits to codes without a sort: both filters look for the least logit that stays, by halving the range between
 * logits that occur. A group per row of logits.
 *
 * <p>{@code d}: vocabulary, positions, scale, first position, tokens of a picture; offsets of the logits, of the scale's
 * row of settings, of the seeds, of tokens or out; width of a code.
 */
public final class SamplingKernels {
    /** Work-items of a group. */
    public static final int LANES = 256;

    /** Numbers that {@link #filter} leaves for a row: least logit that stays, how many equals of it don't, the largest. */
    public static final int CUT = 4;

    private SamplingKernels() {}

    /** Writes the row's cut. */
    public static void filter(KernelContext c, IntArray d, FloatArray logits, FloatArray settings, FloatArray cuts) {
        float[] lows = c.allocateFloatLocalArray(256);
        float[] highs = c.allocateFloatLocalArray(256);
        float[] sums = c.allocateFloatLocalArray(256);
        float[] lows16 = c.allocateFloatLocalArray(16);
        float[] highs16 = c.allocateFloatLocalArray(16);
        float[] sums16 = c.allocateFloatLocalArray(16);
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
            float count = 0f;
            for (int v = t; v < vocabulary; v += 256) {
                float x = logits.get(at + v);
                if (x >= middle) {
                    count += 1f;
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
                float sum = 0f;
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
            count = 0f;
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
                float limit = 1f - topP;
                float sum = 0f;
                for (int v = t; v < vocabulary; v += 256) {
                    float x = logits.get(at + v);
                    if (x >= least) {
                        sum += TornadoMath.exp(x - max);
                    }
                }
                sums[t] = sum;
                c.localBarrier();
                if (t < 16) {
                    sum = 0f;
                    for (int i = 0; i < 16; i++) {
                        sum += sums[t * 16 + i];
                    }
                    sums16[t] = sum;
                }
                c.localBarrier();
                sum = 0f;
                for (int i = 0; i < 16; i++) {
                    sum += sums16[i];
                }
                c.localBarrier();
                limit = limit * sum;

                // the first logit, from below, at which the running sum exceeds the limit lies in [low, high]
                low = least;
                high = max;
                while (low < high) {
                    float middle = low + (high - low) * 0.5f;
                    if (middle >= high) {
                        middle = low;
                    }
                    float above = 3e38f;
                    float below = -3e38f;
                    sum = 0f;
                    for (int v = t; v < vocabulary; v += 256) {
                        float x = logits.get(at + v);
                        if (x > middle) {
                            above = Math.min(above, x);
                        } else {
                            below = Math.max(below, x);
                            if (x >= least) {
                                sum += TornadoMath.exp(x - max);
                            }
                        }
                    }
                    lows[t] = above;
                    highs[t] = below;
                    sums[t] = sum;
                    c.localBarrier();
                    if (t < 16) {
                        sum = 0f;
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
                    sum = 0f;
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
                    }
                }

                // equals of it are dropped in the order of their index while the sum stays within the limit
                float before = 0f;
                float ties = 0f;
                for (int v = t; v < vocabulary; v += 256) {
                    float x = logits.get(at + v);
                    if (x == low) {
                        ties += 1f;
                    }
                    if (x < low) {
                        if (x >= least) {
                            before += TornadoMath.exp(x - max);
                        }
                    }
                }
                lows[t] = before;
                sums[t] = ties;
                c.localBarrier();
                if (t < 16) {
                    before = 0f;
                    ties = 0f;
                    for (int i = 0; i < 16; i++) {
                        before += lows[t * 16 + i];
                        ties += sums[t * 16 + i];
                    }
                    lows16[t] = before;
                    sums16[t] = ties;
                }
                c.localBarrier();
                before = 0f;
                ties = 0f;
                for (int i = 0; i < 16; i++) {
                    before += lows16[i];
                    ties += sums16[i];
                }
                float each = TornadoMath.exp(low - max);
                int most = (int) ties - 1;
                int drop = 0;
                for (int i = 0; i < most; i++) {
                    before = before + each;
                    if (before <= limit) {
                        if (drop == i) {
                            drop = i + 1;
                        }
                    }
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

    /** Draws a code from what {@link #filter} left. */
    public static void drawCode(
            KernelContext c,
            IntArray d,
            FloatArray logits,
            FloatArray cuts,
            FloatArray settings,
            IntArray seeds,
            IntArray tokens) {
        float[] sums = c.allocateFloatLocalArray(256);
        int[] ties = c.allocateIntLocalArray(256);
        float[] found = c.allocateFloatLocalArray(4);
        int t = c.localIdx;
        int row = c.groupIdx;
        int vocabulary = d.get(0);
        int positions = d.get(1);
        int at = d.get(5) + row * vocabulary;
        float least = cuts.get(row * 4);
        int dropped = (int) cuts.get(row * 4 + 1);
        float max = cuts.get(row * 4 + 2);
        float temperature = settings.get(d.get(6) + 3);
        int share = (vocabulary + 255) / 256;
        int from = Math.min(t * share, vocabulary);
        int to = Math.min(from + share, vocabulary);

        int equal = 0;
        for (int v = from; v < to; v++) {
            if (logits.get(at + v) == least) {
                equal++;
            }
        }
        ties[t] = equal;
        c.localBarrier();
        int rank = 0;
        for (int i = 0; i < t; i++) {
            rank += ties[i];
        }
        int firstRank = rank;
        float sum = 0f;
        for (int v = from; v < to; v++) {
            float x = logits.get(at + v);
            if (x >= least) {
                float w = TornadoMath.exp((x - max) / temperature);
                if (x == least) {
                    if (rank < dropped) {
                        w = 0f;
                    }
                    rank++;
                }
                sum += w;
            }
        }
        sums[t] = sum;
        c.localBarrier();
        if (t == 0) {
            int picture = row / positions;
            int c0 = row % positions;
            int c1 = d.get(2);
            int c2 = 0;
            int c3 = 0;
            int k0 = seeds.get(d.get(7) + 2 * picture);
            int k1 = seeds.get(d.get(7) + 2 * picture + 1);
            for (int round = 0; round < 10; round++) {
                int h0 = RandomNumbers.multiplyHigh(0xD2511F53, c0);
                int l0 = 0xD2511F53 * c0;
                int h1 = RandomNumbers.multiplyHigh(0xCD9E8D57, c2);
                int l1 = 0xCD9E8D57 * c2;
                c0 = h1 ^ c1 ^ k0;
                c1 = l1;
                c2 = h0 ^ c3 ^ k1;
                c3 = l0;
                k0 += 0x9E3779B9;
                k1 += 0xBB67AE85;
            }
            float total = 0f;
            for (int i = 0; i < 256; i++) {
                total += sums[i];
            }
            float target = RandomNumbers.uniform(c0) * total;
            float running = 0f;
            float before = 0f;
            int owner = -1;
            int last = 0;
            for (int i = 0; i < 256; i++) {
                float next = running + sums[i];
                if (sums[i] > 0f) {
                    last = i;
                    if (owner < 0) {
                        if (next >= target) {
                            owner = i;
                            before = running;
                        }
                    }
                }
                running = next;
            }
            if (owner < 0) {
                owner = last;
                before = running;
            }
            found[0] = owner;
            found[1] = before;
            found[2] = target;
        }
        c.localBarrier();
        if (t == (int) found[0]) {
            float running = found[1];
            float target = found[2];
            int chosen = -1;
            int last = 0;
            rank = firstRank;
            for (int v = from; v < to; v++) {
                float x = logits.get(at + v);
                if (x >= least) {
                    int stays = 1;
                    if (x == least) {
                        if (rank < dropped) {
                            stays = 0;
                        }
                        rank++;
                    }
                    if (stays == 1) {
                        running += TornadoMath.exp((x - max) / temperature);
                        last = v;
                        if (chosen < 0) {
                            if (running >= target) {
                                chosen = v;
                            }
                        }
                    }
                }
            }
            if (chosen < 0) {
                chosen = last;
            }
            tokens.set(d.get(8) + row / positions * d.get(4) + d.get(3) + row % positions, chosen);
        }
    }

    /** The Gumbel softmax over what {@link #filter} left, as a mean of the code book. */
    public static void mixCodes(
            KernelContext c,
            IntArray d,
            FloatArray logits,
            FloatArray cuts,
            FloatArray settings,
            IntArray seeds,
            FloatArray codebook,
            FloatArray out) {
        float[] weights = c.allocateFloatLocalArray(1024);
        float[] part = c.allocateFloatLocalArray(256);
        int[] ties = c.allocateIntLocalArray(256);
        int t = c.localIdx;
        int row = c.groupIdx;
        int vocabulary = d.get(0);
        int positions = d.get(1);
        int width = d.get(9);
        int at = d.get(5) + row * vocabulary;
        float least = cuts.get(row * 4);
        int dropped = (int) cuts.get(row * 4 + 1);
        float gain = settings.get(d.get(6) + 4);
        float tau = settings.get(d.get(6) + 5);
        int picture = row / positions;

        // pass 0 finds the largest weight; the others make 32 channels each
        float max = -3e38f;
        int passes = 1 + (width + 31) / 32;
        for (int pass = 0; pass < passes; pass++) {
            float sum = 0f;
            float value = 0f;
            int channel = (pass - 1) * 32 + t % 32;
            int ranked = 0;
            for (int v0 = 0; v0 < vocabulary; v0 += 1024) {
                int from = v0 + t * 4;
                int equal = 0;
                for (int i = 0; i < 4; i++) {
                    if (from + i < vocabulary) {
                        if (logits.get(at + from + i) == least) {
                            equal++;
                        }
                    }
                }
                ties[t] = equal;
                c.localBarrier();
                int rank = ranked;
                for (int i = 0; i < 256; i++) {
                    if (i < t) {
                        rank += ties[i];
                    }
                    ranked += ties[i];
                }
                int c0 = row % positions;
                int c1 = d.get(2);
                int c2 = 1;
                int c3 = from >> 2;
                int k0 = seeds.get(d.get(7) + 2 * picture);
                int k1 = seeds.get(d.get(7) + 2 * picture + 1);
                for (int round = 0; round < 10; round++) {
                    int h0 = RandomNumbers.multiplyHigh(0xD2511F53, c0);
                    int l0 = 0xD2511F53 * c0;
                    int h1 = RandomNumbers.multiplyHigh(0xCD9E8D57, c2);
                    int l1 = 0xCD9E8D57 * c2;
                    c0 = h1 ^ c1 ^ k0;
                    c1 = l1;
                    c2 = h0 ^ c3 ^ k1;
                    c3 = l0;
                    k0 += 0x9E3779B9;
                    k1 += 0xBB67AE85;
                }
                for (int i = 0; i < 4; i++) {
                    int word = c0;
                    if (i == 1) {
                        word = c1;
                    }
                    if (i == 2) {
                        word = c2;
                    }
                    if (i == 3) {
                        word = c3;
                    }
                    float w = -3e38f;
                    if (from + i < vocabulary) {
                        float x = logits.get(at + from + i);
                        int stays = 0;
                        if (x >= least) {
                            stays = 1;
                        }
                        if (x == least) {
                            if (rank < dropped) {
                                stays = 0;
                            }
                            rank++;
                        }
                        if (stays == 1) {
                            float noise = -TornadoMath.log(1f - RandomNumbers.uniform(word));
                            w = (gain * x - TornadoMath.log(noise)) / tau;
                        }
                    }
                    if (pass == 0) {
                        max = Math.max(max, w);
                    } else {
                        float e = 0f;
                        if (w > -2e38f) {
                            e = TornadoMath.exp(w - max);
                        }
                        weights[t * 4 + i] = e;
                        sum += e;
                    }
                }
                c.localBarrier();
                if (pass > 0) {
                    if (channel < width) {
                        int end = Math.min(1024, vocabulary - v0);
                        for (int i = t / 32; i < end; i += 8) {
                            value += weights[i] * codebook.get((v0 + i) * width + channel);
                        }
                    }
                }
                c.localBarrier();
            }
            part[t] = max;
            if (pass > 0) {
                part[t] = sum;
            }
            c.localBarrier();
            float total = 0f;
            for (int i = 0; i < 256; i++) {
                if (pass == 0) {
                    max = Math.max(max, part[i]);
                }
                total += part[i];
            }
            c.localBarrier();
            part[t] = value;
            c.localBarrier();
            if (pass > 0) {
                if (t < 32) {
                    if (channel < width) {
                        float mean = 0f;
                        for (int i = 0; i < 8; i++) {
                            mean += part[t + 32 * i];
                        }
                        out.set(d.get(8) + row * width + channel, mean / total);
                    }
                }
            }
            c.localBarrier();
        }
    }
}
