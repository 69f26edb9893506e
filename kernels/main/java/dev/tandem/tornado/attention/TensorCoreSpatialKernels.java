package dev.tandem.tornado.attention;

import dev.tandem.tornado.element.Fragments;
import dev.tandem.tornado.linear.TensorCoreLinearKernels;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The VQ-VAE's attention over pixels on tensor cores: scores, then (after {@link SoftmaxKernels#softmax}) weighted sums
 * of values. Groups make squares of {@link #SIDE} by as many; casts and fragments as in {@link TensorCoreLinearKernels}.
 */
public final class TensorCoreSpatialKernels {
    /** What pixels and channels are multiples of. */
    public static final int SIDE = 64;

    public static final int LANES = 128;

    /** Ints of a tile of {@link #SIDE} rows of as many numbers in fp16; bytes of it, and of sixteen rows. */
    private static final int TILE = SIDE * SIDE / 2;

    private static final int TILE_BYTES = 4 * TILE;
    private static final int ROWS = 16 * 2 * SIDE;

    /** How far apart rows of sums are in local memory. */
    private static final int PITCH = SIDE + 4;

    /** Dimensions of {@link #scores}; the offset of queries, keys and values is as intrinsics count. */
    static final class ScoreDims {
        static final int PIXELS = 0;
        static final int CHANNELS = 1;
        static final int QKV_OFFSET = 2;
        static final int SCORES_OFFSET = 3;

        private ScoreDims() {}
    }

    /** Dimensions of {@link #sums}. */
    static final class SumDims {
        static final int PIXELS = 0;
        static final int CHANNELS = 1;
        static final int WEIGHTS_OFFSET = 2;
        static final int QKV_OFFSET = 3;
        static final int OUT_OFFSET = 4;

        private SumDims() {}
    }

    private TensorCoreSpatialKernels() {}

    /** out[p, q, k] = q·k. */
    public static void scores(KernelContext context, IntArray dims, HalfFloatArray qkv, FloatArray out) {
        int[] tiles = context.allocateIntLocalArray(2 * TILE);
        int item = context.localIdx;
        int pixels = dims.get(ScoreDims.PIXELS);
        int channels = dims.get(ScoreDims.CHANNELS);
        int pitch = 3 * channels;
        int firstQuery = context.groupIdz * pixels + context.groupIdy * SIDE;
        int firstKey = context.groupIdx * SIDE;
        int row = item >> 5;
        int column = item & 31;
        int chunk = ((column >> 2) ^ row) << 2;
        int localAt = row * 32 + (column & 3);
        int qFrom = dims.get(ScoreDims.QKV_OFFSET) + (firstQuery + row) * pitch + 2 * column;
        int kFrom = dims.get(ScoreDims.QKV_OFFSET)
                + (context.groupIdz * pixels + firstKey + row) * pitch
                + channels
                + 2 * column;
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
        float[] sum00 = context.mmaFragment(0f);
        float[] sum01 = context.mmaFragment(0f);
        float[] sum10 = context.mmaFragment(0f);
        float[] sum11 = context.mmaFragment(0f);
        float[] sum20 = context.mmaFragment(0f);
        float[] sum21 = context.mmaFragment(0f);
        float[] sum30 = context.mmaFragment(0f);
        float[] sum31 = context.mmaFragment(0f);
        // products, SIDE channels at a time
        for (int from = 0; from < channels; from += SIDE) {
            for (int r = 0; r < 16; r++) {
                context.asyncCopyToLocal(
                        tiles, localAt + (chunk ^ (r & 1) << 4) + r * 128, qkv, qFrom + 4 * r * pitch + from);
            }
            for (int r = 0; r < 16; r++) {
                context.asyncCopyToLocal(
                        tiles, TILE + localAt + (chunk ^ (r & 1) << 4) + r * 128, qkv, kFrom + 4 * r * pitch + from);
            }
            context.asyncCopyCommit();
            context.asyncCopyWaitGroup(0);
            context.localBarrier();
            HalfFloat[] a00 = context.mmaLoadA(tiles, 16, a + swizzle);
            HalfFloat[] a01 = context.mmaLoadA(tiles, 16, a + swizzle + ROWS);
            HalfFloat[] a02 = context.mmaLoadA(tiles, 16, a + swizzle + 2 * ROWS);
            HalfFloat[] a03 = context.mmaLoadA(tiles, 16, a + swizzle + 3 * ROWS);
            HalfFloat[] b00 = context.mmaLoadA(tiles, 16, b + swizzleB);
            HalfFloat[] b01 = context.mmaLoadA(tiles, 16, b + swizzleB + ROWS / 2);
            sum00 = context.mma(a00, b00, sum00, MMAShape.M16N8K16);
            sum01 = context.mma(a00, b01, sum01, MMAShape.M16N8K16);
            sum10 = context.mma(a01, b00, sum10, MMAShape.M16N8K16);
            sum11 = context.mma(a01, b01, sum11, MMAShape.M16N8K16);
            sum20 = context.mma(a02, b00, sum20, MMAShape.M16N8K16);
            sum21 = context.mma(a02, b01, sum21, MMAShape.M16N8K16);
            sum30 = context.mma(a03, b00, sum30, MMAShape.M16N8K16);
            sum31 = context.mma(a03, b01, sum31, MMAShape.M16N8K16);
            HalfFloat[] a10 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 32));
            HalfFloat[] a11 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 32) + ROWS);
            HalfFloat[] a12 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 32) + 2 * ROWS);
            HalfFloat[] a13 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 32) + 3 * ROWS);
            HalfFloat[] b10 = context.mmaLoadA(tiles, 16, b + (swizzleB ^ 32));
            HalfFloat[] b11 = context.mmaLoadA(tiles, 16, b + (swizzleB ^ 32) + ROWS / 2);
            sum00 = context.mma(a10, b10, sum00, MMAShape.M16N8K16);
            sum01 = context.mma(a10, b11, sum01, MMAShape.M16N8K16);
            sum10 = context.mma(a11, b10, sum10, MMAShape.M16N8K16);
            sum11 = context.mma(a11, b11, sum11, MMAShape.M16N8K16);
            sum20 = context.mma(a12, b10, sum20, MMAShape.M16N8K16);
            sum21 = context.mma(a12, b11, sum21, MMAShape.M16N8K16);
            sum30 = context.mma(a13, b10, sum30, MMAShape.M16N8K16);
            sum31 = context.mma(a13, b11, sum31, MMAShape.M16N8K16);
            HalfFloat[] a20 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 64));
            HalfFloat[] a21 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 64) + ROWS);
            HalfFloat[] a22 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 64) + 2 * ROWS);
            HalfFloat[] a23 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 64) + 3 * ROWS);
            HalfFloat[] b20 = context.mmaLoadA(tiles, 16, b + (swizzleB ^ 64));
            HalfFloat[] b21 = context.mmaLoadA(tiles, 16, b + (swizzleB ^ 64) + ROWS / 2);
            sum00 = context.mma(a20, b20, sum00, MMAShape.M16N8K16);
            sum01 = context.mma(a20, b21, sum01, MMAShape.M16N8K16);
            sum10 = context.mma(a21, b20, sum10, MMAShape.M16N8K16);
            sum11 = context.mma(a21, b21, sum11, MMAShape.M16N8K16);
            sum20 = context.mma(a22, b20, sum20, MMAShape.M16N8K16);
            sum21 = context.mma(a22, b21, sum21, MMAShape.M16N8K16);
            sum30 = context.mma(a23, b20, sum30, MMAShape.M16N8K16);
            sum31 = context.mma(a23, b21, sum31, MMAShape.M16N8K16);
            HalfFloat[] a30 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 96));
            HalfFloat[] a31 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 96) + ROWS);
            HalfFloat[] a32 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 96) + 2 * ROWS);
            HalfFloat[] a33 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 96) + 3 * ROWS);
            HalfFloat[] b30 = context.mmaLoadA(tiles, 16, b + (swizzleB ^ 96));
            HalfFloat[] b31 = context.mmaLoadA(tiles, 16, b + (swizzleB ^ 96) + ROWS / 2);
            sum00 = context.mma(a30, b30, sum00, MMAShape.M16N8K16);
            sum01 = context.mma(a30, b31, sum01, MMAShape.M16N8K16);
            sum10 = context.mma(a31, b30, sum10, MMAShape.M16N8K16);
            sum11 = context.mma(a31, b31, sum11, MMAShape.M16N8K16);
            sum20 = context.mma(a32, b30, sum20, MMAShape.M16N8K16);
            sum21 = context.mma(a32, b31, sum21, MMAShape.M16N8K16);
            sum30 = context.mma(a33, b30, sum30, MMAShape.M16N8K16);
            sum31 = context.mma(a33, b31, sum31, MMAShape.M16N8K16);
            context.localBarrier();
        }
        // store
        int n = dims.get(ScoreDims.SCORES_OFFSET) + firstKey + warp * 16;
        context.mmaStore(sum00, out, firstQuery, n, pixels);
        context.mmaStore(sum01, out, firstQuery, n + 8, pixels);
        context.mmaStore(sum10, out, firstQuery + 16, n, pixels);
        context.mmaStore(sum11, out, firstQuery + 16, n + 8, pixels);
        context.mmaStore(sum20, out, firstQuery + 32, n, pixels);
        context.mmaStore(sum21, out, firstQuery + 32, n + 8, pixels);
        context.mmaStore(sum30, out, firstQuery + 48, n, pixels);
        context.mmaStore(sum31, out, firstQuery + 48, n + 8, pixels);
    }

    /** out[p, q, ·] = Σₖ weights[p, q, k] · v[p, k, ·]. */
    public static void sums(
            KernelContext context, IntArray dims, HalfFloatArray weights, HalfFloatArray qkv, HalfFloatArray out) {
        int[] tiles = context.allocateIntLocalArray(2 * TILE);
        float[] sums = context.allocateFloatLocalArray(Fragments.HEADER + SIDE * PITCH);
        FloatArray sumArray = (FloatArray) (Object) sums;
        int item = context.localIdx;
        int pixels = dims.get(SumDims.PIXELS);
        int channels = dims.get(SumDims.CHANNELS);
        int pitch = 3 * channels;
        int firstQuery = context.groupIdz * pixels + context.groupIdy * SIDE;
        int firstChannel = context.groupIdx * SIDE;
        int row = item >> 5;
        int column = item & 31;
        int chunk = ((column >> 2) ^ row) << 2;
        int localAt = row * 32 + (column & 3);
        int wFrom = dims.get(SumDims.WEIGHTS_OFFSET) + (firstQuery + row) * pixels + 2 * column;
        int vFrom = dims.get(SumDims.QKV_OFFSET)
                + (context.groupIdz * pixels + row) * pitch
                + 2 * channels
                + firstChannel
                + 2 * column;
        int warp = item >> 5;
        int lane = item & 31;
        int inner = lane & 7;
        int group = lane >> 3;
        int low = (group & 1) * 8 + inner;
        int high = group >> 1;
        int swizzle = (high ^ inner) << 4;
        int a = low * 128 - low * 32 - high * 16;
        // transposed: a row is a key
        int v = TILE_BYTES + low * 128 - inner * 16 - (group & 1) * 128;
        int column0 = (inner ^ 2 * warp) << 4;
        int column1 = (inner ^ 2 * warp + 1) << 4;
        float[] sum00 = context.mmaFragment(0f);
        float[] sum01 = context.mmaFragment(0f);
        float[] sum10 = context.mmaFragment(0f);
        float[] sum11 = context.mmaFragment(0f);
        float[] sum20 = context.mmaFragment(0f);
        float[] sum21 = context.mmaFragment(0f);
        float[] sum30 = context.mmaFragment(0f);
        float[] sum31 = context.mmaFragment(0f);
        // products, SIDE keys at a time
        for (int from = 0; from < pixels; from += SIDE) {
            for (int r = 0; r < 16; r++) {
                context.asyncCopyToLocal(
                        tiles, localAt + (chunk ^ (r & 1) << 4) + r * 128, weights, wFrom + 4 * r * pixels + from);
            }
            for (int r = 0; r < 16; r++) {
                context.asyncCopyToLocal(
                        tiles, TILE + localAt + (chunk ^ (r & 1) << 4) + r * 128, qkv, vFrom + (4 * r + from) * pitch);
            }
            context.asyncCopyCommit();
            context.asyncCopyWaitGroup(0);
            context.localBarrier();
            HalfFloat[] a00 = context.mmaLoadA(tiles, 16, a + swizzle);
            HalfFloat[] a01 = context.mmaLoadA(tiles, 16, a + swizzle + ROWS);
            HalfFloat[] a02 = context.mmaLoadA(tiles, 16, a + swizzle + 2 * ROWS);
            HalfFloat[] a03 = context.mmaLoadA(tiles, 16, a + swizzle + 3 * ROWS);
            HalfFloat[] b00 = context.mmaLoadB(tiles, 16, v + column0);
            HalfFloat[] b01 = context.mmaLoadB(tiles, 16, v + column1);
            sum00 = context.mma(a00, b00, sum00, MMAShape.M16N8K16);
            sum01 = context.mma(a00, b01, sum01, MMAShape.M16N8K16);
            sum10 = context.mma(a01, b00, sum10, MMAShape.M16N8K16);
            sum11 = context.mma(a01, b01, sum11, MMAShape.M16N8K16);
            sum20 = context.mma(a02, b00, sum20, MMAShape.M16N8K16);
            sum21 = context.mma(a02, b01, sum21, MMAShape.M16N8K16);
            sum30 = context.mma(a03, b00, sum30, MMAShape.M16N8K16);
            sum31 = context.mma(a03, b01, sum31, MMAShape.M16N8K16);
            HalfFloat[] a10 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 32));
            HalfFloat[] a11 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 32) + ROWS);
            HalfFloat[] a12 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 32) + 2 * ROWS);
            HalfFloat[] a13 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 32) + 3 * ROWS);
            HalfFloat[] b10 = context.mmaLoadB(tiles, 16, v + ROWS + column0);
            HalfFloat[] b11 = context.mmaLoadB(tiles, 16, v + ROWS + column1);
            sum00 = context.mma(a10, b10, sum00, MMAShape.M16N8K16);
            sum01 = context.mma(a10, b11, sum01, MMAShape.M16N8K16);
            sum10 = context.mma(a11, b10, sum10, MMAShape.M16N8K16);
            sum11 = context.mma(a11, b11, sum11, MMAShape.M16N8K16);
            sum20 = context.mma(a12, b10, sum20, MMAShape.M16N8K16);
            sum21 = context.mma(a12, b11, sum21, MMAShape.M16N8K16);
            sum30 = context.mma(a13, b10, sum30, MMAShape.M16N8K16);
            sum31 = context.mma(a13, b11, sum31, MMAShape.M16N8K16);
            HalfFloat[] a20 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 64));
            HalfFloat[] a21 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 64) + ROWS);
            HalfFloat[] a22 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 64) + 2 * ROWS);
            HalfFloat[] a23 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 64) + 3 * ROWS);
            HalfFloat[] b20 = context.mmaLoadB(tiles, 16, v + 2 * ROWS + column0);
            HalfFloat[] b21 = context.mmaLoadB(tiles, 16, v + 2 * ROWS + column1);
            sum00 = context.mma(a20, b20, sum00, MMAShape.M16N8K16);
            sum01 = context.mma(a20, b21, sum01, MMAShape.M16N8K16);
            sum10 = context.mma(a21, b20, sum10, MMAShape.M16N8K16);
            sum11 = context.mma(a21, b21, sum11, MMAShape.M16N8K16);
            sum20 = context.mma(a22, b20, sum20, MMAShape.M16N8K16);
            sum21 = context.mma(a22, b21, sum21, MMAShape.M16N8K16);
            sum30 = context.mma(a23, b20, sum30, MMAShape.M16N8K16);
            sum31 = context.mma(a23, b21, sum31, MMAShape.M16N8K16);
            HalfFloat[] a30 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 96));
            HalfFloat[] a31 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 96) + ROWS);
            HalfFloat[] a32 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 96) + 2 * ROWS);
            HalfFloat[] a33 = context.mmaLoadA(tiles, 16, a + (swizzle ^ 96) + 3 * ROWS);
            HalfFloat[] b30 = context.mmaLoadB(tiles, 16, v + 3 * ROWS + column0);
            HalfFloat[] b31 = context.mmaLoadB(tiles, 16, v + 3 * ROWS + column1);
            sum00 = context.mma(a30, b30, sum00, MMAShape.M16N8K16);
            sum01 = context.mma(a30, b31, sum01, MMAShape.M16N8K16);
            sum10 = context.mma(a31, b30, sum10, MMAShape.M16N8K16);
            sum11 = context.mma(a31, b31, sum11, MMAShape.M16N8K16);
            sum20 = context.mma(a32, b30, sum20, MMAShape.M16N8K16);
            sum21 = context.mma(a32, b31, sum21, MMAShape.M16N8K16);
            sum30 = context.mma(a33, b30, sum30, MMAShape.M16N8K16);
            sum31 = context.mma(a33, b31, sum31, MMAShape.M16N8K16);
            context.localBarrier();
        }
        // store in fp16, by way of local memory
        context.mmaStore(sum00, sumArray, 0, warp * 16 + 0, PITCH);
        context.mmaStore(sum01, sumArray, 0, warp * 16 + 8, PITCH);
        context.mmaStore(sum10, sumArray, 16, warp * 16 + 0, PITCH);
        context.mmaStore(sum11, sumArray, 16, warp * 16 + 8, PITCH);
        context.mmaStore(sum20, sumArray, 32, warp * 16 + 0, PITCH);
        context.mmaStore(sum21, sumArray, 32, warp * 16 + 8, PITCH);
        context.mmaStore(sum30, sumArray, 48, warp * 16 + 0, PITCH);
        context.mmaStore(sum31, sumArray, 48, warp * 16 + 8, PITCH);
        context.localBarrier();
        int channel = item & SIDE - 1;
        for (int r = item >> 6; r < SIDE; r += 2) {
            out.set(
                    dims.get(SumDims.OUT_OFFSET) + (firstQuery + r) * channels + firstChannel + channel,
                    new HalfFloat(sums[Fragments.HEADER + r * PITCH + channel]));
        }
    }
}
