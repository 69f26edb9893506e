package dev.tandem.tornado.attention;

import dev.tandem.tornado.linear.TensorCoreLinearKernels;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Attention on tensor cores for heads of {@link #SIZE}. Accumulators can't be scaled there, so there is no online softmax:
 * a query's largest score is guessed from its first keys, and scores are taken relative to somewhat more than that. Where
 * a weight grows too large for fp16 nevertheless, the group looks at all keys first and starts anew: results depend on a
 * picture's own queries and keys, whichever way it went. Scores are made transposed, keys by queries, and go through
 * local memory, as {@link TensorCoreLinearKernels} tell of casts. All local arrays are of whole 16 bytes, since fragments are
 * loaded from where those begin, and compilers order arrays as they like.
 *
 * <p>{@code d}: width, heads, positions, positions of a strip, offsets of q, keys and values in longs, and of out.
 */
public final class TensorCoreAttentionKernels {
    /** The head size. */
    public static final int SIZE = 64;

    /** Queries of a group, and its work-items. */
    public static final int QUERIES = 64;

    public static final int LANES = 128;

    /** How far above the largest score of the first keys lies what all are taken relative to. */
    private static final float MARGIN = 6f;

    /** Weights whose sum is no more are all within fp16, which holds three times that. */
    private static final float LARGEST = 20000f;

    private TensorCoreAttentionKernels() {}

    /** The most that a score may be: without bound before the end, behind it so little that its weight is zero. */
    private static float most(float end, float key) {
        return (end - key - 0.5f) * 1e30f;
    }

    /** Bits of two numbers in fp16. */
    private static int pair(float low, float high) {
        int l = new HalfFloat(low).getHalfFloatValue() & 0xFFFF;
        int h = new HalfFloat(high).getHalfFloatValue() & 0xFFFF;
        return l | h << 16;
    }

    /** A group takes 64 queries of one head of one row, a warp of it 16; 64 keys at a time. */
    public static void attend(
            KernelContext c,
            IntArray d,
            IntArray ends,
            FloatArray factor,
            LongArray q,
            LongArray keys,
            LongArray values,
            HalfFloatArray out) {
        // keys, then values, and at first queries in their place
        long[] l = c.allocateLongLocalArray(2048);
        int[] t = c.allocateIntLocalArray(2048);
        float[] f = c.allocateFloatLocalArray(4356);
        float[] part = c.allocateFloatLocalArray(132);
        int[] kv = (int[]) (Object) l;
        FloatArray scores = (FloatArray) (Object) f;
        int i = c.localIdx;
        int width = d.get(0);
        int heads = d.get(1);
        int positions = d.get(2);
        int q0 = c.groupIdx * 64;
        int row = c.groupIdy / heads;
        int head = c.groupIdy % heads;
        int cache = c.groupIdy * d.get(3) * 16;
        int allEnd = ends.get(Math.min(q0 + 63, positions - 1));
        int tiles = (allEnd + 63) / 64;
        int line = i >> 4;
        int at = i & 15;
        int to = line * 16 + (((at >> 1) ^ line) << 1) + (at & 1);
        int kFrom = d.get(5) + cache + at;
        int vFrom = d.get(6) + cache + at;
        int qFrom = d.get(4) + (row * positions * width + head * 64) / 4 + at;
        long h0 = q.get(qFrom + Math.min(q0 + line, positions - 1) * (width / 4));
        long h1 = q.get(qFrom + Math.min(q0 + line + 8, positions - 1) * (width / 4));
        long h2 = q.get(qFrom + Math.min(q0 + line + 16, positions - 1) * (width / 4));
        long h3 = q.get(qFrom + Math.min(q0 + line + 24, positions - 1) * (width / 4));
        long h4 = q.get(qFrom + Math.min(q0 + line + 32, positions - 1) * (width / 4));
        long h5 = q.get(qFrom + Math.min(q0 + line + 40, positions - 1) * (width / 4));
        long h6 = q.get(qFrom + Math.min(q0 + line + 48, positions - 1) * (width / 4));
        long h7 = q.get(qFrom + Math.min(q0 + line + 56, positions - 1) * (width / 4));
        long k0 = keys.get(kFrom + Math.min(line, allEnd - 1) * 16);
        long k1 = keys.get(kFrom + Math.min(line + 8, allEnd - 1) * 16);
        long k2 = keys.get(kFrom + Math.min(line + 16, allEnd - 1) * 16);
        long k3 = keys.get(kFrom + Math.min(line + 24, allEnd - 1) * 16);
        long k4 = keys.get(kFrom + Math.min(line + 32, allEnd - 1) * 16);
        long k5 = keys.get(kFrom + Math.min(line + 40, allEnd - 1) * 16);
        long k6 = keys.get(kFrom + Math.min(line + 48, allEnd - 1) * 16);
        long k7 = keys.get(kFrom + Math.min(line + 56, allEnd - 1) * 16);
        l[to + 1024 + 0] = h0;
        l[to + 1024 + 128] = h1;
        l[to + 1024 + 256] = h2;
        l[to + 1024 + 384] = h3;
        l[to + 1024 + 512] = h4;
        l[to + 1024 + 640] = h5;
        l[to + 1024 + 768] = h6;
        l[to + 1024 + 896] = h7;
        l[to + 0] = k0;
        l[to + 128] = k1;
        l[to + 256] = k2;
        l[to + 384] = k3;
        l[to + 512] = k4;
        l[to + 640] = k5;
        l[to + 768] = k6;
        l[to + 896] = k7;
        int warp = i >> 5;
        int lane = i & 31;
        int inner = lane & 7;
        int group = lane >> 3;
        int low = (group & 1) * 8 + inner;
        int high = group >> 1;
        int own = low * 32 + high * 16;
        int swap = (high ^ inner) << 4;
        int a = low * 128 - own;
        // as for A: what it loads for the other half of the fragment is left alone
        int b = 8192 + (warp * 16 + inner) * 128 - own;
        int swapB = ((group & 1) ^ inner) << 4;
        // transposed: a row is a key
        int v = 8192 + low * 128 - inner * 16 - (group & 1) * 128;
        int query = lane & 15;
        int half = lane >> 4;
        int ofQuery = 4 + warp * 1040 + (query >> 3) * 520 + (query & 7);
        float end = ends.get(Math.min(q0 + warp * 16 + query, positions - 1));
        float scale = factor.get(0);
        c.localBarrier();
        HalfFloat[] q00 = c.mmaLoadA(kv, 16, b + swapB + 0);
        HalfFloat[] q01 = c.mmaLoadA(kv, 16, b + (swapB ^ 32) + 0);
        HalfFloat[] q02 = c.mmaLoadA(kv, 16, b + (swapB ^ 64) + 0);
        HalfFloat[] q03 = c.mmaLoadA(kv, 16, b + (swapB ^ 96) + 0);
        HalfFloat[] q10 = c.mmaLoadA(kv, 16, b + swapB + 1024);
        HalfFloat[] q11 = c.mmaLoadA(kv, 16, b + (swapB ^ 32) + 1024);
        HalfFloat[] q12 = c.mmaLoadA(kv, 16, b + (swapB ^ 64) + 1024);
        HalfFloat[] q13 = c.mmaLoadA(kv, 16, b + (swapB ^ 96) + 1024);
        // once, or twice where the guess at the largest scores was too low
        int look = 1;
        int again = 1;
        while (again == 1) {
            float max = -1e30f;
            for (int tile = look - 1; tile >= 0; tile--) {
                float[] s00 = c.mmaFragment(0f);
                float[] s01 = c.mmaFragment(0f);
                float[] s10 = c.mmaFragment(0f);
                float[] s11 = c.mmaFragment(0f);
                float[] s20 = c.mmaFragment(0f);
                float[] s21 = c.mmaFragment(0f);
                float[] s30 = c.mmaFragment(0f);
                float[] s31 = c.mmaFragment(0f);
                HalfFloat[] k00 = c.mmaLoadA(kv, 16, a + swap + 0);
                HalfFloat[] k01 = c.mmaLoadA(kv, 16, a + swap + 2048);
                HalfFloat[] k02 = c.mmaLoadA(kv, 16, a + swap + 4096);
                HalfFloat[] k03 = c.mmaLoadA(kv, 16, a + swap + 6144);
                s00 = c.mma(k00, q00, s00, MMAShape.M16N8K16);
                s01 = c.mma(k00, q10, s01, MMAShape.M16N8K16);
                s10 = c.mma(k01, q00, s10, MMAShape.M16N8K16);
                s11 = c.mma(k01, q10, s11, MMAShape.M16N8K16);
                s20 = c.mma(k02, q00, s20, MMAShape.M16N8K16);
                s21 = c.mma(k02, q10, s21, MMAShape.M16N8K16);
                s30 = c.mma(k03, q00, s30, MMAShape.M16N8K16);
                s31 = c.mma(k03, q10, s31, MMAShape.M16N8K16);
                HalfFloat[] k10 = c.mmaLoadA(kv, 16, a + (swap ^ 32) + 0);
                HalfFloat[] k11 = c.mmaLoadA(kv, 16, a + (swap ^ 32) + 2048);
                HalfFloat[] k12 = c.mmaLoadA(kv, 16, a + (swap ^ 32) + 4096);
                HalfFloat[] k13 = c.mmaLoadA(kv, 16, a + (swap ^ 32) + 6144);
                s00 = c.mma(k10, q01, s00, MMAShape.M16N8K16);
                s01 = c.mma(k10, q11, s01, MMAShape.M16N8K16);
                s10 = c.mma(k11, q01, s10, MMAShape.M16N8K16);
                s11 = c.mma(k11, q11, s11, MMAShape.M16N8K16);
                s20 = c.mma(k12, q01, s20, MMAShape.M16N8K16);
                s21 = c.mma(k12, q11, s21, MMAShape.M16N8K16);
                s30 = c.mma(k13, q01, s30, MMAShape.M16N8K16);
                s31 = c.mma(k13, q11, s31, MMAShape.M16N8K16);
                HalfFloat[] k20 = c.mmaLoadA(kv, 16, a + (swap ^ 64) + 0);
                HalfFloat[] k21 = c.mmaLoadA(kv, 16, a + (swap ^ 64) + 2048);
                HalfFloat[] k22 = c.mmaLoadA(kv, 16, a + (swap ^ 64) + 4096);
                HalfFloat[] k23 = c.mmaLoadA(kv, 16, a + (swap ^ 64) + 6144);
                s00 = c.mma(k20, q02, s00, MMAShape.M16N8K16);
                s01 = c.mma(k20, q12, s01, MMAShape.M16N8K16);
                s10 = c.mma(k21, q02, s10, MMAShape.M16N8K16);
                s11 = c.mma(k21, q12, s11, MMAShape.M16N8K16);
                s20 = c.mma(k22, q02, s20, MMAShape.M16N8K16);
                s21 = c.mma(k22, q12, s21, MMAShape.M16N8K16);
                s30 = c.mma(k23, q02, s30, MMAShape.M16N8K16);
                s31 = c.mma(k23, q12, s31, MMAShape.M16N8K16);
                HalfFloat[] k30 = c.mmaLoadA(kv, 16, a + (swap ^ 96) + 0);
                HalfFloat[] k31 = c.mmaLoadA(kv, 16, a + (swap ^ 96) + 2048);
                HalfFloat[] k32 = c.mmaLoadA(kv, 16, a + (swap ^ 96) + 4096);
                HalfFloat[] k33 = c.mmaLoadA(kv, 16, a + (swap ^ 96) + 6144);
                s00 = c.mma(k30, q03, s00, MMAShape.M16N8K16);
                s01 = c.mma(k30, q13, s01, MMAShape.M16N8K16);
                s10 = c.mma(k31, q03, s10, MMAShape.M16N8K16);
                s11 = c.mma(k31, q13, s11, MMAShape.M16N8K16);
                s20 = c.mma(k32, q03, s20, MMAShape.M16N8K16);
                s21 = c.mma(k32, q13, s21, MMAShape.M16N8K16);
                s30 = c.mma(k33, q03, s30, MMAShape.M16N8K16);
                s31 = c.mma(k33, q13, s31, MMAShape.M16N8K16);
                c.mmaStore(s00, scores, warp * 130 + 0, 0, 8);
                c.mmaStore(s01, scores, warp * 130 + 65, 0, 8);
                c.mmaStore(s10, scores, warp * 130 + 16, 0, 8);
                c.mmaStore(s11, scores, warp * 130 + 81, 0, 8);
                c.mmaStore(s20, scores, warp * 130 + 32, 0, 8);
                c.mmaStore(s21, scores, warp * 130 + 97, 0, 8);
                c.mmaStore(s30, scores, warp * 130 + 48, 0, 8);
                c.mmaStore(s31, scores, warp * 130 + 113, 0, 8);
                long n0 = keys.get(kFrom + Math.min(Math.max(tile - 1, 0) * 64 + line, allEnd - 1) * 16);
                long n1 = keys.get(kFrom + Math.min(Math.max(tile - 1, 0) * 64 + line + 8, allEnd - 1) * 16);
                long n2 = keys.get(kFrom + Math.min(Math.max(tile - 1, 0) * 64 + line + 16, allEnd - 1) * 16);
                long n3 = keys.get(kFrom + Math.min(Math.max(tile - 1, 0) * 64 + line + 24, allEnd - 1) * 16);
                long n4 = keys.get(kFrom + Math.min(Math.max(tile - 1, 0) * 64 + line + 32, allEnd - 1) * 16);
                long n5 = keys.get(kFrom + Math.min(Math.max(tile - 1, 0) * 64 + line + 40, allEnd - 1) * 16);
                long n6 = keys.get(kFrom + Math.min(Math.max(tile - 1, 0) * 64 + line + 48, allEnd - 1) * 16);
                long n7 = keys.get(kFrom + Math.min(Math.max(tile - 1, 0) * 64 + line + 56, allEnd - 1) * 16);
                c.localBarrier();
                float place = tile * 64 + half;
                int from = ofQuery + 8 * half;
                // four times, as no compiler knows: so that it does not load all scores at once
                for (int piece = tile >> 24; piece < 4; piece++) {
                    for (int j = 0; j < 8; j++) {
                        float score = f[from + piece * 128 + j * 16] * scale;
                        max = Math.max(max, Math.min(score, most(end, place + 2f * j)));
                    }
                    place += 16f;
                }
                l[to + 0] = n0;
                l[to + 128] = n1;
                l[to + 256] = n2;
                l[to + 384] = n3;
                l[to + 512] = n4;
                l[to + 640] = n5;
                l[to + 768] = n6;
                l[to + 896] = n7;
                c.localBarrier();
            }
            part[i] = max;
            part[128] = 0f;
            c.localBarrier();
            float largest = Math.max(part[warp * 32 + query], part[warp * 32 + 16 + query]);
            float top = largest + MARGIN * Math.min(tiles - look, 1);
            float sum = 0f;
            float[] o0 = c.mmaFragment(0f);
            float[] o1 = c.mmaFragment(0f);
            float[] o2 = c.mmaFragment(0f);
            float[] o3 = c.mmaFragment(0f);
            float[] o4 = c.mmaFragment(0f);
            float[] o5 = c.mmaFragment(0f);
            float[] o6 = c.mmaFragment(0f);
            float[] o7 = c.mmaFragment(0f);
            int pRow = (warp * 16 + query) * 32 + half;
            int pChunk = (query & 7) << 2;
            int pA = warp * 2048 + a;
            for (int tile = 0; tile < tiles; tile++) {
                // zero, as no compiler knows: so that it does not keep the addresses of all loads in registers
                int zero = tile >> 24;
                float[] s00 = c.mmaFragment(0f);
                float[] s01 = c.mmaFragment(0f);
                float[] s10 = c.mmaFragment(0f);
                float[] s11 = c.mmaFragment(0f);
                float[] s20 = c.mmaFragment(0f);
                float[] s21 = c.mmaFragment(0f);
                float[] s30 = c.mmaFragment(0f);
                float[] s31 = c.mmaFragment(0f);
                HalfFloat[] k00 = c.mmaLoadA(kv, 16, zero + a + swap + 0);
                HalfFloat[] k01 = c.mmaLoadA(kv, 16, zero + a + swap + 2048);
                HalfFloat[] k02 = c.mmaLoadA(kv, 16, zero + a + swap + 4096);
                HalfFloat[] k03 = c.mmaLoadA(kv, 16, zero + a + swap + 6144);
                s00 = c.mma(k00, q00, s00, MMAShape.M16N8K16);
                s01 = c.mma(k00, q10, s01, MMAShape.M16N8K16);
                s10 = c.mma(k01, q00, s10, MMAShape.M16N8K16);
                s11 = c.mma(k01, q10, s11, MMAShape.M16N8K16);
                s20 = c.mma(k02, q00, s20, MMAShape.M16N8K16);
                s21 = c.mma(k02, q10, s21, MMAShape.M16N8K16);
                s30 = c.mma(k03, q00, s30, MMAShape.M16N8K16);
                s31 = c.mma(k03, q10, s31, MMAShape.M16N8K16);
                HalfFloat[] k10 = c.mmaLoadA(kv, 16, zero + a + (swap ^ 32) + 0);
                HalfFloat[] k11 = c.mmaLoadA(kv, 16, zero + a + (swap ^ 32) + 2048);
                HalfFloat[] k12 = c.mmaLoadA(kv, 16, zero + a + (swap ^ 32) + 4096);
                HalfFloat[] k13 = c.mmaLoadA(kv, 16, zero + a + (swap ^ 32) + 6144);
                s00 = c.mma(k10, q01, s00, MMAShape.M16N8K16);
                s01 = c.mma(k10, q11, s01, MMAShape.M16N8K16);
                s10 = c.mma(k11, q01, s10, MMAShape.M16N8K16);
                s11 = c.mma(k11, q11, s11, MMAShape.M16N8K16);
                s20 = c.mma(k12, q01, s20, MMAShape.M16N8K16);
                s21 = c.mma(k12, q11, s21, MMAShape.M16N8K16);
                s30 = c.mma(k13, q01, s30, MMAShape.M16N8K16);
                s31 = c.mma(k13, q11, s31, MMAShape.M16N8K16);
                HalfFloat[] k20 = c.mmaLoadA(kv, 16, zero + a + (swap ^ 64) + 0);
                HalfFloat[] k21 = c.mmaLoadA(kv, 16, zero + a + (swap ^ 64) + 2048);
                HalfFloat[] k22 = c.mmaLoadA(kv, 16, zero + a + (swap ^ 64) + 4096);
                HalfFloat[] k23 = c.mmaLoadA(kv, 16, zero + a + (swap ^ 64) + 6144);
                s00 = c.mma(k20, q02, s00, MMAShape.M16N8K16);
                s01 = c.mma(k20, q12, s01, MMAShape.M16N8K16);
                s10 = c.mma(k21, q02, s10, MMAShape.M16N8K16);
                s11 = c.mma(k21, q12, s11, MMAShape.M16N8K16);
                s20 = c.mma(k22, q02, s20, MMAShape.M16N8K16);
                s21 = c.mma(k22, q12, s21, MMAShape.M16N8K16);
                s30 = c.mma(k23, q02, s30, MMAShape.M16N8K16);
                s31 = c.mma(k23, q12, s31, MMAShape.M16N8K16);
                HalfFloat[] k30 = c.mmaLoadA(kv, 16, zero + a + (swap ^ 96) + 0);
                HalfFloat[] k31 = c.mmaLoadA(kv, 16, zero + a + (swap ^ 96) + 2048);
                HalfFloat[] k32 = c.mmaLoadA(kv, 16, zero + a + (swap ^ 96) + 4096);
                HalfFloat[] k33 = c.mmaLoadA(kv, 16, zero + a + (swap ^ 96) + 6144);
                s00 = c.mma(k30, q03, s00, MMAShape.M16N8K16);
                s01 = c.mma(k30, q13, s01, MMAShape.M16N8K16);
                s10 = c.mma(k31, q03, s10, MMAShape.M16N8K16);
                s11 = c.mma(k31, q13, s11, MMAShape.M16N8K16);
                s20 = c.mma(k32, q03, s20, MMAShape.M16N8K16);
                s21 = c.mma(k32, q13, s21, MMAShape.M16N8K16);
                s30 = c.mma(k33, q03, s30, MMAShape.M16N8K16);
                s31 = c.mma(k33, q13, s31, MMAShape.M16N8K16);
                c.mmaStore(s00, scores, warp * 130 + 0, 0, 8);
                c.mmaStore(s01, scores, warp * 130 + 65, 0, 8);
                c.mmaStore(s10, scores, warp * 130 + 16, 0, 8);
                c.mmaStore(s11, scores, warp * 130 + 81, 0, 8);
                c.mmaStore(s20, scores, warp * 130 + 32, 0, 8);
                c.mmaStore(s21, scores, warp * 130 + 97, 0, 8);
                c.mmaStore(s30, scores, warp * 130 + 48, 0, 8);
                c.mmaStore(s31, scores, warp * 130 + 113, 0, 8);
                c.localBarrier();
                long v0 = values.get(vFrom + Math.min(tile * 64 + line, allEnd - 1) * 16);
                long v1 = values.get(vFrom + Math.min(tile * 64 + line + 8, allEnd - 1) * 16);
                long v2 = values.get(vFrom + Math.min(tile * 64 + line + 16, allEnd - 1) * 16);
                long v3 = values.get(vFrom + Math.min(tile * 64 + line + 24, allEnd - 1) * 16);
                long v4 = values.get(vFrom + Math.min(tile * 64 + line + 32, allEnd - 1) * 16);
                long v5 = values.get(vFrom + Math.min(tile * 64 + line + 40, allEnd - 1) * 16);
                long v6 = values.get(vFrom + Math.min(tile * 64 + line + 48, allEnd - 1) * 16);
                long v7 = values.get(vFrom + Math.min(tile * 64 + line + 56, allEnd - 1) * 16);
                float most = most(end, tile * 64 + 2 * half);
                int from = ofQuery + 16 * half;
                for (int piece = zero; piece < 4; piece++) {
                    int at0 = from + piece * 128;
                    int p0 = pRow + (piece * 8 ^ pChunk);
                    int p1 = pRow + (piece * 8 + 4 ^ pChunk);
                    float e0 = TornadoMath.exp(Math.min(f[at0] * scale - top, most));
                    float e1 = TornadoMath.exp(Math.min(f[at0 + 8] * scale - top, most - 1e30f));
                    float e2 = TornadoMath.exp(Math.min(f[at0 + 32] * scale - top, most - 4e30f));
                    float e3 = TornadoMath.exp(Math.min(f[at0 + 40] * scale - top, most - 5e30f));
                    float e4 = TornadoMath.exp(Math.min(f[at0 + 64] * scale - top, most - 8e30f));
                    float e5 = TornadoMath.exp(Math.min(f[at0 + 72] * scale - top, most - 9e30f));
                    float e6 = TornadoMath.exp(Math.min(f[at0 + 96] * scale - top, most - 12e30f));
                    float e7 = TornadoMath.exp(Math.min(f[at0 + 104] * scale - top, most - 13e30f));
                    most -= 16e30f;
                    sum += e0 + e1 + (e2 + e3) + (e4 + e5 + (e6 + e7));
                    t[p0] = pair(e0, e1);
                    t[p0 + 2] = pair(e2, e3);
                    t[p1] = pair(e4, e5);
                    t[p1 + 2] = pair(e6, e7);
                }
                l[to + 1024 + 0] = v0;
                l[to + 1024 + 128] = v1;
                l[to + 1024 + 256] = v2;
                l[to + 1024 + 384] = v3;
                l[to + 1024 + 512] = v4;
                l[to + 1024 + 640] = v5;
                l[to + 1024 + 768] = v6;
                l[to + 1024 + 896] = v7;
                c.localBarrier();
                long n0 = keys.get(kFrom + Math.min(Math.min(tile + 1, tiles - 1) * 64 + line, allEnd - 1) * 16);
                long n1 = keys.get(kFrom + Math.min(Math.min(tile + 1, tiles - 1) * 64 + line + 8, allEnd - 1) * 16);
                long n2 = keys.get(kFrom + Math.min(Math.min(tile + 1, tiles - 1) * 64 + line + 16, allEnd - 1) * 16);
                long n3 = keys.get(kFrom + Math.min(Math.min(tile + 1, tiles - 1) * 64 + line + 24, allEnd - 1) * 16);
                long n4 = keys.get(kFrom + Math.min(Math.min(tile + 1, tiles - 1) * 64 + line + 32, allEnd - 1) * 16);
                long n5 = keys.get(kFrom + Math.min(Math.min(tile + 1, tiles - 1) * 64 + line + 40, allEnd - 1) * 16);
                long n6 = keys.get(kFrom + Math.min(Math.min(tile + 1, tiles - 1) * 64 + line + 48, allEnd - 1) * 16);
                long n7 = keys.get(kFrom + Math.min(Math.min(tile + 1, tiles - 1) * 64 + line + 56, allEnd - 1) * 16);
                HalfFloat[] p0 = c.mmaLoadA(t, 16, pA + swap);
                HalfFloat[] v00 = c.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 0) << 4));
                HalfFloat[] v01 = c.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 1) << 4));
                HalfFloat[] v02 = c.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 2) << 4));
                HalfFloat[] v03 = c.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 3) << 4));
                HalfFloat[] v04 = c.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 4) << 4));
                HalfFloat[] v05 = c.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 5) << 4));
                HalfFloat[] v06 = c.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 6) << 4));
                HalfFloat[] v07 = c.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 7) << 4));
                o0 = c.mma(p0, v00, o0, MMAShape.M16N8K16);
                o1 = c.mma(p0, v01, o1, MMAShape.M16N8K16);
                o2 = c.mma(p0, v02, o2, MMAShape.M16N8K16);
                o3 = c.mma(p0, v03, o3, MMAShape.M16N8K16);
                o4 = c.mma(p0, v04, o4, MMAShape.M16N8K16);
                o5 = c.mma(p0, v05, o5, MMAShape.M16N8K16);
                o6 = c.mma(p0, v06, o6, MMAShape.M16N8K16);
                o7 = c.mma(p0, v07, o7, MMAShape.M16N8K16);
                HalfFloat[] p1 = c.mmaLoadA(t, 16, pA + (swap ^ 32));
                HalfFloat[] v10 = c.mmaLoadB(kv, 16, zero + v + 2048 + ((inner ^ 0) << 4));
                HalfFloat[] v11 = c.mmaLoadB(kv, 16, zero + v + 2048 + ((inner ^ 1) << 4));
                HalfFloat[] v12 = c.mmaLoadB(kv, 16, zero + v + 2048 + ((inner ^ 2) << 4));
                HalfFloat[] v13 = c.mmaLoadB(kv, 16, zero + v + 2048 + ((inner ^ 3) << 4));
                HalfFloat[] v14 = c.mmaLoadB(kv, 16, zero + v + 2048 + ((inner ^ 4) << 4));
                HalfFloat[] v15 = c.mmaLoadB(kv, 16, zero + v + 2048 + ((inner ^ 5) << 4));
                HalfFloat[] v16 = c.mmaLoadB(kv, 16, zero + v + 2048 + ((inner ^ 6) << 4));
                HalfFloat[] v17 = c.mmaLoadB(kv, 16, zero + v + 2048 + ((inner ^ 7) << 4));
                o0 = c.mma(p1, v10, o0, MMAShape.M16N8K16);
                o1 = c.mma(p1, v11, o1, MMAShape.M16N8K16);
                o2 = c.mma(p1, v12, o2, MMAShape.M16N8K16);
                o3 = c.mma(p1, v13, o3, MMAShape.M16N8K16);
                o4 = c.mma(p1, v14, o4, MMAShape.M16N8K16);
                o5 = c.mma(p1, v15, o5, MMAShape.M16N8K16);
                o6 = c.mma(p1, v16, o6, MMAShape.M16N8K16);
                o7 = c.mma(p1, v17, o7, MMAShape.M16N8K16);
                HalfFloat[] p2 = c.mmaLoadA(t, 16, pA + (swap ^ 64));
                HalfFloat[] v20 = c.mmaLoadB(kv, 16, zero + v + 4096 + ((inner ^ 0) << 4));
                HalfFloat[] v21 = c.mmaLoadB(kv, 16, zero + v + 4096 + ((inner ^ 1) << 4));
                HalfFloat[] v22 = c.mmaLoadB(kv, 16, zero + v + 4096 + ((inner ^ 2) << 4));
                HalfFloat[] v23 = c.mmaLoadB(kv, 16, zero + v + 4096 + ((inner ^ 3) << 4));
                HalfFloat[] v24 = c.mmaLoadB(kv, 16, zero + v + 4096 + ((inner ^ 4) << 4));
                HalfFloat[] v25 = c.mmaLoadB(kv, 16, zero + v + 4096 + ((inner ^ 5) << 4));
                HalfFloat[] v26 = c.mmaLoadB(kv, 16, zero + v + 4096 + ((inner ^ 6) << 4));
                HalfFloat[] v27 = c.mmaLoadB(kv, 16, zero + v + 4096 + ((inner ^ 7) << 4));
                o0 = c.mma(p2, v20, o0, MMAShape.M16N8K16);
                o1 = c.mma(p2, v21, o1, MMAShape.M16N8K16);
                o2 = c.mma(p2, v22, o2, MMAShape.M16N8K16);
                o3 = c.mma(p2, v23, o3, MMAShape.M16N8K16);
                o4 = c.mma(p2, v24, o4, MMAShape.M16N8K16);
                o5 = c.mma(p2, v25, o5, MMAShape.M16N8K16);
                o6 = c.mma(p2, v26, o6, MMAShape.M16N8K16);
                o7 = c.mma(p2, v27, o7, MMAShape.M16N8K16);
                HalfFloat[] p3 = c.mmaLoadA(t, 16, pA + (swap ^ 96));
                HalfFloat[] v30 = c.mmaLoadB(kv, 16, zero + v + 6144 + ((inner ^ 0) << 4));
                HalfFloat[] v31 = c.mmaLoadB(kv, 16, zero + v + 6144 + ((inner ^ 1) << 4));
                HalfFloat[] v32 = c.mmaLoadB(kv, 16, zero + v + 6144 + ((inner ^ 2) << 4));
                HalfFloat[] v33 = c.mmaLoadB(kv, 16, zero + v + 6144 + ((inner ^ 3) << 4));
                HalfFloat[] v34 = c.mmaLoadB(kv, 16, zero + v + 6144 + ((inner ^ 4) << 4));
                HalfFloat[] v35 = c.mmaLoadB(kv, 16, zero + v + 6144 + ((inner ^ 5) << 4));
                HalfFloat[] v36 = c.mmaLoadB(kv, 16, zero + v + 6144 + ((inner ^ 6) << 4));
                HalfFloat[] v37 = c.mmaLoadB(kv, 16, zero + v + 6144 + ((inner ^ 7) << 4));
                o0 = c.mma(p3, v30, o0, MMAShape.M16N8K16);
                o1 = c.mma(p3, v31, o1, MMAShape.M16N8K16);
                o2 = c.mma(p3, v32, o2, MMAShape.M16N8K16);
                o3 = c.mma(p3, v33, o3, MMAShape.M16N8K16);
                o4 = c.mma(p3, v34, o4, MMAShape.M16N8K16);
                o5 = c.mma(p3, v35, o5, MMAShape.M16N8K16);
                o6 = c.mma(p3, v36, o6, MMAShape.M16N8K16);
                o7 = c.mma(p3, v37, o7, MMAShape.M16N8K16);
                l[to + 0] = n0;
                l[to + 128] = n1;
                l[to + 256] = n2;
                l[to + 384] = n3;
                l[to + 512] = n4;
                l[to + 640] = n5;
                l[to + 768] = n6;
                l[to + 896] = n7;
                c.localBarrier();
            }
            part[i] = sum;
            c.mmaStore(o0, scores, 0, warp * 1088 + 0, 68);
            c.mmaStore(o1, scores, 0, warp * 1088 + 8, 68);
            c.mmaStore(o2, scores, 0, warp * 1088 + 16, 68);
            c.mmaStore(o3, scores, 0, warp * 1088 + 24, 68);
            c.mmaStore(o4, scores, 0, warp * 1088 + 32, 68);
            c.mmaStore(o5, scores, 0, warp * 1088 + 40, 68);
            c.mmaStore(o6, scores, 0, warp * 1088 + 48, 68);
            c.mmaStore(o7, scores, 0, warp * 1088 + 56, 68);
            if (sum > LARGEST) {
                part[128] = 1f;
            }
            c.localBarrier();
            again = part[128] > 0f && look < tiles ? 1 : 0;
            look = tiles;
        }
        int height = Math.min(16, positions - q0 - warp * 16);
        for (int r = 0; r < height; r++) {
            float inverse = 1f / (part[warp * 32 + r] + part[warp * 32 + 16 + r]);
            int y = d.get(7) + (row * positions + q0 + warp * 16 + r) * width + head * 64 + lane;
            int x = 4 + warp * 1088 + r * 68 + lane;
            out.set(y, new HalfFloat(f[x] * inverse));
            out.set(y + 32, new HalfFloat(f[x + 32] * inverse));
        }
    }
}
