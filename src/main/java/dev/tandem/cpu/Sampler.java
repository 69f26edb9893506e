package dev.tandem.cpu;

import dev.tandem.op.SamplingState;
import java.util.Arrays;

/**
 * Filters and draws, for one position at a time; with buffers of its own, so one per thread. Follows
 * {@code sample_with_top_k_top_p_} and {@code gumbel_softmax_with_rng} of the original's {@code helpers.py}.
 */
final class Sampler {
    private final int vocabulary;
    private final float[] scratch;
    private final int[] kept;
    private final double[] weight;
    private final long[] keptOrder;
    private final int[] words = new int[4];
    private int keptCount;

    Sampler(int vocabulary) {
        this.vocabulary = vocabulary;
        this.scratch = new float[vocabulary];
        this.kept = new int[vocabulary];
        this.weight = new double[vocabulary];
        this.keptOrder = new long[vocabulary];
    }

    /**
     * Chooses the codes that survive: those not below the k-th largest logit (ties stay), of these without the smallest
     * whose running sum of softmax is ≤ 1 − p (the largest always stays).
     *
     * @return whether there is anything to choose from: not where a logit overflowed
     */
    boolean filter(float[] logits, int at, int topK, float topP) {
        if (overflows(logits, at)) {
            return false;
        }
        float least = topK > 0 && topK < vocabulary ? kthLargest(logits, at, topK) : Float.NEGATIVE_INFINITY;
        keptCount = 0;
        for (int v = 0; v < vocabulary; v++) {
            if (logits[at + v] >= least) {
                kept[keptCount++] = v;
            }
        }
        if (topP > 0 && topP < 1) {
            dropTail(logits, at, 1 - topP);
        }
        return true;
    }

    private boolean overflows(float[] logits, int at) {
        boolean all = true;
        for (int v = 0; v < vocabulary; v++) {
            all &= Math.abs(logits[at + v]) < SamplingState.OVERFLOW; // not so for NaN
        }
        return !all;
    }

    private float kthLargest(float[] logits, int at, int k) {
        System.arraycopy(logits, at, scratch, 0, vocabulary);
        int target = vocabulary - k;
        int low = 0;
        int high = vocabulary - 1;
        while (low < high) {
            float pivot = scratch[(low + high) >>> 1];
            int i = low;
            int j = high;
            while (i <= j) {
                while (scratch[i] < pivot) {
                    i++;
                }
                while (scratch[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    float swap = scratch[i];
                    scratch[i++] = scratch[j];
                    scratch[j--] = swap;
                }
            }
            if (target <= j) {
                high = j;
            } else if (target >= i) {
                low = i;
            } else {
                break;
            }
        }
        return scratch[target];
    }

    /** Equal logits are dropped in the order of their index, as a stable ascending sort has them. */
    private void dropTail(float[] logits, int at, float limit) {
        long[] order = keptOrder;
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < keptCount; i++) {
            float x = logits[at + kept[i]];
            max = Math.max(max, x);
            order[i] = (long) sortable(x) << 32 | kept[i];
        }
        Arrays.sort(order, 0, keptCount);
        double sum = 0;
        for (int i = 0; i < keptCount; i++) {
            weight[i] = Math.exp(logits[at + (int) order[i]] - max);
            sum += weight[i];
        }
        double running = 0;
        int drop = 0;
        while (drop < keptCount - 1) {
            running += weight[drop] / sum;
            if (running > limit) {
                break;
            }
            drop++;
        }
        keptCount -= drop;
        for (int i = 0; i < keptCount; i++) {
            kept[i] = (int) order[drop + i];
        }
        Arrays.sort(kept, 0, keptCount);
    }

    /** An int that orders as the float does. */
    private static int sortable(float x) {
        int bits = Float.floatToRawIntBits(x);
        return bits ^ (bits >> 31 & 0x7fffffff);
    }

    /** Sets the probabilities softmax(filtered / temperature) of all codes, 0 where filtered. */
    void probabilities(float[] logits, int at, float temperature, double[] out) {
        Arrays.fill(out, 0);
        double sum = weigh(logits, at, temperature);
        for (int i = 0; i < keptCount; i++) {
            out[kept[i]] = weight[i] / sum;
        }
    }

    private double weigh(float[] logits, int at, float temperature) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < keptCount; i++) {
            max = Math.max(max, logits[at + kept[i]]);
        }
        double sum = 0;
        for (int i = 0; i < keptCount; i++) {
            weight[i] = Math.exp((double) (logits[at + kept[i]] - max) / temperature);
            sum += weight[i];
        }
        return sum;
    }

    /** The first surviving code whose cumulative probability is at least {@code u}. */
    int draw(float[] logits, int at, float temperature, double u) {
        double sum = weigh(logits, at, temperature);
        double running = 0;
        for (int i = 0; i < keptCount; i++) {
            running += weight[i];
            if (running >= u * sum) {
                return kept[i];
            }
        }
        return kept[keptCount - 1];
    }

    /** The draw's random number: the picture's seed, the scale and the position within it decide it. */
    float uniform(int seedLow, int seedHigh, int scale, int position) {
        Philox.block(position, scale, Philox.DRAW, 0, seedLow, seedHigh, words);
        return Philox.uniform(words[0]);
    }

    /**
     * The Gumbel softmax: out += Σ softmax((gain · logit − ln e) / tau) · code, with e exponential noise.
     *
     * @param codebook [V, width]
     */
    void mix(
            float[] logits,
            int at,
            float gain,
            float tau,
            Noise noise,
            float[] codebook,
            int width,
            float[] out,
            int to) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < keptCount; i++) {
            weight[i] = (gain * logits[at + kept[i]] - Math.log(noise.exponential(kept[i]))) / tau;
            max = Math.max(max, weight[i]);
        }
        double sum = 0;
        for (int i = 0; i < keptCount; i++) {
            weight[i] = Math.exp(weight[i] - max);
            sum += weight[i];
        }
        for (int c = 0; c < width; c++) {
            double value = 0;
            for (int i = 0; i < keptCount; i++) {
                value += weight[i] * codebook[kept[i] * width + c];
            }
            out[to + c] = (float) (value / sum);
        }
    }

    /** Exponentially distributed noise per code. */
    interface Noise {
        double exponential(int code);
    }

    /** Noise for one position, a pure function of seed, scale, position and code. */
    Noise philoxNoise(int seedLow, int seedHigh, int scale, int position) {
        return code -> {
            Philox.block(position, scale, Philox.GUMBEL, code >> 2, seedLow, seedHigh, words);
            return -Math.log(1 - (double) Philox.uniform(words[code & 3]));
        };
    }
}
