package dev.tandem.tornado.attention;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** One head over all pixels of a small map, where the scores of some queries fit into local memory. */
public final class SpatialKernels {
    /** The most pixels of a map. */
    public static final int MAX_PIXELS = 256;

    /** Queries of a group, and side of it. */
    public static final int SIDE = 16;

    private SpatialKernels() {}

    /**
     * A group of 16×16 takes 16 queries of a picture: all scores, their softmax, then 64 channels at a time.
     *
     * @param d pixels, channels, offsets of qkv and out
     */
    public static void attend(
            KernelContext c,
            IntArray d,
            FloatArray factor,
            FloatArray xf,
            HalfFloatArray xh,
            FloatArray outF,
            HalfFloatArray outH,
            int fp16,
            int outHalf) {
        float[] score = c.allocateFloatLocalArray(4096);
        float[] query = c.allocateFloatLocalArray(528);
        float[] tile = c.allocateFloatLocalArray(2112);
        int tx = c.localIdx;
        int ty = c.localIdy;
        int t = ty * 16 + tx;
        int pixels = d.get(0);
        int channels = d.get(1);
        int pitch = 3 * channels;
        int q0 = c.groupIdx * 16;
        int picture = d.get(2) + c.groupIdy * pixels * pitch;
        for (int k0 = 0; k0 < pixels; k0 += 64) {
            float s0 = 0f;
            float s1 = 0f;
            float s2 = 0f;
            float s3 = 0f;
            for (int c0 = 0; c0 < channels; c0 += 32) {
                for (int e = t; e < 512; e += 256) {
                    float v = 0f;
                    if (c0 + e % 32 < channels) {
                        int at = picture + Math.min(q0 + e / 32, pixels - 1) * pitch;
                        v = Elements.load(fp16, xf, xh, at + c0 + e % 32);
                    }
                    query[e / 32 * 33 + e % 32] = v;
                }
                for (int e = t; e < 2048; e += 256) {
                    float v = 0f;
                    if (c0 + e % 32 < channels) {
                        int at = picture + Math.min(k0 + e / 32, pixels - 1) * pitch + channels;
                        v = Elements.load(fp16, xf, xh, at + c0 + e % 32);
                    }
                    tile[e / 32 * 33 + e % 32] = v;
                }
                c.localBarrier();
                for (int j = 0; j < 32; j++) {
                    float q = query[ty * 33 + j];
                    s0 += q * tile[tx * 33 + j];
                    s1 += q * tile[(tx + 16) * 33 + j];
                    s2 += q * tile[(tx + 32) * 33 + j];
                    s3 += q * tile[(tx + 48) * 33 + j];
                }
                c.localBarrier();
            }
            int at = ty * 256 + k0 + tx;
            score[at] = s0 * factor.get(0);
            score[at + 16] = s1 * factor.get(0);
            score[at + 32] = s2 * factor.get(0);
            score[at + 48] = s3 * factor.get(0);
        }
        c.localBarrier();
        float max = -1e30f;
        for (int k = tx; k < pixels; k += 16) {
            max = Math.max(max, score[ty * 256 + k]);
        }
        query[t] = max;
        c.localBarrier();
        for (int i = 0; i < 16; i++) {
            max = Math.max(max, query[ty * 16 + i]);
        }
        c.localBarrier();
        float sum = 0f;
        for (int k = tx; k < 256; k += 16) {
            float p = 0f;
            if (k < pixels) {
                p = TornadoMath.exp(score[ty * 256 + k] - max);
            }
            score[ty * 256 + k] = p;
            sum += p;
        }
        query[t] = sum;
        c.localBarrier();
        float total = 0f;
        for (int i = 0; i < 16; i++) {
            total += query[ty * 16 + i];
        }
        float inverse = 1f / total;
        for (int c0 = 0; c0 < channels; c0 += 64) {
            float o0 = 0f;
            float o1 = 0f;
            float o2 = 0f;
            float o3 = 0f;
            for (int k0 = 0; k0 < pixels; k0 += 32) {
                for (int e = t; e < 2048; e += 256) {
                    float v = 0f;
                    if (c0 + e % 64 < channels) {
                        int at = picture + Math.min(k0 + e / 64, pixels - 1) * pitch + 2 * channels;
                        v = Elements.load(fp16, xf, xh, at + c0 + e % 64);
                    }
                    tile[e / 64 * 65 + e % 64] = v;
                }
                c.localBarrier();
                for (int j = 0; j < 32; j++) {
                    float w = score[ty * 256 + k0 + j];
                    o0 += w * tile[j * 65 + tx];
                    o1 += w * tile[j * 65 + tx + 16];
                    o2 += w * tile[j * 65 + tx + 32];
                    o3 += w * tile[j * 65 + tx + 48];
                }
                c.localBarrier();
            }
            if (q0 + ty < pixels) {
                int to = d.get(3) + (c.groupIdy * pixels + q0 + ty) * channels;
                int i = c0 + tx;
                if (i < channels) {
                    Elements.store(outHalf, outF, outH, to + i, o0 * inverse);
                }
                if (i + 16 < channels) {
                    Elements.store(outHalf, outF, outH, to + i + 16, o1 * inverse);
                }
                if (i + 32 < channels) {
                    Elements.store(outHalf, outF, outH, to + i + 32, o2 * inverse);
                }
                if (i + 48 < channels) {
                    Elements.store(outHalf, outF, outH, to + i + 48, o3 * inverse);
                }
            }
        }
    }
}
