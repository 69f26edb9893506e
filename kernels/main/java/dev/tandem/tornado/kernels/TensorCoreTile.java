package dev.tandem.tornado.kernels;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The product of {@link TensorCoreKernels} for many rows. */
public final class TensorCoreTile {
    private TensorCoreTile() {}

    /** Many rows: a group makes 128×128 outputs, a warp of it 64×64. */
    public static void tile(
            KernelContext c,
            IntArray d,
            HalfFloatArray x,
            HalfFloatArray w,
            FloatArray bias,
            FloatArray gate,
            FloatArray yf,
            HalfFloatArray yh,
            int spec) {
        float[] f = c.allocateFloatLocalArray(12288);
        int[] t = (int[]) (Object) f;
        int i = c.localIdx;
        int m0 = c.groupIdy * 128;
        int n0 = c.groupIdx * 128;
        int lastRow = d.get(0) - 1;
        int outputs = d.get(1);
        int lastBlock = (outputs - 1) / 8;
        int inputs = d.get(2);
        int per = d.get(10) * 2;
        int first = c.groupIdz * per;
        int steps = Math.min(per, inputs / 32 - first);
        int line = i >> 4;
        int at = i & 15;
        int xTo = line * 16 + (((at >> 2) ^ (line >> 1 & 3)) << 2) + (at & 3);
        int xFrom = d.get(3) + first * 32 + 2 * at;
        int wFrom = d.get(4) + first * 256 + 2 * i;
        for (int s = 0; s < 2; s++) {
            int step = Math.min(s, steps - 1);
            for (int q = 0; q < 16; q++) {
                int row = Math.min(m0 + line + q * 8, lastRow);
                c.asyncCopyToLocal(t, s * 4096 + xTo + q * 128, x, xFrom + row * inputs + step * 32);
            }
            for (int q = 0; q < 16; q++) {
                int block = Math.min((n0 >> 3) + q, lastBlock);
                c.asyncCopyToLocal(t, s * 4096 + 2048 + i + q * 128, w, wFrom + block * inputs * 8 + step * 256);
            }
            c.asyncCopyCommit();
        }
        int warp = i >> 5;
        int lane = i & 31;
        int inner = lane & 7;
        int group = lane >> 3;
        int wm = (warp >> 1) * 64;
        int wn = (warp & 1) * 64;
        int low = (group & 1) * 8 + inner;
        int high = group >> 1;
        int swap = (high ^ (inner >> 1 & 3)) << 4;
        int a = (wm + low) * 64 - low * 32 - high * 16;
        int b = 8192 + wn * 64;
        float[] s00 = c.mmaFragment(0f);
        float[] s01 = c.mmaFragment(0f);
        float[] s02 = c.mmaFragment(0f);
        float[] s03 = c.mmaFragment(0f);
        float[] s04 = c.mmaFragment(0f);
        float[] s05 = c.mmaFragment(0f);
        float[] s06 = c.mmaFragment(0f);
        float[] s07 = c.mmaFragment(0f);
        float[] s10 = c.mmaFragment(0f);
        float[] s11 = c.mmaFragment(0f);
        float[] s12 = c.mmaFragment(0f);
        float[] s13 = c.mmaFragment(0f);
        float[] s14 = c.mmaFragment(0f);
        float[] s15 = c.mmaFragment(0f);
        float[] s16 = c.mmaFragment(0f);
        float[] s17 = c.mmaFragment(0f);
        float[] s20 = c.mmaFragment(0f);
        float[] s21 = c.mmaFragment(0f);
        float[] s22 = c.mmaFragment(0f);
        float[] s23 = c.mmaFragment(0f);
        float[] s24 = c.mmaFragment(0f);
        float[] s25 = c.mmaFragment(0f);
        float[] s26 = c.mmaFragment(0f);
        float[] s27 = c.mmaFragment(0f);
        float[] s30 = c.mmaFragment(0f);
        float[] s31 = c.mmaFragment(0f);
        float[] s32 = c.mmaFragment(0f);
        float[] s33 = c.mmaFragment(0f);
        float[] s34 = c.mmaFragment(0f);
        float[] s35 = c.mmaFragment(0f);
        float[] s36 = c.mmaFragment(0f);
        float[] s37 = c.mmaFragment(0f);
        int read = 0;
        int write = 8192;
        for (int k = 0; k < steps; k++) {
            c.asyncCopyWaitGroup(1);
            c.localBarrier();
            int step = Math.min(k + 2, steps - 1);
            HalfFloat[] a00 = c.mmaLoadA(t, 16, read + a + swap);
            HalfFloat[] a01 = c.mmaLoadA(t, 16, read + a + swap + 1024);
            HalfFloat[] a02 = c.mmaLoadA(t, 16, read + a + swap + 2048);
            HalfFloat[] a03 = c.mmaLoadA(t, 16, read + a + swap + 3072);
            HalfFloat[] b00 = c.mmaLoadB(t, 16, read + b + 0);
            HalfFloat[] b01 = c.mmaLoadB(t, 16, read + b + 512);
            HalfFloat[] b02 = c.mmaLoadB(t, 16, read + b + 1024);
            HalfFloat[] b03 = c.mmaLoadB(t, 16, read + b + 1536);
            HalfFloat[] b04 = c.mmaLoadB(t, 16, read + b + 2048);
            HalfFloat[] b05 = c.mmaLoadB(t, 16, read + b + 2560);
            HalfFloat[] b06 = c.mmaLoadB(t, 16, read + b + 3072);
            HalfFloat[] b07 = c.mmaLoadB(t, 16, read + b + 3584);
            for (int q = 0; q < 16; q++) {
                int row = Math.min(m0 + line + q * 8, lastRow);
                c.asyncCopyToLocal(t, write + xTo + q * 128, x, xFrom + row * inputs + step * 32);
            }
            s00 = c.mma(a00, b00, s00, MMAShape.M16N8K16);
            s10 = c.mma(a01, b00, s10, MMAShape.M16N8K16);
            s20 = c.mma(a02, b00, s20, MMAShape.M16N8K16);
            s30 = c.mma(a03, b00, s30, MMAShape.M16N8K16);
            s01 = c.mma(a00, b01, s01, MMAShape.M16N8K16);
            s11 = c.mma(a01, b01, s11, MMAShape.M16N8K16);
            s21 = c.mma(a02, b01, s21, MMAShape.M16N8K16);
            s31 = c.mma(a03, b01, s31, MMAShape.M16N8K16);
            s02 = c.mma(a00, b02, s02, MMAShape.M16N8K16);
            s12 = c.mma(a01, b02, s12, MMAShape.M16N8K16);
            s22 = c.mma(a02, b02, s22, MMAShape.M16N8K16);
            s32 = c.mma(a03, b02, s32, MMAShape.M16N8K16);
            s03 = c.mma(a00, b03, s03, MMAShape.M16N8K16);
            s13 = c.mma(a01, b03, s13, MMAShape.M16N8K16);
            s23 = c.mma(a02, b03, s23, MMAShape.M16N8K16);
            s33 = c.mma(a03, b03, s33, MMAShape.M16N8K16);
            s04 = c.mma(a00, b04, s04, MMAShape.M16N8K16);
            s14 = c.mma(a01, b04, s14, MMAShape.M16N8K16);
            s24 = c.mma(a02, b04, s24, MMAShape.M16N8K16);
            s34 = c.mma(a03, b04, s34, MMAShape.M16N8K16);
            s05 = c.mma(a00, b05, s05, MMAShape.M16N8K16);
            s15 = c.mma(a01, b05, s15, MMAShape.M16N8K16);
            s25 = c.mma(a02, b05, s25, MMAShape.M16N8K16);
            s35 = c.mma(a03, b05, s35, MMAShape.M16N8K16);
            s06 = c.mma(a00, b06, s06, MMAShape.M16N8K16);
            s16 = c.mma(a01, b06, s16, MMAShape.M16N8K16);
            s26 = c.mma(a02, b06, s26, MMAShape.M16N8K16);
            s36 = c.mma(a03, b06, s36, MMAShape.M16N8K16);
            s07 = c.mma(a00, b07, s07, MMAShape.M16N8K16);
            s17 = c.mma(a01, b07, s17, MMAShape.M16N8K16);
            s27 = c.mma(a02, b07, s27, MMAShape.M16N8K16);
            s37 = c.mma(a03, b07, s37, MMAShape.M16N8K16);
            HalfFloat[] a10 = c.mmaLoadA(t, 16, read + a + (swap ^ 32));
            HalfFloat[] a11 = c.mmaLoadA(t, 16, read + a + (swap ^ 32) + 1024);
            HalfFloat[] a12 = c.mmaLoadA(t, 16, read + a + (swap ^ 32) + 2048);
            HalfFloat[] a13 = c.mmaLoadA(t, 16, read + a + (swap ^ 32) + 3072);
            HalfFloat[] b10 = c.mmaLoadB(t, 16, read + b + 256);
            HalfFloat[] b11 = c.mmaLoadB(t, 16, read + b + 768);
            HalfFloat[] b12 = c.mmaLoadB(t, 16, read + b + 1280);
            HalfFloat[] b13 = c.mmaLoadB(t, 16, read + b + 1792);
            HalfFloat[] b14 = c.mmaLoadB(t, 16, read + b + 2304);
            HalfFloat[] b15 = c.mmaLoadB(t, 16, read + b + 2816);
            HalfFloat[] b16 = c.mmaLoadB(t, 16, read + b + 3328);
            HalfFloat[] b17 = c.mmaLoadB(t, 16, read + b + 3840);
            for (int q = 0; q < 16; q++) {
                int block = Math.min((n0 >> 3) + q, lastBlock);
                c.asyncCopyToLocal(t, write + 2048 + i + q * 128, w, wFrom + block * inputs * 8 + step * 256);
            }
            c.asyncCopyCommit();
            s00 = c.mma(a10, b10, s00, MMAShape.M16N8K16);
            s10 = c.mma(a11, b10, s10, MMAShape.M16N8K16);
            s20 = c.mma(a12, b10, s20, MMAShape.M16N8K16);
            s30 = c.mma(a13, b10, s30, MMAShape.M16N8K16);
            s01 = c.mma(a10, b11, s01, MMAShape.M16N8K16);
            s11 = c.mma(a11, b11, s11, MMAShape.M16N8K16);
            s21 = c.mma(a12, b11, s21, MMAShape.M16N8K16);
            s31 = c.mma(a13, b11, s31, MMAShape.M16N8K16);
            s02 = c.mma(a10, b12, s02, MMAShape.M16N8K16);
            s12 = c.mma(a11, b12, s12, MMAShape.M16N8K16);
            s22 = c.mma(a12, b12, s22, MMAShape.M16N8K16);
            s32 = c.mma(a13, b12, s32, MMAShape.M16N8K16);
            s03 = c.mma(a10, b13, s03, MMAShape.M16N8K16);
            s13 = c.mma(a11, b13, s13, MMAShape.M16N8K16);
            s23 = c.mma(a12, b13, s23, MMAShape.M16N8K16);
            s33 = c.mma(a13, b13, s33, MMAShape.M16N8K16);
            s04 = c.mma(a10, b14, s04, MMAShape.M16N8K16);
            s14 = c.mma(a11, b14, s14, MMAShape.M16N8K16);
            s24 = c.mma(a12, b14, s24, MMAShape.M16N8K16);
            s34 = c.mma(a13, b14, s34, MMAShape.M16N8K16);
            s05 = c.mma(a10, b15, s05, MMAShape.M16N8K16);
            s15 = c.mma(a11, b15, s15, MMAShape.M16N8K16);
            s25 = c.mma(a12, b15, s25, MMAShape.M16N8K16);
            s35 = c.mma(a13, b15, s35, MMAShape.M16N8K16);
            s06 = c.mma(a10, b16, s06, MMAShape.M16N8K16);
            s16 = c.mma(a11, b16, s16, MMAShape.M16N8K16);
            s26 = c.mma(a12, b16, s26, MMAShape.M16N8K16);
            s36 = c.mma(a13, b16, s36, MMAShape.M16N8K16);
            s07 = c.mma(a10, b17, s07, MMAShape.M16N8K16);
            s17 = c.mma(a11, b17, s17, MMAShape.M16N8K16);
            s27 = c.mma(a12, b17, s27, MMAShape.M16N8K16);
            s37 = c.mma(a13, b17, s37, MMAShape.M16N8K16);
            // back to 0 at the end, without the branch that fragments would not survive
            read = read + 16384 & read + 16384 - 49152 >> 31;
            write = write + 4096 & write + 4096 - 12288 >> 31;
        }
        c.asyncCopyWaitGroup(0);
        c.localBarrier();
        if ((spec >> 1 & 3) == 3) {
            int m = c.groupIdz * d.get(11) + m0 + wm;
            int n = d.get(13) + n0 + wn;
            int pitch = d.get(12);
            c.mmaStore(s00, yf, m + 0, n + 0, pitch);
            c.mmaStore(s01, yf, m + 0, n + 8, pitch);
            c.mmaStore(s02, yf, m + 0, n + 16, pitch);
            c.mmaStore(s03, yf, m + 0, n + 24, pitch);
            c.mmaStore(s04, yf, m + 0, n + 32, pitch);
            c.mmaStore(s05, yf, m + 0, n + 40, pitch);
            c.mmaStore(s06, yf, m + 0, n + 48, pitch);
            c.mmaStore(s07, yf, m + 0, n + 56, pitch);
            c.mmaStore(s10, yf, m + 16, n + 0, pitch);
            c.mmaStore(s11, yf, m + 16, n + 8, pitch);
            c.mmaStore(s12, yf, m + 16, n + 16, pitch);
            c.mmaStore(s13, yf, m + 16, n + 24, pitch);
            c.mmaStore(s14, yf, m + 16, n + 32, pitch);
            c.mmaStore(s15, yf, m + 16, n + 40, pitch);
            c.mmaStore(s16, yf, m + 16, n + 48, pitch);
            c.mmaStore(s17, yf, m + 16, n + 56, pitch);
            c.mmaStore(s20, yf, m + 32, n + 0, pitch);
            c.mmaStore(s21, yf, m + 32, n + 8, pitch);
            c.mmaStore(s22, yf, m + 32, n + 16, pitch);
            c.mmaStore(s23, yf, m + 32, n + 24, pitch);
            c.mmaStore(s24, yf, m + 32, n + 32, pitch);
            c.mmaStore(s25, yf, m + 32, n + 40, pitch);
            c.mmaStore(s26, yf, m + 32, n + 48, pitch);
            c.mmaStore(s27, yf, m + 32, n + 56, pitch);
            c.mmaStore(s30, yf, m + 48, n + 0, pitch);
            c.mmaStore(s31, yf, m + 48, n + 8, pitch);
            c.mmaStore(s32, yf, m + 48, n + 16, pitch);
            c.mmaStore(s33, yf, m + 48, n + 24, pitch);
            c.mmaStore(s34, yf, m + 48, n + 32, pitch);
            c.mmaStore(s35, yf, m + 48, n + 40, pitch);
            c.mmaStore(s36, yf, m + 48, n + 48, pitch);
            c.mmaStore(s37, yf, m + 48, n + 56, pitch);
        } else {
            FloatArray sums = (FloatArray) (Object) f;
            int mine = warp * 64;
            int height = Math.min(64, lastRow + 1 - m0 - wm);
            c.mmaStore(s00, sums, mine + 0, 0, 36);
            c.mmaStore(s01, sums, mine + 0, 8, 36);
            c.mmaStore(s02, sums, mine + 0, 16, 36);
            c.mmaStore(s03, sums, mine + 0, 24, 36);
            c.mmaStore(s10, sums, mine + 16, 0, 36);
            c.mmaStore(s11, sums, mine + 16, 8, 36);
            c.mmaStore(s12, sums, mine + 16, 16, 36);
            c.mmaStore(s13, sums, mine + 16, 24, 36);
            c.mmaStore(s20, sums, mine + 32, 0, 36);
            c.mmaStore(s21, sums, mine + 32, 8, 36);
            c.mmaStore(s22, sums, mine + 32, 16, 36);
            c.mmaStore(s23, sums, mine + 32, 24, 36);
            c.mmaStore(s30, sums, mine + 48, 0, 36);
            c.mmaStore(s31, sums, mine + 48, 8, 36);
            c.mmaStore(s32, sums, mine + 48, 16, 36);
            c.mmaStore(s33, sums, mine + 48, 24, 36);
            c.localBarrier();
            int n1 = n0 + wn + lane;
            if (n1 < outputs) {
                float add = TensorCoreKernels.bias(bias, spec, n1);
                for (int r = 0; r < height; r++) {
                    int m = m0 + wm + r;
                    float sum = f[4 + (mine + r) * 36 + lane] + add;
                    TensorCoreKernels.finish(d, gate, yf, yh, spec, m / d.get(9), m, n1, sum);
                }
            }
            c.localBarrier();
            c.mmaStore(s04, sums, mine + 0, 0, 36);
            c.mmaStore(s05, sums, mine + 0, 8, 36);
            c.mmaStore(s06, sums, mine + 0, 16, 36);
            c.mmaStore(s07, sums, mine + 0, 24, 36);
            c.mmaStore(s14, sums, mine + 16, 0, 36);
            c.mmaStore(s15, sums, mine + 16, 8, 36);
            c.mmaStore(s16, sums, mine + 16, 16, 36);
            c.mmaStore(s17, sums, mine + 16, 24, 36);
            c.mmaStore(s24, sums, mine + 32, 0, 36);
            c.mmaStore(s25, sums, mine + 32, 8, 36);
            c.mmaStore(s26, sums, mine + 32, 16, 36);
            c.mmaStore(s27, sums, mine + 32, 24, 36);
            c.mmaStore(s34, sums, mine + 48, 0, 36);
            c.mmaStore(s35, sums, mine + 48, 8, 36);
            c.mmaStore(s36, sums, mine + 48, 16, 36);
            c.mmaStore(s37, sums, mine + 48, 24, 36);
            c.localBarrier();
            int n2 = n0 + wn + 32 + lane;
            if (n2 < outputs) {
                float add = TensorCoreKernels.bias(bias, spec, n2);
                for (int r = 0; r < height; r++) {
                    int m = m0 + wm + r;
                    float sum = f[4 + (mine + r) * 36 + lane] + add;
                    TensorCoreKernels.finish(d, gate, yf, yh, spec, m / d.get(9), m, n2, sum);
                }
            }
        }
    }
}
