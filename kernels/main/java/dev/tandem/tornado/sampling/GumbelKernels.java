package dev.tandem.tornado.sampling;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** From what stays of the logits to a mix of codes. A group per row of logits. */
public final class GumbelKernels {
    /** Work-items of a group. */
    public static final int LANES = 256;

    private GumbelKernels() {}

    /** The Gumbel softmax over what {@link SamplingKernels#sample} left, {@code d} as there, as a mean of the code book. */
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
                ties[t] = 0; // counted in place for the reason given below
                for (int i = 0; i < 4; i++) {
                    if (from + i < vocabulary) {
                        if (logits.get(at + from + i) == least) {
                            ties[t] = ties[t] + 1;
                        }
                    }
                }
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
                        // below 0 if it doesn't stay; a choice of two constants SPIR-V makes by comparing floats as integers
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
