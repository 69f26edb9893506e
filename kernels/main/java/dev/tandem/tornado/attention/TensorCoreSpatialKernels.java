package dev.tandem.tornado.attention;

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

    private TensorCoreSpatialKernels() {}

    /** y[p, q, k] = q·k. {@code d}: pixels, channels, offset of the maps of q, k, v (as intrinsics count) and of y. */
    public static void scores(KernelContext c, IntArray d, HalfFloatArray qkv, FloatArray y) {
        int[] t = c.allocateIntLocalArray(4096);
        int i = c.localIdx;
        int pixels = d.get(0);
        int channels = d.get(1);
        int pitch = 3 * channels;
        int q0 = c.groupIdz * pixels + c.groupIdy * 64;
        int k0 = c.groupIdx * 64;
        int line = i >> 5;
        int at = i & 31;
        int chunk = ((at >> 2) ^ line) << 2;
        int to = line * 32 + (at & 3);
        int qFrom = d.get(2) + (q0 + line) * pitch + 2 * at;
        int kFrom = d.get(2) + (c.groupIdz * pixels + k0 + line) * pitch + channels + 2 * at;
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
        float[] s00 = c.mmaFragment(0f);
        float[] s01 = c.mmaFragment(0f);
        float[] s10 = c.mmaFragment(0f);
        float[] s11 = c.mmaFragment(0f);
        float[] s20 = c.mmaFragment(0f);
        float[] s21 = c.mmaFragment(0f);
        float[] s30 = c.mmaFragment(0f);
        float[] s31 = c.mmaFragment(0f);
        for (int from = 0; from < channels; from += 64) {
            for (int r = 0; r < 16; r++) {
                c.asyncCopyToLocal(t, to + (chunk ^ (r & 1) << 4) + r * 128, qkv, qFrom + 4 * r * pitch + from);
            }
            for (int r = 0; r < 16; r++) {
                c.asyncCopyToLocal(t, 2048 + to + (chunk ^ (r & 1) << 4) + r * 128, qkv, kFrom + 4 * r * pitch + from);
            }
            c.asyncCopyCommit();
            c.asyncCopyWaitGroup(0);
            c.localBarrier();
            HalfFloat[] a00 = c.mmaLoadA(t, 16, a + swap);
            HalfFloat[] a01 = c.mmaLoadA(t, 16, a + swap + 2048);
            HalfFloat[] a02 = c.mmaLoadA(t, 16, a + swap + 4096);
            HalfFloat[] a03 = c.mmaLoadA(t, 16, a + swap + 6144);
            HalfFloat[] b00 = c.mmaLoadA(t, 16, b + swapB);
            HalfFloat[] b01 = c.mmaLoadA(t, 16, b + swapB + 1024);
            s00 = c.mma(a00, b00, s00, MMAShape.M16N8K16);
            s01 = c.mma(a00, b01, s01, MMAShape.M16N8K16);
            s10 = c.mma(a01, b00, s10, MMAShape.M16N8K16);
            s11 = c.mma(a01, b01, s11, MMAShape.M16N8K16);
            s20 = c.mma(a02, b00, s20, MMAShape.M16N8K16);
            s21 = c.mma(a02, b01, s21, MMAShape.M16N8K16);
            s30 = c.mma(a03, b00, s30, MMAShape.M16N8K16);
            s31 = c.mma(a03, b01, s31, MMAShape.M16N8K16);
            HalfFloat[] a10 = c.mmaLoadA(t, 16, a + (swap ^ 32));
            HalfFloat[] a11 = c.mmaLoadA(t, 16, a + (swap ^ 32) + 2048);
            HalfFloat[] a12 = c.mmaLoadA(t, 16, a + (swap ^ 32) + 4096);
            HalfFloat[] a13 = c.mmaLoadA(t, 16, a + (swap ^ 32) + 6144);
            HalfFloat[] b10 = c.mmaLoadA(t, 16, b + (swapB ^ 32));
            HalfFloat[] b11 = c.mmaLoadA(t, 16, b + (swapB ^ 32) + 1024);
            s00 = c.mma(a10, b10, s00, MMAShape.M16N8K16);
            s01 = c.mma(a10, b11, s01, MMAShape.M16N8K16);
            s10 = c.mma(a11, b10, s10, MMAShape.M16N8K16);
            s11 = c.mma(a11, b11, s11, MMAShape.M16N8K16);
            s20 = c.mma(a12, b10, s20, MMAShape.M16N8K16);
            s21 = c.mma(a12, b11, s21, MMAShape.M16N8K16);
            s30 = c.mma(a13, b10, s30, MMAShape.M16N8K16);
            s31 = c.mma(a13, b11, s31, MMAShape.M16N8K16);
            HalfFloat[] a20 = c.mmaLoadA(t, 16, a + (swap ^ 64));
            HalfFloat[] a21 = c.mmaLoadA(t, 16, a + (swap ^ 64) + 2048);
            HalfFloat[] a22 = c.mmaLoadA(t, 16, a + (swap ^ 64) + 4096);
            HalfFloat[] a23 = c.mmaLoadA(t, 16, a + (swap ^ 64) + 6144);
            HalfFloat[] b20 = c.mmaLoadA(t, 16, b + (swapB ^ 64));
            HalfFloat[] b21 = c.mmaLoadA(t, 16, b + (swapB ^ 64) + 1024);
            s00 = c.mma(a20, b20, s00, MMAShape.M16N8K16);
            s01 = c.mma(a20, b21, s01, MMAShape.M16N8K16);
            s10 = c.mma(a21, b20, s10, MMAShape.M16N8K16);
            s11 = c.mma(a21, b21, s11, MMAShape.M16N8K16);
            s20 = c.mma(a22, b20, s20, MMAShape.M16N8K16);
            s21 = c.mma(a22, b21, s21, MMAShape.M16N8K16);
            s30 = c.mma(a23, b20, s30, MMAShape.M16N8K16);
            s31 = c.mma(a23, b21, s31, MMAShape.M16N8K16);
            HalfFloat[] a30 = c.mmaLoadA(t, 16, a + (swap ^ 96));
            HalfFloat[] a31 = c.mmaLoadA(t, 16, a + (swap ^ 96) + 2048);
            HalfFloat[] a32 = c.mmaLoadA(t, 16, a + (swap ^ 96) + 4096);
            HalfFloat[] a33 = c.mmaLoadA(t, 16, a + (swap ^ 96) + 6144);
            HalfFloat[] b30 = c.mmaLoadA(t, 16, b + (swapB ^ 96));
            HalfFloat[] b31 = c.mmaLoadA(t, 16, b + (swapB ^ 96) + 1024);
            s00 = c.mma(a30, b30, s00, MMAShape.M16N8K16);
            s01 = c.mma(a30, b31, s01, MMAShape.M16N8K16);
            s10 = c.mma(a31, b30, s10, MMAShape.M16N8K16);
            s11 = c.mma(a31, b31, s11, MMAShape.M16N8K16);
            s20 = c.mma(a32, b30, s20, MMAShape.M16N8K16);
            s21 = c.mma(a32, b31, s21, MMAShape.M16N8K16);
            s30 = c.mma(a33, b30, s30, MMAShape.M16N8K16);
            s31 = c.mma(a33, b31, s31, MMAShape.M16N8K16);
            c.localBarrier();
        }
        int n = d.get(3) + k0 + warp * 16;
        c.mmaStore(s00, y, q0, n, pixels);
        c.mmaStore(s01, y, q0, n + 8, pixels);
        c.mmaStore(s10, y, q0 + 16, n, pixels);
        c.mmaStore(s11, y, q0 + 16, n + 8, pixels);
        c.mmaStore(s20, y, q0 + 32, n, pixels);
        c.mmaStore(s21, y, q0 + 32, n + 8, pixels);
        c.mmaStore(s30, y, q0 + 48, n, pixels);
        c.mmaStore(s31, y, q0 + 48, n + 8, pixels);
    }

    /** y[p, q, ·] = Σₖ w[p, q, k] · v[p, k, ·]. {@code d}: pixels, channels, offsets of w, of the maps of q, k, v, and of y. */
    public static void sums(KernelContext c, IntArray d, HalfFloatArray w, HalfFloatArray qkv, HalfFloatArray y) {
        int[] t = c.allocateIntLocalArray(4096);
        float[] f = c.allocateFloatLocalArray(4356);
        FloatArray out = (FloatArray) (Object) f;
        int i = c.localIdx;
        int pixels = d.get(0);
        int channels = d.get(1);
        int pitch = 3 * channels;
        int q0 = c.groupIdz * pixels + c.groupIdy * 64;
        int c0 = c.groupIdx * 64;
        int line = i >> 5;
        int at = i & 31;
        int chunk = ((at >> 2) ^ line) << 2;
        int to = line * 32 + (at & 3);
        int wFrom = d.get(2) + (q0 + line) * pixels + 2 * at;
        int vFrom = d.get(3) + (c.groupIdz * pixels + line) * pitch + 2 * channels + c0 + 2 * at;
        int warp = i >> 5;
        int lane = i & 31;
        int inner = lane & 7;
        int group = lane >> 3;
        int low = (group & 1) * 8 + inner;
        int high = group >> 1;
        int swap = (high ^ inner) << 4;
        int a = low * 128 - low * 32 - high * 16;
        // transposed: a row is a key
        int v = 8192 + low * 128 - inner * 16 - (group & 1) * 128;
        int column0 = (inner ^ 2 * warp) << 4;
        int column1 = (inner ^ 2 * warp + 1) << 4;
        float[] s00 = c.mmaFragment(0f);
        float[] s01 = c.mmaFragment(0f);
        float[] s10 = c.mmaFragment(0f);
        float[] s11 = c.mmaFragment(0f);
        float[] s20 = c.mmaFragment(0f);
        float[] s21 = c.mmaFragment(0f);
        float[] s30 = c.mmaFragment(0f);
        float[] s31 = c.mmaFragment(0f);
        for (int from = 0; from < pixels; from += 64) {
            for (int r = 0; r < 16; r++) {
                c.asyncCopyToLocal(t, to + (chunk ^ (r & 1) << 4) + r * 128, w, wFrom + 4 * r * pixels + from);
            }
            for (int r = 0; r < 16; r++) {
                c.asyncCopyToLocal(t, 2048 + to + (chunk ^ (r & 1) << 4) + r * 128, qkv, vFrom + (4 * r + from) * pitch);
            }
            c.asyncCopyCommit();
            c.asyncCopyWaitGroup(0);
            c.localBarrier();
            HalfFloat[] a00 = c.mmaLoadA(t, 16, a + swap);
            HalfFloat[] a01 = c.mmaLoadA(t, 16, a + swap + 2048);
            HalfFloat[] a02 = c.mmaLoadA(t, 16, a + swap + 4096);
            HalfFloat[] a03 = c.mmaLoadA(t, 16, a + swap + 6144);
            HalfFloat[] b00 = c.mmaLoadB(t, 16, v + column0);
            HalfFloat[] b01 = c.mmaLoadB(t, 16, v + column1);
            s00 = c.mma(a00, b00, s00, MMAShape.M16N8K16);
            s01 = c.mma(a00, b01, s01, MMAShape.M16N8K16);
            s10 = c.mma(a01, b00, s10, MMAShape.M16N8K16);
            s11 = c.mma(a01, b01, s11, MMAShape.M16N8K16);
            s20 = c.mma(a02, b00, s20, MMAShape.M16N8K16);
            s21 = c.mma(a02, b01, s21, MMAShape.M16N8K16);
            s30 = c.mma(a03, b00, s30, MMAShape.M16N8K16);
            s31 = c.mma(a03, b01, s31, MMAShape.M16N8K16);
            HalfFloat[] a10 = c.mmaLoadA(t, 16, a + (swap ^ 32));
            HalfFloat[] a11 = c.mmaLoadA(t, 16, a + (swap ^ 32) + 2048);
            HalfFloat[] a12 = c.mmaLoadA(t, 16, a + (swap ^ 32) + 4096);
            HalfFloat[] a13 = c.mmaLoadA(t, 16, a + (swap ^ 32) + 6144);
            HalfFloat[] b10 = c.mmaLoadB(t, 16, v + 2048 + column0);
            HalfFloat[] b11 = c.mmaLoadB(t, 16, v + 2048 + column1);
            s00 = c.mma(a10, b10, s00, MMAShape.M16N8K16);
            s01 = c.mma(a10, b11, s01, MMAShape.M16N8K16);
            s10 = c.mma(a11, b10, s10, MMAShape.M16N8K16);
            s11 = c.mma(a11, b11, s11, MMAShape.M16N8K16);
            s20 = c.mma(a12, b10, s20, MMAShape.M16N8K16);
            s21 = c.mma(a12, b11, s21, MMAShape.M16N8K16);
            s30 = c.mma(a13, b10, s30, MMAShape.M16N8K16);
            s31 = c.mma(a13, b11, s31, MMAShape.M16N8K16);
            HalfFloat[] a20 = c.mmaLoadA(t, 16, a + (swap ^ 64));
            HalfFloat[] a21 = c.mmaLoadA(t, 16, a + (swap ^ 64) + 2048);
            HalfFloat[] a22 = c.mmaLoadA(t, 16, a + (swap ^ 64) + 4096);
            HalfFloat[] a23 = c.mmaLoadA(t, 16, a + (swap ^ 64) + 6144);
            HalfFloat[] b20 = c.mmaLoadB(t, 16, v + 4096 + column0);
            HalfFloat[] b21 = c.mmaLoadB(t, 16, v + 4096 + column1);
            s00 = c.mma(a20, b20, s00, MMAShape.M16N8K16);
            s01 = c.mma(a20, b21, s01, MMAShape.M16N8K16);
            s10 = c.mma(a21, b20, s10, MMAShape.M16N8K16);
            s11 = c.mma(a21, b21, s11, MMAShape.M16N8K16);
            s20 = c.mma(a22, b20, s20, MMAShape.M16N8K16);
            s21 = c.mma(a22, b21, s21, MMAShape.M16N8K16);
            s30 = c.mma(a23, b20, s30, MMAShape.M16N8K16);
            s31 = c.mma(a23, b21, s31, MMAShape.M16N8K16);
            HalfFloat[] a30 = c.mmaLoadA(t, 16, a + (swap ^ 96));
            HalfFloat[] a31 = c.mmaLoadA(t, 16, a + (swap ^ 96) + 2048);
            HalfFloat[] a32 = c.mmaLoadA(t, 16, a + (swap ^ 96) + 4096);
            HalfFloat[] a33 = c.mmaLoadA(t, 16, a + (swap ^ 96) + 6144);
            HalfFloat[] b30 = c.mmaLoadB(t, 16, v + 6144 + column0);
            HalfFloat[] b31 = c.mmaLoadB(t, 16, v + 6144 + column1);
            s00 = c.mma(a30, b30, s00, MMAShape.M16N8K16);
            s01 = c.mma(a30, b31, s01, MMAShape.M16N8K16);
            s10 = c.mma(a31, b30, s10, MMAShape.M16N8K16);
            s11 = c.mma(a31, b31, s11, MMAShape.M16N8K16);
            s20 = c.mma(a32, b30, s20, MMAShape.M16N8K16);
            s21 = c.mma(a32, b31, s21, MMAShape.M16N8K16);
            s30 = c.mma(a33, b30, s30, MMAShape.M16N8K16);
            s31 = c.mma(a33, b31, s31, MMAShape.M16N8K16);
            c.localBarrier();
        }
        c.mmaStore(s00, out, 0, warp * 16 + 0, 68);
        c.mmaStore(s01, out, 0, warp * 16 + 8, 68);
        c.mmaStore(s10, out, 16, warp * 16 + 0, 68);
        c.mmaStore(s11, out, 16, warp * 16 + 8, 68);
        c.mmaStore(s20, out, 32, warp * 16 + 0, 68);
        c.mmaStore(s21, out, 32, warp * 16 + 8, 68);
        c.mmaStore(s30, out, 48, warp * 16 + 0, 68);
        c.mmaStore(s31, out, 48, warp * 16 + 8, 68);
        c.localBarrier();
        int column = i & 63;
        for (int r = i >> 6; r < 64; r += 2) {
            y.set(d.get(4) + (q0 + r) * channels + c0 + column, new HalfFloat(f[4 + r * 68 + column]));
        }
    }
}
