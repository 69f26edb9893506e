package dev.tandem.tornado.attention;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The transformer's attention and the VQ-VAE's. A cache lies in a strip, [rows, heads, positions, head
 * size], keys and values alike. */
public final class AttentionKernels {
    /** Side of {@link #attention}'s work-groups: queries, and keys of one step. */
    public static final int SIDE = 16;

    /** Sizes of a head that one group makes. */
    public static final int CHUNK = 64;

    /** The largest head. */
    public static final int MAX_HEAD = 128;

    /** Work-items of a position and head in {@link #split}, and how many of these a group takes. */
    public static final int SPLIT_LANES = 32;

    public static final int SPLIT_HEADS = 8;

    /** Work-items of {@link #spatial}. */
    public static final int SPATIAL_LANES = 128;

    /** Pixels that {@link #spatial} takes. */
    public static final int MAX_PIXELS = 4096;

    private AttentionKernels() {}

    /**
     * From the projection to queries and the cache: biases, norms, scale. {@link #SPLIT_LANES} work-items per position and
     * head, {@link #SPLIT_HEADS} of these in a group.
     *
     * @param d width, heads, head size, positions, first position in the strip, the strip's positions, offsets of the projection and of q, the
     *     number of positions and heads
     * @param norm 1 where q and k are divided by their norm
     */
    public static void split(
            KernelContext c,
            IntArray d,
            FloatArray pf,
            HalfFloatArray ph,
            FloatArray qBias,
            FloatArray vBias,
            FloatArray qScale,
            FloatArray qf,
            HalfFloatArray qh,
            FloatArray kf,
            HalfFloatArray kh,
            FloatArray vf,
            HalfFloatArray vh,
            int fp16,
            int norm) {
        float[] qPart = c.allocateFloatLocalArray(256);
        float[] kPart = c.allocateFloatLocalArray(256);
        float[] qSome = c.allocateFloatLocalArray(256);
        float[] kSome = c.allocateFloatLocalArray(256);
        int t = c.localIdx % 32;
        int mine = c.localIdx - t;
        int width = d.get(0);
        int heads = d.get(1);
        int size = d.get(2);
        int positions = d.get(3);
        int work = c.groupIdx * 8 + c.localIdx / 32;
        int last = d.get(8) - 1;
        int valid = Math.min(work, last);
        int item = valid / heads;
        int head = valid % heads;
        int from = d.get(6) + item * 3 * width + head * size;
        float q0 = 0f;
        float k0 = 0f;
        if (t + 0 < size) {
            q0 = Elements.load(fp16, pf, ph, from + t + 0) + qBias.get(head * size + t + 0);
            k0 = Elements.load(fp16, pf, ph, from + width + t + 0);
        }
        float q1 = 0f;
        float k1 = 0f;
        if (t + 32 < size) {
            q1 = Elements.load(fp16, pf, ph, from + t + 32) + qBias.get(head * size + t + 32);
            k1 = Elements.load(fp16, pf, ph, from + width + t + 32);
        }
        float q2 = 0f;
        float k2 = 0f;
        if (t + 64 < size) {
            q2 = Elements.load(fp16, pf, ph, from + t + 64) + qBias.get(head * size + t + 64);
            k2 = Elements.load(fp16, pf, ph, from + width + t + 64);
        }
        float q3 = 0f;
        float k3 = 0f;
        if (t + 96 < size) {
            q3 = Elements.load(fp16, pf, ph, from + t + 96) + qBias.get(head * size + t + 96);
            k3 = Elements.load(fp16, pf, ph, from + width + t + 96);
        }
        float qq = q0 * q0 + q1 * q1 + (q2 * q2 + q3 * q3);
        float kk = k0 * k0 + k1 * k1 + (k2 * k2 + k3 * k3);
        qPart[c.localIdx] = qq;
        kPart[c.localIdx] = kk;
        c.localBarrier();
        // every fourth, by all: the first four sums are then those of all
        qq = 0f;
        kk = 0f;
        int quarter = mine + t % 4;
        for (int i = 0; i < 8; i++) {
            qq += qPart[quarter + 4 * i];
            kk += kPart[quarter + 4 * i];
        }
        qSome[c.localIdx] = qq;
        kSome[c.localIdx] = kk;
        c.localBarrier();
        float qFactor = 1f;
        float kFactor = 1f;
        if (norm == 1) {
            qq = qSome[mine] + qSome[mine + 1] + (qSome[mine + 2] + qSome[mine + 3]);
            kk = kSome[mine] + kSome[mine + 1] + (kSome[mine + 2] + kSome[mine + 3]);
            qFactor = qScale.get(head) / Math.max(TornadoMath.sqrt(qq), 1e-12f);
            kFactor = 1f / Math.max(TornadoMath.sqrt(kk), 1e-12f);
        }
        int row = item / positions;
        int position = d.get(4) + item % positions;
        int cache = ((row * heads + head) * d.get(5) + position) * size;
        int to = d.get(7) + item * width + head * size;
        if (work <= last) {
            if (t + 0 < size) {
                int i = t + 0;
                float v = Elements.load(fp16, pf, ph, from + 2 * width + i) + vBias.get(head * size + i);
                Elements.store(fp16, qf, qh, to + i, q0 * qFactor);
                Elements.store(fp16, kf, kh, cache + i, k0 * kFactor);
                Elements.store(fp16, vf, vh, cache + i, v);
            }
            if (t + 32 < size) {
                int i = t + 32;
                float v = Elements.load(fp16, pf, ph, from + 2 * width + i) + vBias.get(head * size + i);
                Elements.store(fp16, qf, qh, to + i, q1 * qFactor);
                Elements.store(fp16, kf, kh, cache + i, k1 * kFactor);
                Elements.store(fp16, vf, vh, cache + i, v);
            }
            if (t + 64 < size) {
                int i = t + 64;
                float v = Elements.load(fp16, pf, ph, from + 2 * width + i) + vBias.get(head * size + i);
                Elements.store(fp16, qf, qh, to + i, q2 * qFactor);
                Elements.store(fp16, kf, kh, cache + i, k2 * kFactor);
                Elements.store(fp16, vf, vh, cache + i, v);
            }
            if (t + 96 < size) {
                int i = t + 96;
                float v = Elements.load(fp16, pf, ph, from + 2 * width + i) + vBias.get(head * size + i);
                Elements.store(fp16, qf, qh, to + i, q3 * qFactor);
                Elements.store(fp16, kf, kh, cache + i, k3 * kFactor);
                Elements.store(fp16, vf, vh, cache + i, v);
            }
        }
    }

    /**
     * Online softmax: a group of 16×16 takes 16 queries of one head of one row and up to 64 of the head's sizes, 16 keys
     * at a time.
     *
     * @param d width, heads, head size, positions, the strip's positions, offsets of q and out, the cache's first position
     * @param ends per query the first key that it doesn't see, rising
     * @param factor the factor of the scores
     */
    public static void attention(
            KernelContext c,
            IntArray d,
            IntArray ends,
            FloatArray factor,
            FloatArray qf,
            HalfFloatArray qh,
            FloatArray kf,
            HalfFloatArray kh,
            FloatArray vf,
            HalfFloatArray vh,
            FloatArray outF,
            HalfFloatArray outH,
            int fp16) {
        float[] query = c.allocateFloatLocalArray(2048);
        float[] key = c.allocateFloatLocalArray(2064);
        float[] value = c.allocateFloatLocalArray(1024);
        float[] score = c.allocateFloatLocalArray(272);
        int tx = c.localIdx;
        int ty = c.localIdy;
        int t = ty * 16 + tx;
        int width = d.get(0);
        int heads = d.get(1);
        int size = d.get(2);
        int positions = d.get(3);
        int q0 = c.groupIdx * 16;
        int row = c.groupIdy / heads;
        int head = c.groupIdy % heads;
        int chunk = c.groupIdz * 64;
        int wide = Math.min(64, size - chunk);
        int cache = (c.groupIdy * d.get(4) + d.get(7)) * size;
        int mine = Math.min(q0 + ty, positions - 1);
        int end = ends.get(mine);
        int allEnd = ends.get(Math.min(q0 + 15, positions - 1));
        for (int e = t; e < 16 * size; e += 256) {
            int q = Math.min(q0 + e / size, positions - 1);
            int at = d.get(5) + (row * positions + q) * width + head * size + e % size;
            query[e / size * 128 + e % size] = Elements.load(fp16, qf, qh, at) * factor.get(0);
        }
        float max = -1e30f;
        float sum = 0f;
        float o0 = 0f;
        float o1 = 0f;
        float o2 = 0f;
        float o3 = 0f;
        for (int k0 = 0; k0 < allEnd; k0 += 16) {
            for (int e = t; e < 16 * size; e += 256) {
                int k = k0 + e / size;
                float kv = 0f;
                if (k < allEnd) {
                    kv = Elements.load(fp16, kf, kh, cache + k * size + e % size);
                }
                key[e / size * 129 + e % size] = kv;
            }
            for (int e = t; e < 1024; e += 256) {
                int k = k0 + e / 64;
                int i = e % 64;
                float vv = 0f;
                if (k < allEnd) {
                    if (i < wide) {
                        vv = Elements.load(fp16, vf, vh, cache + k * size + chunk + i);
                    }
                }
                value[e] = vv;
            }
            c.localBarrier();
            float s = -1e30f;
            if (k0 + tx < end) {
                s = 0f;
                for (int i = 0; i < size; i++) {
                    s += query[ty * 128 + i] * key[tx * 129 + i];
                }
            }
            score[ty * 17 + tx] = s;
            c.localBarrier();
            float top = max;
            for (int j = 0; j < 16; j++) {
                top = Math.max(top, score[ty * 17 + j]);
            }
            float p = 0f;
            if (k0 + tx < end) {
                p = TornadoMath.exp(s - top);
            }
            c.localBarrier();
            score[ty * 17 + tx] = p;
            c.localBarrier();
            float shrink = TornadoMath.exp(max - top);
            max = top;
            sum = sum * shrink;
            o0 = o0 * shrink;
            o1 = o1 * shrink;
            o2 = o2 * shrink;
            o3 = o3 * shrink;
            for (int j = 0; j < 16; j++) {
                float w = score[ty * 17 + j];
                sum += w;
                o0 += w * value[j * 64 + tx];
                o1 += w * value[j * 64 + tx + 16];
                o2 += w * value[j * 64 + tx + 32];
                o3 += w * value[j * 64 + tx + 48];
            }
            c.localBarrier();
        }
        if (q0 + ty < positions) {
            int to = d.get(6) + (row * positions + q0 + ty) * width + head * size + chunk;
            float inverse = 1f / sum;
            if (tx < wide) {
                Elements.store(fp16, outF, outH, to + tx, o0 * inverse);
            }
            if (tx + 16 < wide) {
                Elements.store(fp16, outF, outH, to + tx + 16, o1 * inverse);
            }
            if (tx + 32 < wide) {
                Elements.store(fp16, outF, outH, to + tx + 32, o2 * inverse);
            }
            if (tx + 48 < wide) {
                Elements.store(fp16, outF, outH, to + tx + 48, o3 * inverse);
            }
        }
    }

    /**
     * One head over all pixels of a picture: a group per query.
     *
     * @param d pixels, channels, offsets of qkv and out
     */
    public static void spatial(
            KernelContext c,
            IntArray d,
            FloatArray factor,
            FloatArray xf,
            HalfFloatArray xh,
            FloatArray outF,
            HalfFloatArray outH,
            int fp16,
            int outHalf) {
        float[] weight = c.allocateFloatLocalArray(4096);
        float[] part = c.allocateFloatLocalArray(128);
        int t = c.localIdx;
        int pixels = d.get(0);
        int channels = d.get(1);
        int item = c.groupIdx;
        int picture = d.get(2) + item / pixels * pixels * 3 * channels;
        int query = picture + item % pixels * 3 * channels;
        float max = -1e30f;
        for (int k = t; k < pixels; k += 128) {
            int key = picture + k * 3 * channels + channels;
            float dot = 0f;
            for (int i = 0; i < channels; i++) {
                dot += Elements.load(fp16, xf, xh, query + i) * Elements.load(fp16, xf, xh, key + i);
            }
            dot = dot * factor.get(0);
            weight[k] = dot;
            max = Math.max(max, dot);
        }
        part[t] = max;
        c.localBarrier();
        for (int i = 0; i < 128; i++) {
            max = Math.max(max, part[i]);
        }
        c.localBarrier();
        float sum = 0f;
        for (int k = t; k < pixels; k += 128) {
            float p = TornadoMath.exp(weight[k] - max);
            weight[k] = p;
            sum += p;
        }
        part[t] = sum;
        c.localBarrier();
        float total = 0f;
        for (int i = 0; i < 128; i++) {
            total += part[i];
        }
        for (int i = t; i < channels; i += 128) {
            float o = 0f;
            int value = picture + 2 * channels + i;
            for (int k = 0; k < pixels; k++) {
                o += weight[k] * Elements.load(fp16, xf, xh, value + k * 3 * channels);
            }
            Elements.store(outHalf, outF, outH, d.get(3) + item * channels + i, o / total);
        }
    }
}
