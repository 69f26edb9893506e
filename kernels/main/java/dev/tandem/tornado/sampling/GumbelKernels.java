package dev.tandem.tornado.sampling;

import dev.tandem.op.SamplingState;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** From what stays of the logits to a mix of codes. A group per row of logits. */
public final class GumbelKernels {
    /** Work-items of a group. */
    public static final int LANES = 256;

    /** Random words of a block, and as many logits of a work-item. */
    private static final int WORDS = 4;

    private static final int WORDS_SHIFT = 2;

    /** Channels of a pass. */
    private static final int CHANNELS = 32;

    /** Work-items that share a channel. */
    private static final int LOTS = LANES / CHANNELS;

    /** Less than any score. */
    private static final float LEAST = -3e38f;

    /** What is no more has no score. */
    private static final float SCORED = -2e38f;

    private GumbelKernels() {}

    /** The Gumbel softmax over what {@link SamplingKernels#sample} left, as a mean of the code book. */
    public static void mixCodes(
            KernelContext context,
            IntArray dims,
            FloatArray logits,
            FloatArray cuts,
            FloatArray settings,
            IntArray seeds,
            FloatArray codebook,
            FloatArray out) {
        float[] weights = context.allocateFloatLocalArray(LANES * WORDS);
        float[] part = context.allocateFloatLocalArray(LANES);
        int[] ties = context.allocateIntLocalArray(LANES);
        int lane = context.localIdx;
        int row = context.groupIdx;
        int vocabulary = dims.get(SamplingDims.VOCABULARY);
        int positions = dims.get(SamplingDims.POSITIONS);
        int width = dims.get(SamplingDims.WIDTH);
        int at = dims.get(SamplingDims.LOGITS_OFFSET) + row * vocabulary;
        float least = cuts.get(row * SamplingLayout.CUT);
        int dropped = (int) cuts.get(row * SamplingLayout.CUT + SamplingLayout.CUT_DROPPED);
        int picture = row / positions;
        int settingsAt = dims.get(SamplingDims.SETTINGS_AT) + picture * dims.get(SamplingDims.SETTINGS);
        float gain = settings.get(settingsAt + SamplingState.SMOOTH_GAIN);
        float tau = settings.get(settingsAt + SamplingState.SMOOTH_TAU);

        // pass 0 finds the largest score; the others make some channels each
        float max = LEAST;
        int passes = 1 + (width + (CHANNELS - 1)) / CHANNELS;
        for (int pass = 0; pass < passes; pass++) {
            float sum = 0f;
            float value = 0f;
            int channel = (pass - 1) * CHANNELS + lane % CHANNELS;
            int ranked = 0;
            for (int v0 = 0; v0 < vocabulary; v0 += LANES * WORDS) {
                int from = v0 + lane * WORDS;
                ties[lane] = 0; // counted in place for the reason given below
                for (int i = 0; i < WORDS; i++) {
                    if (from + i < vocabulary) {
                        if (logits.get(at + from + i) == least) {
                            ties[lane] = ties[lane] + 1;
                        }
                    }
                }
                context.localBarrier();
                // the rank of this work-item's first equal of the least
                int rank = ranked;
                for (int i = 0; i < LANES; i++) {
                    if (i < lane) {
                        rank += ties[i];
                    }
                    ranked += ties[i];
                }
                // random words, Philox as in RandomNumbers
                int counter0 = row % positions;
                int counter1 = dims.get(SamplingDims.SCALE);
                int counter2 = 1;
                int counter3 = from >> WORDS_SHIFT;
                int key0 = seeds.get(dims.get(SamplingDims.SEEDS_OFFSET) + 2 * picture);
                int key1 = seeds.get(dims.get(SamplingDims.SEEDS_OFFSET) + 2 * picture + 1);
                for (int round = 0; round < RandomNumbers.ROUNDS; round++) {
                    int high0 = RandomNumbers.multiplyHigh(RandomNumbers.MULTIPLIER_0, counter0);
                    int low0 = RandomNumbers.MULTIPLIER_0 * counter0;
                    int high1 = RandomNumbers.multiplyHigh(RandomNumbers.MULTIPLIER_1, counter2);
                    int low1 = RandomNumbers.MULTIPLIER_1 * counter2;
                    counter0 = high1 ^ counter1 ^ key0;
                    counter1 = low1;
                    counter2 = high0 ^ counter3 ^ key1;
                    counter3 = low0;
                    key0 += RandomNumbers.KEY_STEP_0;
                    key1 += RandomNumbers.KEY_STEP_1;
                }
                // scores, or weights of them
                for (int i = 0; i < WORDS; i++) {
                    int word = counter0;
                    if (i == 1) {
                        word = counter1;
                    }
                    if (i == 2) {
                        word = counter2;
                    }
                    if (i == 3) {
                        word = counter3;
                    }
                    float score = LEAST;
                    if (from + i < vocabulary) {
                        float x = logits.get(at + from + i);
                        // below 0 if it doesn't stay; a choice of two constants SPIR-V makes by comparing floats as
                        // integers
                        int place = -1 - rank;
                        if (x >= least) {
                            place = rank;
                        }
                        if (x == least) {
                            place = rank - dropped;
                            rank++;
                        }
                        if (place >= 0) {
                            float noise = -TornadoMath.log(1f - RandomNumbers.uniform(word));
                            score = (gain * x - TornadoMath.log(noise)) / tau;
                        }
                    }
                    if (pass == 0) {
                        max = Math.max(max, score);
                    } else {
                        float e = 0f;
                        if (score > SCORED) {
                            e = TornadoMath.exp(score - max);
                        }
                        weights[lane * WORDS + i] = e;
                        sum += e;
                    }
                }
                context.localBarrier();
                if (pass > 0) {
                    if (channel < width) {
                        int end = Math.min(LANES * WORDS, vocabulary - v0);
                        for (int i = lane / CHANNELS; i < end; i += LOTS) {
                            value += weights[i] * codebook.get((v0 + i) * width + channel);
                        }
                    }
                }
                context.localBarrier();
            }
            // reduce: the largest score, or the sum of weights
            part[lane] = max;
            if (pass > 0) {
                part[lane] = sum;
            }
            context.localBarrier();
            float total = 0f;
            for (int i = 0; i < LANES; i++) {
                if (pass == 0) {
                    max = Math.max(max, part[i]);
                }
                total += part[i];
            }
            context.localBarrier();
            // what the lots of work-items have of each channel, and store
            part[lane] = value;
            context.localBarrier();
            if (pass > 0) {
                if (lane < CHANNELS) {
                    if (channel < width) {
                        float mean = 0f;
                        for (int i = 0; i < LOTS; i++) {
                            mean += part[lane + CHANNELS * i];
                        }
                        out.set(dims.get(SamplingDims.OUT_OFFSET) + row * width + channel, mean / total);
                    }
                }
            }
            context.localBarrier();
        }
    }
}
