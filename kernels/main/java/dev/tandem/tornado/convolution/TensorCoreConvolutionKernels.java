package dev.tandem.tornado.convolution;

import dev.tandem.tornado.linear.TensorCoreLinearKernels;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.vectors.Half2;

/**
 * Convolution on tensor cores, as the product that {@link ConvolutionKernels} makes of it and as {@link TensorCoreLinearKernels}
 * make products. Numbers come in as longs of four, by way of registers: what lies outside the input becomes zero on
 * the way.
 *
 * <p>{@code d}: rows (pixels of all pictures), outputs, longs of an input's pixel, height and width of the input, of
 * the output, taps, taps of a line, stride, padding above and left, offset of x in longs, of y and residual, channels
 * of y, what an index of a pair of fp16 is off by.
 */
public final class TensorCoreConvolutionKernels {
    /** What channels of the input are multiples of. */
    public static final int DEPTH = 32;

    /** Pixels and outputs of a group, and its work-items. */
    public static final int PIXELS = 128;

    public static final int OUTPUTS = 80;
    public static final int LANES = 128;

    private TensorCoreConvolutionKernels() {}

    /** Bits of the taps from {@code at} on that lie inside. */
    private static int inside(int at, int taps, int size) {
        int high = Math.max(Math.min(taps, size - at), 0);
        int low = Math.min(Math.max(-at, 0), high);
        return (1 << high) - (1 << low);
    }

    /** {@link #inside} of the window that begins at y and x: lines in the lower half, columns in the upper. */
    private static int window(int y, int x, int lines, int across, int height, int width) {
        return inside(y, lines, height) | inside(x, across, width) << 16;
    }

    /** The one scalar: whether there is a residual, whether outputs may be stored in pairs. */
    public static int spec(int residual, int pairs) {
        return residual | pairs << 1;
    }

    private static float bias(FloatArray bias, int n, int outputs) {
        return bias.get(Math.min(n, outputs - 1));
    }

    /** The residual of the {@code n}th output or of the next; in place of one that there is not, of another. */
    private static float residual(HalfFloatArray r, int spec, int off, int row, int n, int outputs, int next) {
        if ((spec & 1) == 0) {
            return 0f;
        } else if ((spec >> 1 & 1) == 0) {
            return r.get(row + Math.min(n + next, outputs - 1)).getFloat32();
        }
        Half2 both = r.getHalf2(off + row + Math.min(n, outputs - 2));
        return next == 0 ? Half2.lowFloat(both) : Half2.highFloat(both);
    }

    /** Two outputs, as far as there are so many from the first on. */
    private static void put(HalfFloatArray y, int spec, int off, int at, int left, float first, float second) {
        if (left > 0) {
            if ((spec >> 1 & 1) == 1) {
                y.setHalf2(off + at, Half2.fromFloats(first, second));
            } else {
                y.set(at, new HalfFloat(first));
                if (left > 1) {
                    y.set(at + 1, new HalfFloat(second));
                }
            }
        }
    }

    /** A group makes 128 pixels by 80 outputs, a warp of it 64 by 40. */
    public static void convolve(
            KernelContext c,
            IntArray d,
            LongArray x,
            LongArray w,
            FloatArray bias,
            HalfFloatArray r,
            HalfFloatArray y,
            int spec) {
        long[] l = c.allocateLongLocalArray(3328);
        float[] f = c.allocateFloatLocalArray(2820);
        int[] t = (int[]) (Object) l;
        int i = c.localIdx;
        int m0 = c.groupIdy * 128;
        int n0 = c.groupIdx * 80;
        int last = d.get(0) - 1;
        int outputs = d.get(1);
        int lastBlock = (outputs - 1) / 8;
        int depth = d.get(2);
        int width = d.get(4);
        int across = d.get(8);
        int stepsOfTap = depth >> 3;
        int lastStep = stepsOfTap * d.get(7) - 1;
        int line = i >> 3;
        int at = i & 7;
        int xTo = line * 8 + (((at >> 1) ^ (line >> 1 & 3)) << 1) + (at & 1);
        int wTo = 1024 + i;
        int height = d.get(3);
        int outHeight = d.get(5);
        int outWidth = d.get(6);
        int pixels = outHeight * outWidth;
        int lines = d.get(7) / across;
        int stride = d.get(9);
        int top = d.get(10);
        int left = d.get(11);
        int xAt = d.get(12) + at;
        int p0 = Math.min(m0 + line + 0, last);
        int p1 = Math.min(m0 + line + 16, last);
        int p2 = Math.min(m0 + line + 32, last);
        int p3 = Math.min(m0 + line + 48, last);
        int p4 = Math.min(m0 + line + 64, last);
        int p5 = Math.min(m0 + line + 80, last);
        int p6 = Math.min(m0 + line + 96, last);
        int p7 = Math.min(m0 + line + 112, last);
        int v0 = p0 / outWidth % outHeight * stride - top;
        int v1 = p1 / outWidth % outHeight * stride - top;
        int v2 = p2 / outWidth % outHeight * stride - top;
        int v3 = p3 / outWidth % outHeight * stride - top;
        int v4 = p4 / outWidth % outHeight * stride - top;
        int v5 = p5 / outWidth % outHeight * stride - top;
        int v6 = p6 / outWidth % outHeight * stride - top;
        int v7 = p7 / outWidth % outHeight * stride - top;
        int h0 = p0 % outWidth * stride - left;
        int h1 = p1 % outWidth * stride - left;
        int h2 = p2 % outWidth * stride - left;
        int h3 = p3 % outWidth * stride - left;
        int h4 = p4 % outWidth * stride - left;
        int h5 = p5 % outWidth * stride - left;
        int h6 = p6 % outWidth * stride - left;
        int h7 = p7 % outWidth * stride - left;
        int x0 = xAt + ((p0 / pixels * height + v0) * width + h0) * depth;
        int x1 = xAt + ((p1 / pixels * height + v1) * width + h1) * depth;
        int x2 = xAt + ((p2 / pixels * height + v2) * width + h2) * depth;
        int x3 = xAt + ((p3 / pixels * height + v3) * width + h3) * depth;
        int x4 = xAt + ((p4 / pixels * height + v4) * width + h4) * depth;
        int x5 = xAt + ((p5 / pixels * height + v5) * width + h5) * depth;
        int x6 = xAt + ((p6 / pixels * height + v6) * width + h6) * depth;
        int x7 = xAt + ((p7 / pixels * height + v7) * width + h7) * depth;
        int in0 = window(v0, h0, lines, across, height, width);
        int in1 = window(v1, h1, lines, across, height, width);
        int in2 = window(v2, h2, lines, across, height, width);
        int in3 = window(v3, h3, lines, across, height, width);
        int in4 = window(v4, h4, lines, across, height, width);
        int in5 = window(v5, h5, lines, across, height, width);
        int in6 = window(v6, h6, lines, across, height, width);
        int in7 = window(v7, h7, lines, across, height, width);
        int w0 = Math.min((n0 >> 3) + (i >> 6) + 0, lastBlock) * (lastStep + 1) * 64 + (i & 63);
        int w1 = Math.min((n0 >> 3) + (i >> 6) + 2, lastBlock) * (lastStep + 1) * 64 + (i & 63);
        int w2 = Math.min((n0 >> 3) + (i >> 6) + 4, lastBlock) * (lastStep + 1) * 64 + (i & 63);
        int w3 = Math.min((n0 >> 3) + (i >> 6) + 6, lastBlock) * (lastStep + 1) * 64 + (i & 63);
        int w4 = Math.min((n0 >> 3) + (i >> 6) + 8, lastBlock) * (lastStep + 1) * 64 + (i & 63);
        int part = 0;
        int right = 0;
        int down = 0;
        int from = (down * width + right) * depth + part * 8;
        int is0 = in0 >> down & in0 >> 16 + right & 1;
        int is1 = in1 >> down & in1 >> 16 + right & 1;
        int is2 = in2 >> down & in2 >> 16 + right & 1;
        int is3 = in3 >> down & in3 >> 16 + right & 1;
        int is4 = in4 >> down & in4 >> 16 + right & 1;
        int is5 = in5 >> down & in5 >> 16 + right & 1;
        int is6 = in6 >> down & in6 >> 16 + right & 1;
        int is7 = in7 >> down & in7 >> 16 + right & 1;
        long vx0 = x.get((x0 + from) * is0);
        long vx1 = x.get((x1 + from) * is1);
        long vx2 = x.get((x2 + from) * is2);
        long vx3 = x.get((x3 + from) * is3);
        long vx4 = x.get((x4 + from) * is4);
        long vx5 = x.get((x5 + from) * is5);
        long vx6 = x.get((x6 + from) * is6);
        long vx7 = x.get((x7 + from) * is7);
        long vw0 = w.get(w0);
        long vw1 = w.get(w1);
        long vw2 = w.get(w2);
        long vw3 = w.get(w3);
        long vw4 = w.get(w4);
        l[xTo + 0] = vx0 & -(long) is0;
        l[xTo + 128] = vx1 & -(long) is1;
        l[xTo + 256] = vx2 & -(long) is2;
        l[xTo + 384] = vx3 & -(long) is3;
        l[xTo + 512] = vx4 & -(long) is4;
        l[xTo + 640] = vx5 & -(long) is5;
        l[xTo + 768] = vx6 & -(long) is6;
        l[xTo + 896] = vx7 & -(long) is7;
        l[wTo + 0] = vw0;
        l[wTo + 128] = vw1;
        l[wTo + 256] = vw2;
        l[wTo + 384] = vw3;
        l[wTo + 512] = vw4;
        // the next channels, tap, line of taps: without branches, which fragments would not survive
        int over = (part + 1 - stepsOfTap >> 31) + 1;
        part = part + 1 & over - 1;
        right = right + over;
        over = (right - across >> 31) + 1;
        right = right & over - 1;
        down = down + over;
        from = (down * width + right) * depth + part * 8;
        is0 = in0 >> down & in0 >> 16 + right & 1;
        is1 = in1 >> down & in1 >> 16 + right & 1;
        is2 = in2 >> down & in2 >> 16 + right & 1;
        is3 = in3 >> down & in3 >> 16 + right & 1;
        is4 = in4 >> down & in4 >> 16 + right & 1;
        is5 = in5 >> down & in5 >> 16 + right & 1;
        is6 = in6 >> down & in6 >> 16 + right & 1;
        is7 = in7 >> down & in7 >> 16 + right & 1;
        vx0 = x.get((x0 + from) * is0);
        vx1 = x.get((x1 + from) * is1);
        vx2 = x.get((x2 + from) * is2);
        vx3 = x.get((x3 + from) * is3);
        vx4 = x.get((x4 + from) * is4);
        vx5 = x.get((x5 + from) * is5);
        vx6 = x.get((x6 + from) * is6);
        vx7 = x.get((x7 + from) * is7);
        vw0 = w.get(w0 + Math.min(1, lastStep) * 64);
        vw1 = w.get(w1 + Math.min(1, lastStep) * 64);
        vw2 = w.get(w2 + Math.min(1, lastStep) * 64);
        vw3 = w.get(w3 + Math.min(1, lastStep) * 64);
        vw4 = w.get(w4 + Math.min(1, lastStep) * 64);
        c.localBarrier();
        int warp = i >> 5;
        int lane = i & 31;
        int inner = lane & 7;
        int group = lane >> 3;
        int wm = (warp >> 1) * 64;
        int wn = (warp & 1) * 40;
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
        float[] s10 = c.mmaFragment(0f);
        float[] s11 = c.mmaFragment(0f);
        float[] s12 = c.mmaFragment(0f);
        float[] s13 = c.mmaFragment(0f);
        float[] s14 = c.mmaFragment(0f);
        float[] s20 = c.mmaFragment(0f);
        float[] s21 = c.mmaFragment(0f);
        float[] s22 = c.mmaFragment(0f);
        float[] s23 = c.mmaFragment(0f);
        float[] s24 = c.mmaFragment(0f);
        float[] s30 = c.mmaFragment(0f);
        float[] s31 = c.mmaFragment(0f);
        float[] s32 = c.mmaFragment(0f);
        float[] s33 = c.mmaFragment(0f);
        float[] s34 = c.mmaFragment(0f);
        for (int k = 0; k <= lastStep; k++) {
            int read = (k & 1) * 13312;
            int write = (k + 1 & 1) * 1664;
            int step = Math.min(k + 2, lastStep);
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
            l[xTo + write + 0] = vx0 & -(long) is0;
            l[xTo + write + 128] = vx1 & -(long) is1;
            l[xTo + write + 256] = vx2 & -(long) is2;
            l[xTo + write + 384] = vx3 & -(long) is3;
            l[xTo + write + 512] = vx4 & -(long) is4;
            l[xTo + write + 640] = vx5 & -(long) is5;
            l[xTo + write + 768] = vx6 & -(long) is6;
            l[xTo + write + 896] = vx7 & -(long) is7;
            l[wTo + write + 0] = vw0;
            l[wTo + write + 128] = vw1;
            l[wTo + write + 256] = vw2;
            l[wTo + write + 384] = vw3;
            l[wTo + write + 512] = vw4;
            over = (part + 1 - stepsOfTap >> 31) + 1;
            part = part + 1 & over - 1;
            right = right + over;
            over = (right - across >> 31) + 1;
            right = right & over - 1;
            down = down + over;
            from = (down * width + right) * depth + part * 8;
            is0 = in0 >> down & in0 >> 16 + right & 1;
            is1 = in1 >> down & in1 >> 16 + right & 1;
            is2 = in2 >> down & in2 >> 16 + right & 1;
            is3 = in3 >> down & in3 >> 16 + right & 1;
            is4 = in4 >> down & in4 >> 16 + right & 1;
            is5 = in5 >> down & in5 >> 16 + right & 1;
            is6 = in6 >> down & in6 >> 16 + right & 1;
            is7 = in7 >> down & in7 >> 16 + right & 1;
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
            vx0 = x.get((x0 + from) * is0);
            vx1 = x.get((x1 + from) * is1);
            vx2 = x.get((x2 + from) * is2);
            vx3 = x.get((x3 + from) * is3);
            vx4 = x.get((x4 + from) * is4);
            vx5 = x.get((x5 + from) * is5);
            vx6 = x.get((x6 + from) * is6);
            vx7 = x.get((x7 + from) * is7);
            s03 = c.mma(a00, b03, s03, MMAShape.M16N8K16);
            s13 = c.mma(a01, b03, s13, MMAShape.M16N8K16);
            s23 = c.mma(a02, b03, s23, MMAShape.M16N8K16);
            s33 = c.mma(a03, b03, s33, MMAShape.M16N8K16);
            s04 = c.mma(a00, b04, s04, MMAShape.M16N8K16);
            s14 = c.mma(a01, b04, s14, MMAShape.M16N8K16);
            s24 = c.mma(a02, b04, s24, MMAShape.M16N8K16);
            s34 = c.mma(a03, b04, s34, MMAShape.M16N8K16);
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
            vw0 = w.get(w0 + step * 64);
            vw1 = w.get(w1 + step * 64);
            vw2 = w.get(w2 + step * 64);
            vw3 = w.get(w3 + step * 64);
            vw4 = w.get(w4 + step * 64);
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
            s04 = c.mma(a10, b14, s04, MMAShape.M16N8K16);
            s14 = c.mma(a11, b14, s14, MMAShape.M16N8K16);
            s24 = c.mma(a12, b14, s24, MMAShape.M16N8K16);
            s34 = c.mma(a13, b14, s34, MMAShape.M16N8K16);
            c.localBarrier();
        }
        FloatArray sums = (FloatArray) (Object) f;
        int mine = warp * 16;
        // a lane has two neighbours of every eight outputs, of a row and of that eight below
        int n = n0 + wn + 2 * (lane & 3);
        float a0 = bias(bias, n, outputs);
        float c0 = bias(bias, n + 1, outputs);
        float a1 = bias(bias, n + 8, outputs);
        float c1 = bias(bias, n + 9, outputs);
        float a2 = bias(bias, n + 16, outputs);
        float c2 = bias(bias, n + 17, outputs);
        float a3 = bias(bias, n + 24, outputs);
        float c3 = bias(bias, n + 25, outputs);
        float a4 = bias(bias, n + 32, outputs);
        float c4 = bias(bias, n + 33, outputs);
        int pitch = d.get(15);
        int off = d.get(16);
        int o = 4 + (mine + (lane >> 2)) * 44 + 2 * (lane & 3);
        c.mmaStore(s00, sums, mine, 0, 44);
        c.mmaStore(s01, sums, mine, 8, 44);
        c.mmaStore(s02, sums, mine, 16, 44);
        c.mmaStore(s03, sums, mine, 24, 44);
        c.mmaStore(s04, sums, mine, 32, 44);
        c.localBarrier();
        for (int e = 0; e < 2; e++) {
            int m = m0 + wm + 0 + (lane >> 2) + 8 * e;
            int there = m > last ? 0 : outputs - n;
            int q = o + 352 * e;
            int row = d.get(14) + Math.min(m, last) * outputs;
            int to = d.get(13) + m * pitch + n;
            float y0 = f[q] + a0 + residual(r, spec, off, row, n, outputs, 0);
            float z0 = f[q + 1] + c0 + residual(r, spec, off, row, n, outputs, 1);
            float y1 = f[q + 8] + a1 + residual(r, spec, off, row, n + 8, outputs, 0);
            float z1 = f[q + 9] + c1 + residual(r, spec, off, row, n + 8, outputs, 1);
            float y2 = f[q + 16] + a2 + residual(r, spec, off, row, n + 16, outputs, 0);
            float z2 = f[q + 17] + c2 + residual(r, spec, off, row, n + 16, outputs, 1);
            float y3 = f[q + 24] + a3 + residual(r, spec, off, row, n + 24, outputs, 0);
            float z3 = f[q + 25] + c3 + residual(r, spec, off, row, n + 24, outputs, 1);
            float y4 = f[q + 32] + a4 + residual(r, spec, off, row, n + 32, outputs, 0);
            float z4 = f[q + 33] + c4 + residual(r, spec, off, row, n + 32, outputs, 1);
            put(y, spec, off, to, there, y0, z0);
            put(y, spec, off, to + 8, there - 8, y1, z1);
            put(y, spec, off, to + 16, there - 16, y2, z2);
            put(y, spec, off, to + 24, there - 24, y3, z3);
            put(y, spec, off, to + 32, there - 32, y4, z4);
        }
        c.localBarrier();
        c.mmaStore(s10, sums, mine, 0, 44);
        c.mmaStore(s11, sums, mine, 8, 44);
        c.mmaStore(s12, sums, mine, 16, 44);
        c.mmaStore(s13, sums, mine, 24, 44);
        c.mmaStore(s14, sums, mine, 32, 44);
        c.localBarrier();
        for (int e = 0; e < 2; e++) {
            int m = m0 + wm + 16 + (lane >> 2) + 8 * e;
            int there = m > last ? 0 : outputs - n;
            int q = o + 352 * e;
            int row = d.get(14) + Math.min(m, last) * outputs;
            int to = d.get(13) + m * pitch + n;
            float y0 = f[q] + a0 + residual(r, spec, off, row, n, outputs, 0);
            float z0 = f[q + 1] + c0 + residual(r, spec, off, row, n, outputs, 1);
            float y1 = f[q + 8] + a1 + residual(r, spec, off, row, n + 8, outputs, 0);
            float z1 = f[q + 9] + c1 + residual(r, spec, off, row, n + 8, outputs, 1);
            float y2 = f[q + 16] + a2 + residual(r, spec, off, row, n + 16, outputs, 0);
            float z2 = f[q + 17] + c2 + residual(r, spec, off, row, n + 16, outputs, 1);
            float y3 = f[q + 24] + a3 + residual(r, spec, off, row, n + 24, outputs, 0);
            float z3 = f[q + 25] + c3 + residual(r, spec, off, row, n + 24, outputs, 1);
            float y4 = f[q + 32] + a4 + residual(r, spec, off, row, n + 32, outputs, 0);
            float z4 = f[q + 33] + c4 + residual(r, spec, off, row, n + 32, outputs, 1);
            put(y, spec, off, to, there, y0, z0);
            put(y, spec, off, to + 8, there - 8, y1, z1);
            put(y, spec, off, to + 16, there - 16, y2, z2);
            put(y, spec, off, to + 24, there - 24, y3, z3);
            put(y, spec, off, to + 32, there - 32, y4, z4);
        }
        c.localBarrier();
        c.mmaStore(s20, sums, mine, 0, 44);
        c.mmaStore(s21, sums, mine, 8, 44);
        c.mmaStore(s22, sums, mine, 16, 44);
        c.mmaStore(s23, sums, mine, 24, 44);
        c.mmaStore(s24, sums, mine, 32, 44);
        c.localBarrier();
        for (int e = 0; e < 2; e++) {
            int m = m0 + wm + 32 + (lane >> 2) + 8 * e;
            int there = m > last ? 0 : outputs - n;
            int q = o + 352 * e;
            int row = d.get(14) + Math.min(m, last) * outputs;
            int to = d.get(13) + m * pitch + n;
            float y0 = f[q] + a0 + residual(r, spec, off, row, n, outputs, 0);
            float z0 = f[q + 1] + c0 + residual(r, spec, off, row, n, outputs, 1);
            float y1 = f[q + 8] + a1 + residual(r, spec, off, row, n + 8, outputs, 0);
            float z1 = f[q + 9] + c1 + residual(r, spec, off, row, n + 8, outputs, 1);
            float y2 = f[q + 16] + a2 + residual(r, spec, off, row, n + 16, outputs, 0);
            float z2 = f[q + 17] + c2 + residual(r, spec, off, row, n + 16, outputs, 1);
            float y3 = f[q + 24] + a3 + residual(r, spec, off, row, n + 24, outputs, 0);
            float z3 = f[q + 25] + c3 + residual(r, spec, off, row, n + 24, outputs, 1);
            float y4 = f[q + 32] + a4 + residual(r, spec, off, row, n + 32, outputs, 0);
            float z4 = f[q + 33] + c4 + residual(r, spec, off, row, n + 32, outputs, 1);
            put(y, spec, off, to, there, y0, z0);
            put(y, spec, off, to + 8, there - 8, y1, z1);
            put(y, spec, off, to + 16, there - 16, y2, z2);
            put(y, spec, off, to + 24, there - 24, y3, z3);
            put(y, spec, off, to + 32, there - 32, y4, z4);
        }
        c.localBarrier();
        c.mmaStore(s30, sums, mine, 0, 44);
        c.mmaStore(s31, sums, mine, 8, 44);
        c.mmaStore(s32, sums, mine, 16, 44);
        c.mmaStore(s33, sums, mine, 24, 44);
        c.mmaStore(s34, sums, mine, 32, 44);
        c.localBarrier();
        for (int e = 0; e < 2; e++) {
            int m = m0 + wm + 48 + (lane >> 2) + 8 * e;
            int there = m > last ? 0 : outputs - n;
            int q = o + 352 * e;
            int row = d.get(14) + Math.min(m, last) * outputs;
            int to = d.get(13) + m * pitch + n;
            float y0 = f[q] + a0 + residual(r, spec, off, row, n, outputs, 0);
            float z0 = f[q + 1] + c0 + residual(r, spec, off, row, n, outputs, 1);
            float y1 = f[q + 8] + a1 + residual(r, spec, off, row, n + 8, outputs, 0);
            float z1 = f[q + 9] + c1 + residual(r, spec, off, row, n + 8, outputs, 1);
            float y2 = f[q + 16] + a2 + residual(r, spec, off, row, n + 16, outputs, 0);
            float z2 = f[q + 17] + c2 + residual(r, spec, off, row, n + 16, outputs, 1);
            float y3 = f[q + 24] + a3 + residual(r, spec, off, row, n + 24, outputs, 0);
            float z3 = f[q + 25] + c3 + residual(r, spec, off, row, n + 24, outputs, 1);
            float y4 = f[q + 32] + a4 + residual(r, spec, off, row, n + 32, outputs, 0);
            float z4 = f[q + 33] + c4 + residual(r, spec, off, row, n + 32, outputs, 1);
            put(y, spec, off, to, there, y0, z0);
            put(y, spec, off, to + 8, there - 8, y1, z1);
            put(y, spec, off, to + 16, there - 16, y2, z2);
            put(y, spec, off, to + 24, there - 24, y3, z3);
            put(y, spec, off, to + 32, there - 32, y4, z4);
        }
    }
}
