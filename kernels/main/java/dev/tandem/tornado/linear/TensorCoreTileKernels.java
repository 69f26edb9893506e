package dev.tandem.tornado.linear;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.vectors.Half2;

/**
 * The product of {@link TensorCoreLinearKernels} for many rows. Numbers come in as longs of four, by way of registers: half
 * as many instructions as copies of four bytes. In a step, stores into local memory come first and loads for the step
 * after next behind them, an order that no compiler changes: it gives a load most of a step's time.
 *
 * <p>The last groups of a row or column begin early enough to be whole; outputs that others have too, they leave.
 *
 * <p>{@code d} as in {@link TensorCoreLinearKernels}, but for the offset of x, which is in longs, and in the place of w's what an
 * index of a pair of fp16 is off by. Where y is fp16 its offset is even; gates are left to others.
 */
public final class TensorCoreTileKernels {
    // spotless:off (a register tile is read in columns)
    /** Groups that lie below each other and run one after another, so that their weights are still cached. */
    private static final int BAND = 16;

    private TensorCoreTileKernels() {}

    private static float finished(int spec, float sum) {
        if ((spec >> 1 & 3) == 1) {
            return TensorCoreLinearKernels.gelu(sum);
        } else {
            return sum;
        }
    }

    /**
     * Four sums into y, those from {@code wholeM} and {@code wholeN} on: two columns of row m and two of the row after
     * next where y is fp16, else four rows of one column.
     */
    private static void store(
            IntArray d,
            FloatArray yf,
            HalfFloatArray yh,
            int spec,
            int m,
            int n,
            int wholeM,
            int wholeN,
            float sum0,
            float sum1,
            float sum2,
            float sum3) {
        int least = n < wholeN ? Integer.MAX_VALUE : wholeM;
        int outputs = d.get(1);
        int y0 = d.get(5) + n + m * outputs;
        float v0 = finished(spec, sum0);
        float v1 = finished(spec, sum1);
        float v2 = finished(spec, sum2);
        float v3 = finished(spec, sum3);
        if ((spec & 1) == 1) {
            int at = d.get(4) + y0;
            if (m >= least) {
                yh.setHalf2(at, Half2.fromFloats(v0, v1));
            }
            if (m >= least - 2) {
                yh.setHalf2(at + 2 * outputs, Half2.fromFloats(v2, v3));
            }
        } else {
            if (m >= least) {
                yf.set(y0, v0);
            }
            if (m >= least - 1) {
                yf.set(y0 + outputs, v1);
            }
            if (m >= least - 2) {
                yf.set(y0 + 2 * outputs, v2);
            }
            if (m >= least - 3) {
                yf.set(y0 + 3 * outputs, v3);
            }
        }
    }

    /** Many rows, {@link TensorCoreLinearKernels#TILE} at least, and outputs: a group makes 128×128, a warp of it 64×64. */
    public static void tile(
            KernelContext c,
            IntArray d,
            LongArray x,
            LongArray w,
            FloatArray bias,
            FloatArray yf,
            HalfFloatArray yh,
            int spec) {
        long[] l = c.allocateLongLocalArray(4096);
        float[] f = c.allocateFloatLocalArray(2308);
        int[] t = (int[]) (Object) l;
        int i = c.localIdx;
        int rows = d.get(0);
        int outputs = d.get(1);
        int pitch = d.get(2) / 4;
        int across = (outputs + 127) / 128;
        int down = (rows + 127) / 128;
        int id = c.groupIdy * across + c.groupIdx;
        int band = id / (BAND * across) * BAND;
        int inBand = id - band * across;
        int high0 = Math.min(down - band, BAND);
        int wholeM = (band + inBand % high0) * 128;
        int wholeN = inBand / high0 * 128;
        int m0 = Math.min(wholeM, rows - 128);
        int n0 = Math.min(wholeN, outputs - 128);
        int per = d.get(10) * 2;
        int first = c.groupIdz * per;
        int lastStep = Math.min(per, d.get(2) / 32 - first) - 1;
        int line = i >> 3;
        int at = i & 7;
        int xTo = line * 8 + (((at >> 1) ^ (line >> 1 & 3)) << 1) + (at & 1);
        int xFrom = d.get(3) + (m0 + line) * pitch + first * 8 + at;
        int xApart = 16 * pitch;
        int wFrom = ((n0 >> 3) + (i >> 6)) * pitch * 8 + first * 64 + (i & 63);
        int wApart = 16 * pitch;
        long vx0 = x.get(xFrom);
        long vx1 = x.get(xFrom + xApart);
        long vx2 = x.get(xFrom + 2 * xApart);
        long vx3 = x.get(xFrom + 3 * xApart);
        long vx4 = x.get(xFrom + 4 * xApart);
        long vx5 = x.get(xFrom + 5 * xApart);
        long vx6 = x.get(xFrom + 6 * xApart);
        long vx7 = x.get(xFrom + 7 * xApart);
        long vw0 = w.get(wFrom);
        long vw1 = w.get(wFrom + wApart);
        long vw2 = w.get(wFrom + 2 * wApart);
        long vw3 = w.get(wFrom + 3 * wApart);
        long vw4 = w.get(wFrom + 4 * wApart);
        long vw5 = w.get(wFrom + 5 * wApart);
        long vw6 = w.get(wFrom + 6 * wApart);
        long vw7 = w.get(wFrom + 7 * wApart);
        l[xTo + 0] = vx0;
        l[xTo + 128] = vx1;
        l[xTo + 256] = vx2;
        l[xTo + 384] = vx3;
        l[xTo + 512] = vx4;
        l[xTo + 640] = vx5;
        l[xTo + 768] = vx6;
        l[xTo + 896] = vx7;
        l[i + 1024] = vw0;
        l[i + 1152] = vw1;
        l[i + 1280] = vw2;
        l[i + 1408] = vw3;
        l[i + 1536] = vw4;
        l[i + 1664] = vw5;
        l[i + 1792] = vw6;
        l[i + 1920] = vw7;
        int step = Math.min(1, lastStep);
        vx0 = x.get(xFrom + step * 8);
        vx1 = x.get(xFrom + xApart + step * 8);
        vx2 = x.get(xFrom + 2 * xApart + step * 8);
        vx3 = x.get(xFrom + 3 * xApart + step * 8);
        vx4 = x.get(xFrom + 4 * xApart + step * 8);
        vx5 = x.get(xFrom + 5 * xApart + step * 8);
        vx6 = x.get(xFrom + 6 * xApart + step * 8);
        vx7 = x.get(xFrom + 7 * xApart + step * 8);
        vw0 = w.get(wFrom + step * 64);
        vw1 = w.get(wFrom + wApart + step * 64);
        vw2 = w.get(wFrom + 2 * wApart + step * 64);
        vw3 = w.get(wFrom + 3 * wApart + step * 64);
        vw4 = w.get(wFrom + 4 * wApart + step * 64);
        vw5 = w.get(wFrom + 5 * wApart + step * 64);
        vw6 = w.get(wFrom + 6 * wApart + step * 64);
        vw7 = w.get(wFrom + 7 * wApart + step * 64);
        c.localBarrier();
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
        for (int k = 0; k <= lastStep; k++) {
            int read = (k & 1) * 16384;
            int write = (k + 1 & 1) * 2048;
            step = Math.min(k + 2, lastStep);
            HalfFloat[] a00 = c.mmaLoadA(t, 16, read + a + swap + 0);
            HalfFloat[] a01 = c.mmaLoadA(t, 16, read + a + swap + 1024);
            HalfFloat[] a02 = c.mmaLoadA(t, 16, read + a + swap + 2048);
            HalfFloat[] a03 = c.mmaLoadA(t, 16, read + a + swap + 3072);
            HalfFloat[] b00 = c.mmaLoadB(t, 16, read + b + 0);
            HalfFloat[] b01 = c.mmaLoadB(t, 16, read + b + 512);
            s00 = c.mma(a00, b00, s00, MMAShape.M16N8K16);
            s10 = c.mma(a01, b00, s10, MMAShape.M16N8K16);
            s20 = c.mma(a02, b00, s20, MMAShape.M16N8K16);
            s30 = c.mma(a03, b00, s30, MMAShape.M16N8K16);
            HalfFloat[] b02 = c.mmaLoadB(t, 16, read + b + 1024);
            l[write + xTo + 0] = vx0;
            l[write + xTo + 128] = vx1;
            l[write + xTo + 256] = vx2;
            l[write + xTo + 384] = vx3;
            l[write + xTo + 512] = vx4;
            l[write + xTo + 640] = vx5;
            l[write + xTo + 768] = vx6;
            l[write + xTo + 896] = vx7;
            l[write + i + 1024] = vw0;
            l[write + i + 1152] = vw1;
            l[write + i + 1280] = vw2;
            l[write + i + 1408] = vw3;
            l[write + i + 1536] = vw4;
            l[write + i + 1664] = vw5;
            l[write + i + 1792] = vw6;
            l[write + i + 1920] = vw7;
            s01 = c.mma(a00, b01, s01, MMAShape.M16N8K16);
            s11 = c.mma(a01, b01, s11, MMAShape.M16N8K16);
            s21 = c.mma(a02, b01, s21, MMAShape.M16N8K16);
            s31 = c.mma(a03, b01, s31, MMAShape.M16N8K16);
            HalfFloat[] b03 = c.mmaLoadB(t, 16, read + b + 1536);
            s02 = c.mma(a00, b02, s02, MMAShape.M16N8K16);
            s12 = c.mma(a01, b02, s12, MMAShape.M16N8K16);
            s22 = c.mma(a02, b02, s22, MMAShape.M16N8K16);
            s32 = c.mma(a03, b02, s32, MMAShape.M16N8K16);
            HalfFloat[] b04 = c.mmaLoadB(t, 16, read + b + 2048);
            s03 = c.mma(a00, b03, s03, MMAShape.M16N8K16);
            s13 = c.mma(a01, b03, s13, MMAShape.M16N8K16);
            s23 = c.mma(a02, b03, s23, MMAShape.M16N8K16);
            s33 = c.mma(a03, b03, s33, MMAShape.M16N8K16);
            HalfFloat[] b05 = c.mmaLoadB(t, 16, read + b + 2560);
            vx0 = x.get(xFrom + step * 8);
            vx1 = x.get(xFrom + xApart + step * 8);
            vx2 = x.get(xFrom + 2 * xApart + step * 8);
            vx3 = x.get(xFrom + 3 * xApart + step * 8);
            vx4 = x.get(xFrom + 4 * xApart + step * 8);
            vx5 = x.get(xFrom + 5 * xApart + step * 8);
            vx6 = x.get(xFrom + 6 * xApart + step * 8);
            vx7 = x.get(xFrom + 7 * xApart + step * 8);
            s04 = c.mma(a00, b04, s04, MMAShape.M16N8K16);
            s14 = c.mma(a01, b04, s14, MMAShape.M16N8K16);
            s24 = c.mma(a02, b04, s24, MMAShape.M16N8K16);
            s34 = c.mma(a03, b04, s34, MMAShape.M16N8K16);
            HalfFloat[] b06 = c.mmaLoadB(t, 16, read + b + 3072);
            s05 = c.mma(a00, b05, s05, MMAShape.M16N8K16);
            s15 = c.mma(a01, b05, s15, MMAShape.M16N8K16);
            s25 = c.mma(a02, b05, s25, MMAShape.M16N8K16);
            s35 = c.mma(a03, b05, s35, MMAShape.M16N8K16);
            HalfFloat[] b07 = c.mmaLoadB(t, 16, read + b + 3584);
            s06 = c.mma(a00, b06, s06, MMAShape.M16N8K16);
            s16 = c.mma(a01, b06, s16, MMAShape.M16N8K16);
            s26 = c.mma(a02, b06, s26, MMAShape.M16N8K16);
            s36 = c.mma(a03, b06, s36, MMAShape.M16N8K16);
            s07 = c.mma(a00, b07, s07, MMAShape.M16N8K16);
            s17 = c.mma(a01, b07, s17, MMAShape.M16N8K16);
            s27 = c.mma(a02, b07, s27, MMAShape.M16N8K16);
            s37 = c.mma(a03, b07, s37, MMAShape.M16N8K16);
            HalfFloat[] a10 = c.mmaLoadA(t, 16, read + a + (swap ^ 32) + 0);
            HalfFloat[] a11 = c.mmaLoadA(t, 16, read + a + (swap ^ 32) + 1024);
            HalfFloat[] a12 = c.mmaLoadA(t, 16, read + a + (swap ^ 32) + 2048);
            HalfFloat[] a13 = c.mmaLoadA(t, 16, read + a + (swap ^ 32) + 3072);
            HalfFloat[] b10 = c.mmaLoadB(t, 16, read + b + 256);
            HalfFloat[] b11 = c.mmaLoadB(t, 16, read + b + 768);
            s00 = c.mma(a10, b10, s00, MMAShape.M16N8K16);
            s10 = c.mma(a11, b10, s10, MMAShape.M16N8K16);
            s20 = c.mma(a12, b10, s20, MMAShape.M16N8K16);
            s30 = c.mma(a13, b10, s30, MMAShape.M16N8K16);
            HalfFloat[] b12 = c.mmaLoadB(t, 16, read + b + 1280);
            vw0 = w.get(wFrom + step * 64);
            vw1 = w.get(wFrom + wApart + step * 64);
            vw2 = w.get(wFrom + 2 * wApart + step * 64);
            vw3 = w.get(wFrom + 3 * wApart + step * 64);
            vw4 = w.get(wFrom + 4 * wApart + step * 64);
            vw5 = w.get(wFrom + 5 * wApart + step * 64);
            vw6 = w.get(wFrom + 6 * wApart + step * 64);
            vw7 = w.get(wFrom + 7 * wApart + step * 64);
            s01 = c.mma(a10, b11, s01, MMAShape.M16N8K16);
            s11 = c.mma(a11, b11, s11, MMAShape.M16N8K16);
            s21 = c.mma(a12, b11, s21, MMAShape.M16N8K16);
            s31 = c.mma(a13, b11, s31, MMAShape.M16N8K16);
            HalfFloat[] b13 = c.mmaLoadB(t, 16, read + b + 1792);
            s02 = c.mma(a10, b12, s02, MMAShape.M16N8K16);
            s12 = c.mma(a11, b12, s12, MMAShape.M16N8K16);
            s22 = c.mma(a12, b12, s22, MMAShape.M16N8K16);
            s32 = c.mma(a13, b12, s32, MMAShape.M16N8K16);
            HalfFloat[] b14 = c.mmaLoadB(t, 16, read + b + 2304);
            s03 = c.mma(a10, b13, s03, MMAShape.M16N8K16);
            s13 = c.mma(a11, b13, s13, MMAShape.M16N8K16);
            s23 = c.mma(a12, b13, s23, MMAShape.M16N8K16);
            s33 = c.mma(a13, b13, s33, MMAShape.M16N8K16);
            HalfFloat[] b15 = c.mmaLoadB(t, 16, read + b + 2816);
            s04 = c.mma(a10, b14, s04, MMAShape.M16N8K16);
            s14 = c.mma(a11, b14, s14, MMAShape.M16N8K16);
            s24 = c.mma(a12, b14, s24, MMAShape.M16N8K16);
            s34 = c.mma(a13, b14, s34, MMAShape.M16N8K16);
            HalfFloat[] b16 = c.mmaLoadB(t, 16, read + b + 3328);
            s05 = c.mma(a10, b15, s05, MMAShape.M16N8K16);
            s15 = c.mma(a11, b15, s15, MMAShape.M16N8K16);
            s25 = c.mma(a12, b15, s25, MMAShape.M16N8K16);
            s35 = c.mma(a13, b15, s35, MMAShape.M16N8K16);
            HalfFloat[] b17 = c.mmaLoadB(t, 16, read + b + 3840);
            s06 = c.mma(a10, b16, s06, MMAShape.M16N8K16);
            s16 = c.mma(a11, b16, s16, MMAShape.M16N8K16);
            s26 = c.mma(a12, b16, s26, MMAShape.M16N8K16);
            s36 = c.mma(a13, b16, s36, MMAShape.M16N8K16);
            s07 = c.mma(a10, b17, s07, MMAShape.M16N8K16);
            s17 = c.mma(a11, b17, s17, MMAShape.M16N8K16);
            s27 = c.mma(a12, b17, s27, MMAShape.M16N8K16);
            s37 = c.mma(a13, b17, s37, MMAShape.M16N8K16);
            c.localBarrier();
        }
        if ((spec >> 1 & 3) == 3) {
            int m = c.groupIdz * d.get(11) + m0 + wm;
            int n = d.get(13) + n0 + wn;
            int apart = d.get(12);
            c.mmaStore(s00, yf, m + 0, n + 0, apart);
            c.mmaStore(s01, yf, m + 0, n + 8, apart);
            c.mmaStore(s02, yf, m + 0, n + 16, apart);
            c.mmaStore(s03, yf, m + 0, n + 24, apart);
            c.mmaStore(s04, yf, m + 0, n + 32, apart);
            c.mmaStore(s05, yf, m + 0, n + 40, apart);
            c.mmaStore(s06, yf, m + 0, n + 48, apart);
            c.mmaStore(s07, yf, m + 0, n + 56, apart);
            c.mmaStore(s10, yf, m + 16, n + 0, apart);
            c.mmaStore(s11, yf, m + 16, n + 8, apart);
            c.mmaStore(s12, yf, m + 16, n + 16, apart);
            c.mmaStore(s13, yf, m + 16, n + 24, apart);
            c.mmaStore(s14, yf, m + 16, n + 32, apart);
            c.mmaStore(s15, yf, m + 16, n + 40, apart);
            c.mmaStore(s16, yf, m + 16, n + 48, apart);
            c.mmaStore(s17, yf, m + 16, n + 56, apart);
            c.mmaStore(s20, yf, m + 32, n + 0, apart);
            c.mmaStore(s21, yf, m + 32, n + 8, apart);
            c.mmaStore(s22, yf, m + 32, n + 16, apart);
            c.mmaStore(s23, yf, m + 32, n + 24, apart);
            c.mmaStore(s24, yf, m + 32, n + 32, apart);
            c.mmaStore(s25, yf, m + 32, n + 40, apart);
            c.mmaStore(s26, yf, m + 32, n + 48, apart);
            c.mmaStore(s27, yf, m + 32, n + 56, apart);
            c.mmaStore(s30, yf, m + 48, n + 0, apart);
            c.mmaStore(s31, yf, m + 48, n + 8, apart);
            c.mmaStore(s32, yf, m + 48, n + 16, apart);
            c.mmaStore(s33, yf, m + 48, n + 24, apart);
            c.mmaStore(s34, yf, m + 48, n + 32, apart);
            c.mmaStore(s35, yf, m + 48, n + 40, apart);
            c.mmaStore(s36, yf, m + 48, n + 48, apart);
            c.mmaStore(s37, yf, m + 48, n + 56, apart);
        } else {
            FloatArray sums = (FloatArray) (Object) f;
            int mine = warp * 16;
            // a lane has two columns where y is fp16, for half as many stores, else one
            int paired = spec & 1;
            int column = paired == 1 ? 2 * (lane & 15) : lane;
            int down0 = paired == 1 ? lane >> 4 : 0;
            int next = paired == 1 ? 1 : 36;
            int from = 4 + (mine + down0) * 36 + column;
            int m = m0 + wm + down0;
            // unknown to the compiler, lest it unroll what follows
            int rowsOfWarp = Math.min(16, rows);
            int n1 = n0 + wn + column;
            int n2 = n1 + 32;
            float add1 = TensorCoreLinearKernels.bias(bias, spec, n1);
            float add2 = TensorCoreLinearKernels.bias(bias, spec, n2);
            float more1 = TensorCoreLinearKernels.bias(bias, spec, n1 + paired);
            float more2 = TensorCoreLinearKernels.bias(bias, spec, n2 + paired);
            c.mmaStore(s00, sums, mine, 0, 36);
            c.mmaStore(s01, sums, mine, 8, 36);
            c.mmaStore(s02, sums, mine, 16, 36);
            c.mmaStore(s03, sums, mine, 24, 36);
            c.localBarrier();
            for (int r = 0; r < rowsOfWarp; r += 4) {
                int o = from + r * 36;
                store(d, yf, yh, spec, m + r, n1, wholeM, wholeN,
                        f[o] + add1, f[o + next] + more1, f[o + 72] + add1, f[o + 72 + next] + more1);
            }
            c.localBarrier();
            c.mmaStore(s04, sums, mine, 0, 36);
            c.mmaStore(s05, sums, mine, 8, 36);
            c.mmaStore(s06, sums, mine, 16, 36);
            c.mmaStore(s07, sums, mine, 24, 36);
            c.localBarrier();
            for (int r = 0; r < rowsOfWarp; r += 4) {
                int o = from + r * 36;
                store(d, yf, yh, spec, m + r, n2, wholeM, wholeN,
                        f[o] + add2, f[o + next] + more2, f[o + 72] + add2, f[o + 72 + next] + more2);
            }
            c.localBarrier();
            c.mmaStore(s10, sums, mine, 0, 36);
            c.mmaStore(s11, sums, mine, 8, 36);
            c.mmaStore(s12, sums, mine, 16, 36);
            c.mmaStore(s13, sums, mine, 24, 36);
            c.localBarrier();
            for (int r = 0; r < rowsOfWarp; r += 4) {
                int o = from + r * 36;
                store(d, yf, yh, spec, m + 16 + r, n1, wholeM, wholeN,
                        f[o] + add1, f[o + next] + more1, f[o + 72] + add1, f[o + 72 + next] + more1);
            }
            c.localBarrier();
            c.mmaStore(s14, sums, mine, 0, 36);
            c.mmaStore(s15, sums, mine, 8, 36);
            c.mmaStore(s16, sums, mine, 16, 36);
            c.mmaStore(s17, sums, mine, 24, 36);
            c.localBarrier();
            for (int r = 0; r < rowsOfWarp; r += 4) {
                int o = from + r * 36;
                store(d, yf, yh, spec, m + 16 + r, n2, wholeM, wholeN,
                        f[o] + add2, f[o + next] + more2, f[o + 72] + add2, f[o + 72 + next] + more2);
            }
            c.localBarrier();
            c.mmaStore(s20, sums, mine, 0, 36);
            c.mmaStore(s21, sums, mine, 8, 36);
            c.mmaStore(s22, sums, mine, 16, 36);
            c.mmaStore(s23, sums, mine, 24, 36);
            c.localBarrier();
            for (int r = 0; r < rowsOfWarp; r += 4) {
                int o = from + r * 36;
                store(d, yf, yh, spec, m + 32 + r, n1, wholeM, wholeN,
                        f[o] + add1, f[o + next] + more1, f[o + 72] + add1, f[o + 72 + next] + more1);
            }
            c.localBarrier();
            c.mmaStore(s24, sums, mine, 0, 36);
            c.mmaStore(s25, sums, mine, 8, 36);
            c.mmaStore(s26, sums, mine, 16, 36);
            c.mmaStore(s27, sums, mine, 24, 36);
            c.localBarrier();
            for (int r = 0; r < rowsOfWarp; r += 4) {
                int o = from + r * 36;
                store(d, yf, yh, spec, m + 32 + r, n2, wholeM, wholeN,
                        f[o] + add2, f[o + next] + more2, f[o + 72] + add2, f[o + 72 + next] + more2);
            }
            c.localBarrier();
            c.mmaStore(s30, sums, mine, 0, 36);
            c.mmaStore(s31, sums, mine, 8, 36);
            c.mmaStore(s32, sums, mine, 16, 36);
            c.mmaStore(s33, sums, mine, 24, 36);
            c.localBarrier();
            for (int r = 0; r < rowsOfWarp; r += 4) {
                int o = from + r * 36;
                store(d, yf, yh, spec, m + 48 + r, n1, wholeM, wholeN,
                        f[o] + add1, f[o + next] + more1, f[o + 72] + add1, f[o + 72 + next] + more1);
            }
            c.localBarrier();
            c.mmaStore(s34, sums, mine, 0, 36);
            c.mmaStore(s35, sums, mine, 8, 36);
            c.mmaStore(s36, sums, mine, 16, 36);
            c.mmaStore(s37, sums, mine, 24, 36);
            c.localBarrier();
            for (int r = 0; r < rowsOfWarp; r += 4) {
                int o = from + r * 36;
                store(d, yf, yh, spec, m + 48 + r, n2, wholeM, wholeN,
                        f[o] + add2, f[o + next] + more2, f[o + 72] + add2, f[o + 72 + next] + more2);
            }
        }
    }
    // spotless:on
}
