package dev.tandem.tornado.attention;

import dev.tandem.tornado.element.Fragments;
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

    /** Keys at a time. */
    private static final int KEYS = 64;

    /** Longs of a head, and of {@link #KEYS} of them; bytes of these, and of sixteen heads. */
    private static final int WIDE = SIZE / 4;

    private static final int TILE = KEYS * WIDE;
    private static final int TILE_BYTES = 8 * TILE;
    private static final int ROWS = 16 * 2 * SIZE;

    /** Rows of scores, of eight queries each: a row per key, and one that keeps banks apart. */
    private static final int EIGHT = KEYS + 1;

    /** How far apart rows of sums are in local memory. */
    private static final int PITCH = SIZE + 4;

    /** Where a work-item says that a sum was too large. */
    private static final int TOO_LARGE = LANES;

    /** What takes a score out of sight. */
    private static final float UNSEEN = 1e30f;

    private TensorCoreAttentionKernels() {}

    /** The most that a score may be: without bound before the end, behind it so little that its weight is zero. */
    private static float most(float end, float key) {
        return (end - key - 0.5f) * UNSEEN;
    }

    /** A group takes 64 queries of one head of one row, a warp of it 16; 64 keys at a time. */
    public static void attend(
            KernelContext context,
            IntArray dims,
            IntArray ends,
            FloatArray factor,
            LongArray q,
            LongArray keys,
            LongArray values,
            HalfFloatArray out) {
        // keys, then values, and column first queries in their place
        long[] kvLongs = context.allocateLongLocalArray(2 * TILE);
        int[] weights = context.allocateIntLocalArray(QUERIES * KEYS / 2);
        float[] scoreFloats = context.allocateFloatLocalArray(Fragments.HEADER + QUERIES * PITCH);
        float[] part = context.allocateFloatLocalArray(LANES + Fragments.HEADER);
        int[] kv = (int[]) (Object) kvLongs;
        FloatArray scores = (FloatArray) (Object) scoreFloats;
        int item = context.localIdx;
        int width = dims.get(TensorCoreAttentionDims.WIDTH);
        int heads = dims.get(TensorCoreAttentionDims.HEADS);
        int positions = dims.get(TensorCoreAttentionDims.POSITIONS);
        int firstQuery = context.groupIdx * QUERIES;
        int row = context.groupIdy / heads;
        int head = context.groupIdy % heads;
        int cache = context.groupIdy * dims.get(TensorCoreAttentionDims.LENGTH) * WIDE;
        int end = ends.get(Math.min(firstQuery + 63, positions - 1));
        int tiles = (end + 63) / KEYS;
        int line = item >> 4;
        int column = item & 15;
        int localAt = line * 16 + (((column >> 1) ^ line) << 1) + (column & 1);
        int kAt = dims.get(TensorCoreAttentionDims.KEYS_OFFSET) + cache + column;
        int vAt = dims.get(TensorCoreAttentionDims.VALUES_OFFSET) + cache + column;
        int qFrom = dims.get(TensorCoreAttentionDims.Q_OFFSET) + (row * positions * width + head * SIZE) / 4 + column;
        long query0 = q.get(qFrom + Math.min(firstQuery + line, positions - 1) * (width / 4));
        long query1 = q.get(qFrom + Math.min(firstQuery + line + 8, positions - 1) * (width / 4));
        long query2 = q.get(qFrom + Math.min(firstQuery + line + 16, positions - 1) * (width / 4));
        long query3 = q.get(qFrom + Math.min(firstQuery + line + 24, positions - 1) * (width / 4));
        long query4 = q.get(qFrom + Math.min(firstQuery + line + 32, positions - 1) * (width / 4));
        long query5 = q.get(qFrom + Math.min(firstQuery + line + 40, positions - 1) * (width / 4));
        long query6 = q.get(qFrom + Math.min(firstQuery + line + 48, positions - 1) * (width / 4));
        long query7 = q.get(qFrom + Math.min(firstQuery + line + 56, positions - 1) * (width / 4));
        long key0 = keys.get(kAt + Math.min(line, end - 1) * WIDE);
        long key1 = keys.get(kAt + Math.min(line + 8, end - 1) * WIDE);
        long key2 = keys.get(kAt + Math.min(line + 16, end - 1) * WIDE);
        long key3 = keys.get(kAt + Math.min(line + 24, end - 1) * WIDE);
        long key4 = keys.get(kAt + Math.min(line + 32, end - 1) * WIDE);
        long key5 = keys.get(kAt + Math.min(line + 40, end - 1) * WIDE);
        long key6 = keys.get(kAt + Math.min(line + 48, end - 1) * WIDE);
        long key7 = keys.get(kAt + Math.min(line + 56, end - 1) * WIDE);
        kvLongs[localAt + TILE + 0] = query0;
        kvLongs[localAt + TILE + 128] = query1;
        kvLongs[localAt + TILE + 256] = query2;
        kvLongs[localAt + TILE + 384] = query3;
        kvLongs[localAt + TILE + 512] = query4;
        kvLongs[localAt + TILE + 640] = query5;
        kvLongs[localAt + TILE + 768] = query6;
        kvLongs[localAt + TILE + 896] = query7;
        kvLongs[localAt + 0] = key0;
        kvLongs[localAt + 128] = key1;
        kvLongs[localAt + 256] = key2;
        kvLongs[localAt + 384] = key3;
        kvLongs[localAt + 512] = key4;
        kvLongs[localAt + 640] = key5;
        kvLongs[localAt + 768] = key6;
        kvLongs[localAt + 896] = key7;
        int warp = item >> 5;
        int lane = item & 31;
        int inner = lane & 7;
        int group = lane >> 3;
        int low = (group & 1) * 8 + inner;
        int high = group >> 1;
        int own = low * 32 + high * 16;
        int swizzle = (high ^ inner) << 4;
        int a = low * 128 - own;
        // as for A: what it loads for the other half of the fragment is left alone
        int b = TILE_BYTES + (warp * 16 + inner) * 128 - own;
        int swizzleB = ((group & 1) ^ inner) << 4;
        // transposed: a row is a key
        int v = TILE_BYTES + low * 128 - inner * 16 - (group & 1) * 128;
        int query = lane & 15;
        int upper = lane >> 4;
        int ofQuery = Fragments.HEADER + warp * (2 * EIGHT * 8) + (query >> 3) * (EIGHT * 8) + (query & 7);
        float queryEnd = ends.get(Math.min(firstQuery + warp * 16 + query, positions - 1));
        float scale = factor.get(0);
        context.localBarrier();
        HalfFloat[] q00 = context.mmaLoadA(kv, 16, b + swizzleB + 0);
        HalfFloat[] q01 = context.mmaLoadA(kv, 16, b + (swizzleB ^ 32) + 0);
        HalfFloat[] q02 = context.mmaLoadA(kv, 16, b + (swizzleB ^ 64) + 0);
        HalfFloat[] q03 = context.mmaLoadA(kv, 16, b + (swizzleB ^ 96) + 0);
        HalfFloat[] q10 = context.mmaLoadA(kv, 16, b + swizzleB + 1024);
        HalfFloat[] q11 = context.mmaLoadA(kv, 16, b + (swizzleB ^ 32) + 1024);
        HalfFloat[] q12 = context.mmaLoadA(kv, 16, b + (swizzleB ^ 64) + 1024);
        HalfFloat[] q13 = context.mmaLoadA(kv, 16, b + (swizzleB ^ 96) + 1024);
        // once, or twice where the guess column the largest scores was too low
        int look = 1;
        int again = 1;
        while (again == 1) {
            // the largest scores of the tiles looked at
            float max = -UNSEEN;
            for (int tile = look - 1; tile >= 0; tile--) {
                float[] score00 = context.mmaFragment(0f);
                float[] score01 = context.mmaFragment(0f);
                float[] score10 = context.mmaFragment(0f);
                float[] score11 = context.mmaFragment(0f);
                float[] score20 = context.mmaFragment(0f);
                float[] score21 = context.mmaFragment(0f);
                float[] score30 = context.mmaFragment(0f);
                float[] score31 = context.mmaFragment(0f);
                HalfFloat[] k00 = context.mmaLoadA(kv, 16, a + swizzle + 0);
                HalfFloat[] k01 = context.mmaLoadA(kv, 16, a + swizzle + ROWS);
                HalfFloat[] k02 = context.mmaLoadA(kv, 16, a + swizzle + 2 * ROWS);
                HalfFloat[] k03 = context.mmaLoadA(kv, 16, a + swizzle + 3 * ROWS);
                score00 = context.mma(k00, q00, score00, MMAShape.M16N8K16);
                score01 = context.mma(k00, q10, score01, MMAShape.M16N8K16);
                score10 = context.mma(k01, q00, score10, MMAShape.M16N8K16);
                score11 = context.mma(k01, q10, score11, MMAShape.M16N8K16);
                score20 = context.mma(k02, q00, score20, MMAShape.M16N8K16);
                score21 = context.mma(k02, q10, score21, MMAShape.M16N8K16);
                score30 = context.mma(k03, q00, score30, MMAShape.M16N8K16);
                score31 = context.mma(k03, q10, score31, MMAShape.M16N8K16);
                HalfFloat[] k10 = context.mmaLoadA(kv, 16, a + (swizzle ^ 32) + 0);
                HalfFloat[] k11 = context.mmaLoadA(kv, 16, a + (swizzle ^ 32) + ROWS);
                HalfFloat[] k12 = context.mmaLoadA(kv, 16, a + (swizzle ^ 32) + 2 * ROWS);
                HalfFloat[] k13 = context.mmaLoadA(kv, 16, a + (swizzle ^ 32) + 3 * ROWS);
                score00 = context.mma(k10, q01, score00, MMAShape.M16N8K16);
                score01 = context.mma(k10, q11, score01, MMAShape.M16N8K16);
                score10 = context.mma(k11, q01, score10, MMAShape.M16N8K16);
                score11 = context.mma(k11, q11, score11, MMAShape.M16N8K16);
                score20 = context.mma(k12, q01, score20, MMAShape.M16N8K16);
                score21 = context.mma(k12, q11, score21, MMAShape.M16N8K16);
                score30 = context.mma(k13, q01, score30, MMAShape.M16N8K16);
                score31 = context.mma(k13, q11, score31, MMAShape.M16N8K16);
                HalfFloat[] k20 = context.mmaLoadA(kv, 16, a + (swizzle ^ 64) + 0);
                HalfFloat[] k21 = context.mmaLoadA(kv, 16, a + (swizzle ^ 64) + ROWS);
                HalfFloat[] k22 = context.mmaLoadA(kv, 16, a + (swizzle ^ 64) + 2 * ROWS);
                HalfFloat[] k23 = context.mmaLoadA(kv, 16, a + (swizzle ^ 64) + 3 * ROWS);
                score00 = context.mma(k20, q02, score00, MMAShape.M16N8K16);
                score01 = context.mma(k20, q12, score01, MMAShape.M16N8K16);
                score10 = context.mma(k21, q02, score10, MMAShape.M16N8K16);
                score11 = context.mma(k21, q12, score11, MMAShape.M16N8K16);
                score20 = context.mma(k22, q02, score20, MMAShape.M16N8K16);
                score21 = context.mma(k22, q12, score21, MMAShape.M16N8K16);
                score30 = context.mma(k23, q02, score30, MMAShape.M16N8K16);
                score31 = context.mma(k23, q12, score31, MMAShape.M16N8K16);
                HalfFloat[] k30 = context.mmaLoadA(kv, 16, a + (swizzle ^ 96) + 0);
                HalfFloat[] k31 = context.mmaLoadA(kv, 16, a + (swizzle ^ 96) + ROWS);
                HalfFloat[] k32 = context.mmaLoadA(kv, 16, a + (swizzle ^ 96) + 2 * ROWS);
                HalfFloat[] k33 = context.mmaLoadA(kv, 16, a + (swizzle ^ 96) + 3 * ROWS);
                score00 = context.mma(k30, q03, score00, MMAShape.M16N8K16);
                score01 = context.mma(k30, q13, score01, MMAShape.M16N8K16);
                score10 = context.mma(k31, q03, score10, MMAShape.M16N8K16);
                score11 = context.mma(k31, q13, score11, MMAShape.M16N8K16);
                score20 = context.mma(k32, q03, score20, MMAShape.M16N8K16);
                score21 = context.mma(k32, q13, score21, MMAShape.M16N8K16);
                score30 = context.mma(k33, q03, score30, MMAShape.M16N8K16);
                score31 = context.mma(k33, q13, score31, MMAShape.M16N8K16);
                context.mmaStore(score00, scores, warp * (2 * EIGHT) + 0, 0, 8);
                context.mmaStore(score01, scores, warp * (2 * EIGHT) + EIGHT, 0, 8);
                context.mmaStore(score10, scores, warp * (2 * EIGHT) + 16, 0, 8);
                context.mmaStore(score11, scores, warp * (2 * EIGHT) + (EIGHT + 16), 0, 8);
                context.mmaStore(score20, scores, warp * (2 * EIGHT) + 32, 0, 8);
                context.mmaStore(score21, scores, warp * (2 * EIGHT) + (EIGHT + 32), 0, 8);
                context.mmaStore(score30, scores, warp * (2 * EIGHT) + 48, 0, 8);
                context.mmaStore(score31, scores, warp * (2 * EIGHT) + (EIGHT + 48), 0, 8);
                long next0 = keys.get(kAt + Math.min(Math.max(tile - 1, 0) * KEYS + line, end - 1) * WIDE);
                long next1 = keys.get(kAt + Math.min(Math.max(tile - 1, 0) * KEYS + line + 8, end - 1) * WIDE);
                long next2 = keys.get(kAt + Math.min(Math.max(tile - 1, 0) * KEYS + line + 16, end - 1) * WIDE);
                long next3 = keys.get(kAt + Math.min(Math.max(tile - 1, 0) * KEYS + line + 24, end - 1) * WIDE);
                long next4 = keys.get(kAt + Math.min(Math.max(tile - 1, 0) * KEYS + line + 32, end - 1) * WIDE);
                long next5 = keys.get(kAt + Math.min(Math.max(tile - 1, 0) * KEYS + line + 40, end - 1) * WIDE);
                long next6 = keys.get(kAt + Math.min(Math.max(tile - 1, 0) * KEYS + line + 48, end - 1) * WIDE);
                long next7 = keys.get(kAt + Math.min(Math.max(tile - 1, 0) * KEYS + line + 56, end - 1) * WIDE);
                context.localBarrier();
                float place = tile * KEYS + upper;
                int from = ofQuery + 8 * upper;
                // four times, as no compiler knows: so that it does not load all scores column once
                for (int quarter = tile >> 24; quarter < 4; quarter++) {
                    for (int j = 0; j < 8; j++) {
                        float scaled = scoreFloats[from + quarter * 128 + j * 16] * scale;
                        max = Math.max(max, Math.min(scaled, most(queryEnd, place + 2f * j)));
                    }
                    place += 16f;
                }
                kvLongs[localAt + 0] = next0;
                kvLongs[localAt + 128] = next1;
                kvLongs[localAt + 256] = next2;
                kvLongs[localAt + 384] = next3;
                kvLongs[localAt + 512] = next4;
                kvLongs[localAt + 640] = next5;
                kvLongs[localAt + 768] = next6;
                kvLongs[localAt + 896] = next7;
                context.localBarrier();
            }
            part[item] = max;
            part[TOO_LARGE] = 0f;
            context.localBarrier();
            // weights relative to somewhat more, and weighted sums of values
            float largest = Math.max(part[warp * 32 + query], part[warp * 32 + 16 + query]);
            float top = largest + MARGIN * Math.min(tiles - look, 1);
            float sum = 0f;
            float[] sum0 = context.mmaFragment(0f);
            float[] sum1 = context.mmaFragment(0f);
            float[] sum2 = context.mmaFragment(0f);
            float[] sum3 = context.mmaFragment(0f);
            float[] sum4 = context.mmaFragment(0f);
            float[] sum5 = context.mmaFragment(0f);
            float[] sum6 = context.mmaFragment(0f);
            float[] sum7 = context.mmaFragment(0f);
            int pRow = (warp * 16 + query) * 32 + upper;
            int pChunk = (query & 7) << 2;
            int pA = warp * 2048 + a;
            for (int tile = 0; tile < tiles; tile++) {
                // zero, as no compiler knows: so that it does not keep the addresses of all loads in registers
                int zero = tile >> 24;
                float[] score00 = context.mmaFragment(0f);
                float[] score01 = context.mmaFragment(0f);
                float[] score10 = context.mmaFragment(0f);
                float[] score11 = context.mmaFragment(0f);
                float[] score20 = context.mmaFragment(0f);
                float[] score21 = context.mmaFragment(0f);
                float[] score30 = context.mmaFragment(0f);
                float[] score31 = context.mmaFragment(0f);
                HalfFloat[] k00 = context.mmaLoadA(kv, 16, zero + a + swizzle + 0);
                HalfFloat[] k01 = context.mmaLoadA(kv, 16, zero + a + swizzle + ROWS);
                HalfFloat[] k02 = context.mmaLoadA(kv, 16, zero + a + swizzle + 2 * ROWS);
                HalfFloat[] k03 = context.mmaLoadA(kv, 16, zero + a + swizzle + 3 * ROWS);
                score00 = context.mma(k00, q00, score00, MMAShape.M16N8K16);
                score01 = context.mma(k00, q10, score01, MMAShape.M16N8K16);
                score10 = context.mma(k01, q00, score10, MMAShape.M16N8K16);
                score11 = context.mma(k01, q10, score11, MMAShape.M16N8K16);
                score20 = context.mma(k02, q00, score20, MMAShape.M16N8K16);
                score21 = context.mma(k02, q10, score21, MMAShape.M16N8K16);
                score30 = context.mma(k03, q00, score30, MMAShape.M16N8K16);
                score31 = context.mma(k03, q10, score31, MMAShape.M16N8K16);
                HalfFloat[] k10 = context.mmaLoadA(kv, 16, zero + a + (swizzle ^ 32) + 0);
                HalfFloat[] k11 = context.mmaLoadA(kv, 16, zero + a + (swizzle ^ 32) + ROWS);
                HalfFloat[] k12 = context.mmaLoadA(kv, 16, zero + a + (swizzle ^ 32) + 2 * ROWS);
                HalfFloat[] k13 = context.mmaLoadA(kv, 16, zero + a + (swizzle ^ 32) + 3 * ROWS);
                score00 = context.mma(k10, q01, score00, MMAShape.M16N8K16);
                score01 = context.mma(k10, q11, score01, MMAShape.M16N8K16);
                score10 = context.mma(k11, q01, score10, MMAShape.M16N8K16);
                score11 = context.mma(k11, q11, score11, MMAShape.M16N8K16);
                score20 = context.mma(k12, q01, score20, MMAShape.M16N8K16);
                score21 = context.mma(k12, q11, score21, MMAShape.M16N8K16);
                score30 = context.mma(k13, q01, score30, MMAShape.M16N8K16);
                score31 = context.mma(k13, q11, score31, MMAShape.M16N8K16);
                HalfFloat[] k20 = context.mmaLoadA(kv, 16, zero + a + (swizzle ^ 64) + 0);
                HalfFloat[] k21 = context.mmaLoadA(kv, 16, zero + a + (swizzle ^ 64) + ROWS);
                HalfFloat[] k22 = context.mmaLoadA(kv, 16, zero + a + (swizzle ^ 64) + 2 * ROWS);
                HalfFloat[] k23 = context.mmaLoadA(kv, 16, zero + a + (swizzle ^ 64) + 3 * ROWS);
                score00 = context.mma(k20, q02, score00, MMAShape.M16N8K16);
                score01 = context.mma(k20, q12, score01, MMAShape.M16N8K16);
                score10 = context.mma(k21, q02, score10, MMAShape.M16N8K16);
                score11 = context.mma(k21, q12, score11, MMAShape.M16N8K16);
                score20 = context.mma(k22, q02, score20, MMAShape.M16N8K16);
                score21 = context.mma(k22, q12, score21, MMAShape.M16N8K16);
                score30 = context.mma(k23, q02, score30, MMAShape.M16N8K16);
                score31 = context.mma(k23, q12, score31, MMAShape.M16N8K16);
                HalfFloat[] k30 = context.mmaLoadA(kv, 16, zero + a + (swizzle ^ 96) + 0);
                HalfFloat[] k31 = context.mmaLoadA(kv, 16, zero + a + (swizzle ^ 96) + ROWS);
                HalfFloat[] k32 = context.mmaLoadA(kv, 16, zero + a + (swizzle ^ 96) + 2 * ROWS);
                HalfFloat[] k33 = context.mmaLoadA(kv, 16, zero + a + (swizzle ^ 96) + 3 * ROWS);
                score00 = context.mma(k30, q03, score00, MMAShape.M16N8K16);
                score01 = context.mma(k30, q13, score01, MMAShape.M16N8K16);
                score10 = context.mma(k31, q03, score10, MMAShape.M16N8K16);
                score11 = context.mma(k31, q13, score11, MMAShape.M16N8K16);
                score20 = context.mma(k32, q03, score20, MMAShape.M16N8K16);
                score21 = context.mma(k32, q13, score21, MMAShape.M16N8K16);
                score30 = context.mma(k33, q03, score30, MMAShape.M16N8K16);
                score31 = context.mma(k33, q13, score31, MMAShape.M16N8K16);
                context.mmaStore(score00, scores, warp * (2 * EIGHT) + 0, 0, 8);
                context.mmaStore(score01, scores, warp * (2 * EIGHT) + EIGHT, 0, 8);
                context.mmaStore(score10, scores, warp * (2 * EIGHT) + 16, 0, 8);
                context.mmaStore(score11, scores, warp * (2 * EIGHT) + (EIGHT + 16), 0, 8);
                context.mmaStore(score20, scores, warp * (2 * EIGHT) + 32, 0, 8);
                context.mmaStore(score21, scores, warp * (2 * EIGHT) + (EIGHT + 32), 0, 8);
                context.mmaStore(score30, scores, warp * (2 * EIGHT) + 48, 0, 8);
                context.mmaStore(score31, scores, warp * (2 * EIGHT) + (EIGHT + 48), 0, 8);
                context.localBarrier();
                long value0 = values.get(vAt + Math.min(tile * KEYS + line, end - 1) * WIDE);
                long value1 = values.get(vAt + Math.min(tile * KEYS + line + 8, end - 1) * WIDE);
                long value2 = values.get(vAt + Math.min(tile * KEYS + line + 16, end - 1) * WIDE);
                long value3 = values.get(vAt + Math.min(tile * KEYS + line + 24, end - 1) * WIDE);
                long value4 = values.get(vAt + Math.min(tile * KEYS + line + 32, end - 1) * WIDE);
                long value5 = values.get(vAt + Math.min(tile * KEYS + line + 40, end - 1) * WIDE);
                long value6 = values.get(vAt + Math.min(tile * KEYS + line + 48, end - 1) * WIDE);
                long value7 = values.get(vAt + Math.min(tile * KEYS + line + 56, end - 1) * WIDE);
                float most = most(queryEnd, tile * KEYS + 2 * upper);
                int from = ofQuery + 16 * upper;
                for (int quarter = zero; quarter < 4; quarter++) {
                    int at0 = from + quarter * 128;
                    int p0 = pRow + (quarter * 8 ^ pChunk);
                    int p1 = pRow + (quarter * 8 + 4 ^ pChunk);
                    float weight0 = TornadoMath.exp(Math.min(scoreFloats[at0] * scale - top, most));
                    float weight1 = TornadoMath.exp(Math.min(scoreFloats[at0 + 8] * scale - top, most - 1e30f));
                    float weight2 = TornadoMath.exp(Math.min(scoreFloats[at0 + 32] * scale - top, most - 4e30f));
                    float weight3 = TornadoMath.exp(Math.min(scoreFloats[at0 + 40] * scale - top, most - 5e30f));
                    float weight4 = TornadoMath.exp(Math.min(scoreFloats[at0 + 64] * scale - top, most - 8e30f));
                    float weight5 = TornadoMath.exp(Math.min(scoreFloats[at0 + 72] * scale - top, most - 9e30f));
                    float weight6 = TornadoMath.exp(Math.min(scoreFloats[at0 + 96] * scale - top, most - 12e30f));
                    float weight7 = TornadoMath.exp(Math.min(scoreFloats[at0 + 104] * scale - top, most - 13e30f));
                    most -= 16e30f;
                    sum += weight0 + weight1 + (weight2 + weight3) + (weight4 + weight5 + (weight6 + weight7));
                    weights[p0] = Fragments.pair(weight0, weight1);
                    weights[p0 + 2] = Fragments.pair(weight2, weight3);
                    weights[p1] = Fragments.pair(weight4, weight5);
                    weights[p1 + 2] = Fragments.pair(weight6, weight7);
                }
                kvLongs[localAt + TILE + 0] = value0;
                kvLongs[localAt + TILE + 128] = value1;
                kvLongs[localAt + TILE + 256] = value2;
                kvLongs[localAt + TILE + 384] = value3;
                kvLongs[localAt + TILE + 512] = value4;
                kvLongs[localAt + TILE + 640] = value5;
                kvLongs[localAt + TILE + 768] = value6;
                kvLongs[localAt + TILE + 896] = value7;
                context.localBarrier();
                long next0 = keys.get(kAt + Math.min(Math.min(tile + 1, tiles - 1) * KEYS + line, end - 1) * WIDE);
                long next1 = keys.get(kAt + Math.min(Math.min(tile + 1, tiles - 1) * KEYS + line + 8, end - 1) * WIDE);
                long next2 = keys.get(kAt + Math.min(Math.min(tile + 1, tiles - 1) * KEYS + line + 16, end - 1) * WIDE);
                long next3 = keys.get(kAt + Math.min(Math.min(tile + 1, tiles - 1) * KEYS + line + 24, end - 1) * WIDE);
                long next4 = keys.get(kAt + Math.min(Math.min(tile + 1, tiles - 1) * KEYS + line + 32, end - 1) * WIDE);
                long next5 = keys.get(kAt + Math.min(Math.min(tile + 1, tiles - 1) * KEYS + line + 40, end - 1) * WIDE);
                long next6 = keys.get(kAt + Math.min(Math.min(tile + 1, tiles - 1) * KEYS + line + 48, end - 1) * WIDE);
                long next7 = keys.get(kAt + Math.min(Math.min(tile + 1, tiles - 1) * KEYS + line + 56, end - 1) * WIDE);
                HalfFloat[] p0 = context.mmaLoadA(weights, 16, pA + swizzle);
                HalfFloat[] v00 = context.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 0) << 4));
                HalfFloat[] v01 = context.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 1) << 4));
                HalfFloat[] v02 = context.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 2) << 4));
                HalfFloat[] v03 = context.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 3) << 4));
                HalfFloat[] v04 = context.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 4) << 4));
                HalfFloat[] v05 = context.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 5) << 4));
                HalfFloat[] v06 = context.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 6) << 4));
                HalfFloat[] v07 = context.mmaLoadB(kv, 16, zero + v + 0 + ((inner ^ 7) << 4));
                sum0 = context.mma(p0, v00, sum0, MMAShape.M16N8K16);
                sum1 = context.mma(p0, v01, sum1, MMAShape.M16N8K16);
                sum2 = context.mma(p0, v02, sum2, MMAShape.M16N8K16);
                sum3 = context.mma(p0, v03, sum3, MMAShape.M16N8K16);
                sum4 = context.mma(p0, v04, sum4, MMAShape.M16N8K16);
                sum5 = context.mma(p0, v05, sum5, MMAShape.M16N8K16);
                sum6 = context.mma(p0, v06, sum6, MMAShape.M16N8K16);
                sum7 = context.mma(p0, v07, sum7, MMAShape.M16N8K16);
                HalfFloat[] p1 = context.mmaLoadA(weights, 16, pA + (swizzle ^ 32));
                HalfFloat[] v10 = context.mmaLoadB(kv, 16, zero + v + ROWS + ((inner ^ 0) << 4));
                HalfFloat[] v11 = context.mmaLoadB(kv, 16, zero + v + ROWS + ((inner ^ 1) << 4));
                HalfFloat[] v12 = context.mmaLoadB(kv, 16, zero + v + ROWS + ((inner ^ 2) << 4));
                HalfFloat[] v13 = context.mmaLoadB(kv, 16, zero + v + ROWS + ((inner ^ 3) << 4));
                HalfFloat[] v14 = context.mmaLoadB(kv, 16, zero + v + ROWS + ((inner ^ 4) << 4));
                HalfFloat[] v15 = context.mmaLoadB(kv, 16, zero + v + ROWS + ((inner ^ 5) << 4));
                HalfFloat[] v16 = context.mmaLoadB(kv, 16, zero + v + ROWS + ((inner ^ 6) << 4));
                HalfFloat[] v17 = context.mmaLoadB(kv, 16, zero + v + ROWS + ((inner ^ 7) << 4));
                sum0 = context.mma(p1, v10, sum0, MMAShape.M16N8K16);
                sum1 = context.mma(p1, v11, sum1, MMAShape.M16N8K16);
                sum2 = context.mma(p1, v12, sum2, MMAShape.M16N8K16);
                sum3 = context.mma(p1, v13, sum3, MMAShape.M16N8K16);
                sum4 = context.mma(p1, v14, sum4, MMAShape.M16N8K16);
                sum5 = context.mma(p1, v15, sum5, MMAShape.M16N8K16);
                sum6 = context.mma(p1, v16, sum6, MMAShape.M16N8K16);
                sum7 = context.mma(p1, v17, sum7, MMAShape.M16N8K16);
                HalfFloat[] p2 = context.mmaLoadA(weights, 16, pA + (swizzle ^ 64));
                HalfFloat[] v20 = context.mmaLoadB(kv, 16, zero + v + 2 * ROWS + ((inner ^ 0) << 4));
                HalfFloat[] v21 = context.mmaLoadB(kv, 16, zero + v + 2 * ROWS + ((inner ^ 1) << 4));
                HalfFloat[] v22 = context.mmaLoadB(kv, 16, zero + v + 2 * ROWS + ((inner ^ 2) << 4));
                HalfFloat[] v23 = context.mmaLoadB(kv, 16, zero + v + 2 * ROWS + ((inner ^ 3) << 4));
                HalfFloat[] v24 = context.mmaLoadB(kv, 16, zero + v + 2 * ROWS + ((inner ^ 4) << 4));
                HalfFloat[] v25 = context.mmaLoadB(kv, 16, zero + v + 2 * ROWS + ((inner ^ 5) << 4));
                HalfFloat[] v26 = context.mmaLoadB(kv, 16, zero + v + 2 * ROWS + ((inner ^ 6) << 4));
                HalfFloat[] v27 = context.mmaLoadB(kv, 16, zero + v + 2 * ROWS + ((inner ^ 7) << 4));
                sum0 = context.mma(p2, v20, sum0, MMAShape.M16N8K16);
                sum1 = context.mma(p2, v21, sum1, MMAShape.M16N8K16);
                sum2 = context.mma(p2, v22, sum2, MMAShape.M16N8K16);
                sum3 = context.mma(p2, v23, sum3, MMAShape.M16N8K16);
                sum4 = context.mma(p2, v24, sum4, MMAShape.M16N8K16);
                sum5 = context.mma(p2, v25, sum5, MMAShape.M16N8K16);
                sum6 = context.mma(p2, v26, sum6, MMAShape.M16N8K16);
                sum7 = context.mma(p2, v27, sum7, MMAShape.M16N8K16);
                HalfFloat[] p3 = context.mmaLoadA(weights, 16, pA + (swizzle ^ 96));
                HalfFloat[] v30 = context.mmaLoadB(kv, 16, zero + v + 3 * ROWS + ((inner ^ 0) << 4));
                HalfFloat[] v31 = context.mmaLoadB(kv, 16, zero + v + 3 * ROWS + ((inner ^ 1) << 4));
                HalfFloat[] v32 = context.mmaLoadB(kv, 16, zero + v + 3 * ROWS + ((inner ^ 2) << 4));
                HalfFloat[] v33 = context.mmaLoadB(kv, 16, zero + v + 3 * ROWS + ((inner ^ 3) << 4));
                HalfFloat[] v34 = context.mmaLoadB(kv, 16, zero + v + 3 * ROWS + ((inner ^ 4) << 4));
                HalfFloat[] v35 = context.mmaLoadB(kv, 16, zero + v + 3 * ROWS + ((inner ^ 5) << 4));
                HalfFloat[] v36 = context.mmaLoadB(kv, 16, zero + v + 3 * ROWS + ((inner ^ 6) << 4));
                HalfFloat[] v37 = context.mmaLoadB(kv, 16, zero + v + 3 * ROWS + ((inner ^ 7) << 4));
                sum0 = context.mma(p3, v30, sum0, MMAShape.M16N8K16);
                sum1 = context.mma(p3, v31, sum1, MMAShape.M16N8K16);
                sum2 = context.mma(p3, v32, sum2, MMAShape.M16N8K16);
                sum3 = context.mma(p3, v33, sum3, MMAShape.M16N8K16);
                sum4 = context.mma(p3, v34, sum4, MMAShape.M16N8K16);
                sum5 = context.mma(p3, v35, sum5, MMAShape.M16N8K16);
                sum6 = context.mma(p3, v36, sum6, MMAShape.M16N8K16);
                sum7 = context.mma(p3, v37, sum7, MMAShape.M16N8K16);
                kvLongs[localAt + 0] = next0;
                kvLongs[localAt + 128] = next1;
                kvLongs[localAt + 256] = next2;
                kvLongs[localAt + 384] = next3;
                kvLongs[localAt + 512] = next4;
                kvLongs[localAt + 640] = next5;
                kvLongs[localAt + 768] = next6;
                kvLongs[localAt + 896] = next7;
                context.localBarrier();
            }
            part[item] = sum;
            context.mmaStore(sum0, scores, 0, warp * (16 * PITCH) + 0, PITCH);
            context.mmaStore(sum1, scores, 0, warp * (16 * PITCH) + 8, PITCH);
            context.mmaStore(sum2, scores, 0, warp * (16 * PITCH) + 16, PITCH);
            context.mmaStore(sum3, scores, 0, warp * (16 * PITCH) + 24, PITCH);
            context.mmaStore(sum4, scores, 0, warp * (16 * PITCH) + 32, PITCH);
            context.mmaStore(sum5, scores, 0, warp * (16 * PITCH) + 40, PITCH);
            context.mmaStore(sum6, scores, 0, warp * (16 * PITCH) + 48, PITCH);
            context.mmaStore(sum7, scores, 0, warp * (16 * PITCH) + 56, PITCH);
            if (sum > LARGEST) {
                part[TOO_LARGE] = 1f;
            }
            context.localBarrier();
            again = part[TOO_LARGE] > 0f && look < tiles ? 1 : 0;
            look = tiles;
        }
        // divide by the sums of weights, and store
        int height = Math.min(16, positions - firstQuery - warp * 16);
        for (int r = 0; r < height; r++) {
            float inverse = 1f / (part[warp * 32 + r] + part[warp * 32 + 16 + r]);
            int outAt = dims.get(TensorCoreAttentionDims.OUT_OFFSET)
                    + (row * positions + firstQuery + warp * 16 + r) * width
                    + head * SIZE
                    + lane;
            int sumAt = Fragments.HEADER + warp * (16 * PITCH) + r * PITCH + lane;
            out.set(outAt, new HalfFloat(scoreFloats[sumAt] * inverse));
            out.set(outAt + 32, new HalfFloat(scoreFloats[sumAt + 32] * inverse));
        }
    }
}
