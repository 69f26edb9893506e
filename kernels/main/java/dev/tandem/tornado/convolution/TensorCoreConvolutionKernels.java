package dev.tandem.tornado.convolution;

import dev.tandem.tornado.element.Fragments;
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
 */
public final class TensorCoreConvolutionKernels {
    /** What channels of the input are multiples of. */
    public static final int DEPTH = 32;

    /** Pixels and outputs of a group, and its work-items. */
    public static final int PIXELS = 128;

    public static final int OUTPUTS = 80;
    public static final int LANES = 128;

    /** Longs of a step in local memory: eight per pixel and output, of four inputs each. */
    private static final int STAGE = 8 * (PIXELS + OUTPUTS);

    /** How far apart rows of sums are in local memory. */
    private static final int PITCH = 44;

    private static final int RESIDUAL = 1;
    private static final int PAIRS_SHIFT = 1;

    private TensorCoreConvolutionKernels() {}

    /** The one scalar: whether there is a residual, whether outputs may be stored in pairs. */
    public static int spec(int residual, int pairs) {
        return residual | pairs << PAIRS_SHIFT;
    }

    private static float bias(FloatArray bias, int n, int outputs) {
        return bias.get(Math.min(n, outputs - 1));
    }

    /** The residual of the {@code n}th output or of the next; in place of one that there is not, of another. */
    private static float residual(HalfFloatArray residual, int spec, int shift, int row, int n, int outputs, int next) {
        if ((spec & RESIDUAL) == 0) {
            return 0f;
        } else if ((spec >> PAIRS_SHIFT & 1) == 0) {
            return residual.get(row + Math.min(n + next, outputs - 1)).getFloat32();
        }
        Half2 both = residual.getHalf2(shift + row + Math.min(n, outputs - 2));
        return next == 0 ? Half2.lowFloat(both) : Half2.highFloat(both);
    }

    /** Two outputs, as far as there are so many from the first on. */
    private static void put(HalfFloatArray y, int spec, int shift, int at, int left, float first, float second) {
        if (left > 0) {
            if ((spec >> PAIRS_SHIFT & 1) == 1) {
                y.setHalf2(shift + at, Half2.fromFloats(first, second));
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
            KernelContext context,
            IntArray dims,
            LongArray x,
            LongArray w,
            FloatArray bias,
            HalfFloatArray residual,
            HalfFloatArray y,
            int spec) {
        long[] tileLongs = context.allocateLongLocalArray(2 * STAGE);
        float[] sumFloats = context.allocateFloatLocalArray(Fragments.HEADER + LANES / 2 * PITCH);
        int[] tiles = (int[]) (Object) tileLongs;
        int item = context.localIdx;
        int firstPixel = context.groupIdy * PIXELS;
        int firstOutput = context.groupIdx * OUTPUTS;
        int last = dims.get(TensorCoreConvolutionDims.ROWS) - 1;
        int outputs = dims.get(TensorCoreConvolutionDims.OUTPUTS);
        int lastBlock = (outputs - 1) / 8;
        int depth = dims.get(TensorCoreConvolutionDims.PIXEL_LONGS);
        int width = dims.get(TensorCoreConvolutionDims.X_WIDTH);
        int across = dims.get(TensorCoreConvolutionDims.LINE_TAPS);
        int stepsOfTap = depth >> 3;
        int lastStep = stepsOfTap * dims.get(TensorCoreConvolutionDims.TAPS) - 1;
        int line = item >> 3;
        int column = item & 7;
        int xTo = line * 8 + (((column >> 1) ^ (line >> 1 & 3)) << 1) + (column & 1);
        int wTo = PIXELS * 8 + item;
        int height = dims.get(TensorCoreConvolutionDims.X_HEIGHT);
        int outHeight = dims.get(TensorCoreConvolutionDims.Y_HEIGHT);
        int outWidth = dims.get(TensorCoreConvolutionDims.Y_WIDTH);
        int pixels = outHeight * outWidth;
        int lines = dims.get(TensorCoreConvolutionDims.TAPS) / across;
        int stride = dims.get(TensorCoreConvolutionDims.STRIDE);
        int padTop = dims.get(TensorCoreConvolutionDims.PAD_TOP);
        int padLeft = dims.get(TensorCoreConvolutionDims.PAD_LEFT);
        int xAt = dims.get(TensorCoreConvolutionDims.X_OFFSET) + column;
        // where the pixels that this work-item loads begin in the input, and which taps of theirs lie inside
        int pixel0 = Math.min(firstPixel + line + 0, last);
        int pixel1 = Math.min(firstPixel + line + 16, last);
        int pixel2 = Math.min(firstPixel + line + 32, last);
        int pixel3 = Math.min(firstPixel + line + 48, last);
        int pixel4 = Math.min(firstPixel + line + 64, last);
        int pixel5 = Math.min(firstPixel + line + 80, last);
        int pixel6 = Math.min(firstPixel + line + 96, last);
        int pixel7 = Math.min(firstPixel + line + 112, last);
        int top0 = pixel0 / outWidth % outHeight * stride - padTop;
        int top1 = pixel1 / outWidth % outHeight * stride - padTop;
        int top2 = pixel2 / outWidth % outHeight * stride - padTop;
        int top3 = pixel3 / outWidth % outHeight * stride - padTop;
        int top4 = pixel4 / outWidth % outHeight * stride - padTop;
        int top5 = pixel5 / outWidth % outHeight * stride - padTop;
        int top6 = pixel6 / outWidth % outHeight * stride - padTop;
        int top7 = pixel7 / outWidth % outHeight * stride - padTop;
        int left0 = pixel0 % outWidth * stride - padLeft;
        int left1 = pixel1 % outWidth * stride - padLeft;
        int left2 = pixel2 % outWidth * stride - padLeft;
        int left3 = pixel3 % outWidth * stride - padLeft;
        int left4 = pixel4 % outWidth * stride - padLeft;
        int left5 = pixel5 % outWidth * stride - padLeft;
        int left6 = pixel6 % outWidth * stride - padLeft;
        int left7 = pixel7 % outWidth * stride - padLeft;
        int xStart0 = xAt + ((pixel0 / pixels * height + top0) * width + left0) * depth;
        int xStart1 = xAt + ((pixel1 / pixels * height + top1) * width + left1) * depth;
        int xStart2 = xAt + ((pixel2 / pixels * height + top2) * width + left2) * depth;
        int xStart3 = xAt + ((pixel3 / pixels * height + top3) * width + left3) * depth;
        int xStart4 = xAt + ((pixel4 / pixels * height + top4) * width + left4) * depth;
        int xStart5 = xAt + ((pixel5 / pixels * height + top5) * width + left5) * depth;
        int xStart6 = xAt + ((pixel6 / pixels * height + top6) * width + left6) * depth;
        int xStart7 = xAt + ((pixel7 / pixels * height + top7) * width + left7) * depth;
        int window0 = TapWindow.of(top0, left0, lines, across, height, width);
        int window1 = TapWindow.of(top1, left1, lines, across, height, width);
        int window2 = TapWindow.of(top2, left2, lines, across, height, width);
        int window3 = TapWindow.of(top3, left3, lines, across, height, width);
        int window4 = TapWindow.of(top4, left4, lines, across, height, width);
        int window5 = TapWindow.of(top5, left5, lines, across, height, width);
        int window6 = TapWindow.of(top6, left6, lines, across, height, width);
        int window7 = TapWindow.of(top7, left7, lines, across, height, width);
        int wStart0 = Math.min((firstOutput >> 3) + (item >> 6) + 0, lastBlock) * (lastStep + 1) * 64 + (item & 63);
        int wStart1 = Math.min((firstOutput >> 3) + (item >> 6) + 2, lastBlock) * (lastStep + 1) * 64 + (item & 63);
        int wStart2 = Math.min((firstOutput >> 3) + (item >> 6) + 4, lastBlock) * (lastStep + 1) * 64 + (item & 63);
        int wStart3 = Math.min((firstOutput >> 3) + (item >> 6) + 6, lastBlock) * (lastStep + 1) * 64 + (item & 63);
        int wStart4 = Math.min((firstOutput >> 3) + (item >> 6) + 8, lastBlock) * (lastStep + 1) * 64 + (item & 63);
        // the first step's numbers into local memory, the second's into registers
        int part = 0;
        int right = 0;
        int down = 0;
        int from = (down * width + right) * depth + part * 8;
        int inside0 = window0 >> down & window0 >> 16 + right & 1;
        int inside1 = window1 >> down & window1 >> 16 + right & 1;
        int inside2 = window2 >> down & window2 >> 16 + right & 1;
        int inside3 = window3 >> down & window3 >> 16 + right & 1;
        int inside4 = window4 >> down & window4 >> 16 + right & 1;
        int inside5 = window5 >> down & window5 >> 16 + right & 1;
        int inside6 = window6 >> down & window6 >> 16 + right & 1;
        int inside7 = window7 >> down & window7 >> 16 + right & 1;
        long xLoaded0 = x.get((xStart0 + from) * inside0);
        long xLoaded1 = x.get((xStart1 + from) * inside1);
        long xLoaded2 = x.get((xStart2 + from) * inside2);
        long xLoaded3 = x.get((xStart3 + from) * inside3);
        long xLoaded4 = x.get((xStart4 + from) * inside4);
        long xLoaded5 = x.get((xStart5 + from) * inside5);
        long xLoaded6 = x.get((xStart6 + from) * inside6);
        long xLoaded7 = x.get((xStart7 + from) * inside7);
        long wLoaded0 = w.get(wStart0);
        long wLoaded1 = w.get(wStart1);
        long wLoaded2 = w.get(wStart2);
        long wLoaded3 = w.get(wStart3);
        long wLoaded4 = w.get(wStart4);
        tileLongs[xTo + 0] = xLoaded0 & -(long) inside0;
        tileLongs[xTo + 128] = xLoaded1 & -(long) inside1;
        tileLongs[xTo + 256] = xLoaded2 & -(long) inside2;
        tileLongs[xTo + 384] = xLoaded3 & -(long) inside3;
        tileLongs[xTo + 512] = xLoaded4 & -(long) inside4;
        tileLongs[xTo + 640] = xLoaded5 & -(long) inside5;
        tileLongs[xTo + 768] = xLoaded6 & -(long) inside6;
        tileLongs[xTo + 896] = xLoaded7 & -(long) inside7;
        tileLongs[wTo + 0] = wLoaded0;
        tileLongs[wTo + 128] = wLoaded1;
        tileLongs[wTo + 256] = wLoaded2;
        tileLongs[wTo + 384] = wLoaded3;
        tileLongs[wTo + 512] = wLoaded4;
        // the next channels, tap, line of taps: without branches, which fragments would not survive
        int over = (part + 1 - stepsOfTap >> 31) + 1;
        part = part + 1 & over - 1;
        right = right + over;
        over = (right - across >> 31) + 1;
        right = right & over - 1;
        down = down + over;
        from = (down * width + right) * depth + part * 8;
        inside0 = window0 >> down & window0 >> 16 + right & 1;
        inside1 = window1 >> down & window1 >> 16 + right & 1;
        inside2 = window2 >> down & window2 >> 16 + right & 1;
        inside3 = window3 >> down & window3 >> 16 + right & 1;
        inside4 = window4 >> down & window4 >> 16 + right & 1;
        inside5 = window5 >> down & window5 >> 16 + right & 1;
        inside6 = window6 >> down & window6 >> 16 + right & 1;
        inside7 = window7 >> down & window7 >> 16 + right & 1;
        xLoaded0 = x.get((xStart0 + from) * inside0);
        xLoaded1 = x.get((xStart1 + from) * inside1);
        xLoaded2 = x.get((xStart2 + from) * inside2);
        xLoaded3 = x.get((xStart3 + from) * inside3);
        xLoaded4 = x.get((xStart4 + from) * inside4);
        xLoaded5 = x.get((xStart5 + from) * inside5);
        xLoaded6 = x.get((xStart6 + from) * inside6);
        xLoaded7 = x.get((xStart7 + from) * inside7);
        wLoaded0 = w.get(wStart0 + Math.min(1, lastStep) * 64);
        wLoaded1 = w.get(wStart1 + Math.min(1, lastStep) * 64);
        wLoaded2 = w.get(wStart2 + Math.min(1, lastStep) * 64);
        wLoaded3 = w.get(wStart3 + Math.min(1, lastStep) * 64);
        wLoaded4 = w.get(wStart4 + Math.min(1, lastStep) * 64);
        context.localBarrier();
        int warp = item >> 5;
        int lane = item & 31;
        int inner = lane & 7;
        int group = lane >> 3;
        int warpRow = (warp >> 1) * 64;
        int warpColumn = (warp & 1) * 40;
        int low = (group & 1) * 8 + inner;
        int high = group >> 1;
        int swizzle = (high ^ (inner >> 1 & 3)) << 4;
        int a = (warpRow + low) * 64 - low * 32 - high * 16;
        int b = 8192 + warpColumn * 64;
        float[] sum00 = context.mmaFragment(0f);
        float[] sum01 = context.mmaFragment(0f);
        float[] sum02 = context.mmaFragment(0f);
        float[] sum03 = context.mmaFragment(0f);
        float[] sum04 = context.mmaFragment(0f);
        float[] sum10 = context.mmaFragment(0f);
        float[] sum11 = context.mmaFragment(0f);
        float[] sum12 = context.mmaFragment(0f);
        float[] sum13 = context.mmaFragment(0f);
        float[] sum14 = context.mmaFragment(0f);
        float[] sum20 = context.mmaFragment(0f);
        float[] sum21 = context.mmaFragment(0f);
        float[] sum22 = context.mmaFragment(0f);
        float[] sum23 = context.mmaFragment(0f);
        float[] sum24 = context.mmaFragment(0f);
        float[] sum30 = context.mmaFragment(0f);
        float[] sum31 = context.mmaFragment(0f);
        float[] sum32 = context.mmaFragment(0f);
        float[] sum33 = context.mmaFragment(0f);
        float[] sum34 = context.mmaFragment(0f);
        for (int k = 0; k <= lastStep; k++) {
            int read = (k & 1) * (8 * STAGE);
            int write = (k + 1 & 1) * STAGE;
            int step = Math.min(k + 2, lastStep);
            HalfFloat[] a00 = context.mmaLoadA(tiles, 16, read + a + swizzle + 0);
            HalfFloat[] a01 = context.mmaLoadA(tiles, 16, read + a + swizzle + 1024);
            HalfFloat[] a02 = context.mmaLoadA(tiles, 16, read + a + swizzle + 2048);
            HalfFloat[] a03 = context.mmaLoadA(tiles, 16, read + a + swizzle + 3072);
            HalfFloat[] b00 = context.mmaLoadB(tiles, 16, read + b + 0);
            HalfFloat[] b01 = context.mmaLoadB(tiles, 16, read + b + 512);
            sum00 = context.mma(a00, b00, sum00, MMAShape.M16N8K16);
            sum10 = context.mma(a01, b00, sum10, MMAShape.M16N8K16);
            sum20 = context.mma(a02, b00, sum20, MMAShape.M16N8K16);
            sum30 = context.mma(a03, b00, sum30, MMAShape.M16N8K16);
            HalfFloat[] b02 = context.mmaLoadB(tiles, 16, read + b + 1024);
            tileLongs[xTo + write + 0] = xLoaded0 & -(long) inside0;
            tileLongs[xTo + write + 128] = xLoaded1 & -(long) inside1;
            tileLongs[xTo + write + 256] = xLoaded2 & -(long) inside2;
            tileLongs[xTo + write + 384] = xLoaded3 & -(long) inside3;
            tileLongs[xTo + write + 512] = xLoaded4 & -(long) inside4;
            tileLongs[xTo + write + 640] = xLoaded5 & -(long) inside5;
            tileLongs[xTo + write + 768] = xLoaded6 & -(long) inside6;
            tileLongs[xTo + write + 896] = xLoaded7 & -(long) inside7;
            tileLongs[wTo + write + 0] = wLoaded0;
            tileLongs[wTo + write + 128] = wLoaded1;
            tileLongs[wTo + write + 256] = wLoaded2;
            tileLongs[wTo + write + 384] = wLoaded3;
            tileLongs[wTo + write + 512] = wLoaded4;
            over = (part + 1 - stepsOfTap >> 31) + 1;
            part = part + 1 & over - 1;
            right = right + over;
            over = (right - across >> 31) + 1;
            right = right & over - 1;
            down = down + over;
            from = (down * width + right) * depth + part * 8;
            inside0 = window0 >> down & window0 >> 16 + right & 1;
            inside1 = window1 >> down & window1 >> 16 + right & 1;
            inside2 = window2 >> down & window2 >> 16 + right & 1;
            inside3 = window3 >> down & window3 >> 16 + right & 1;
            inside4 = window4 >> down & window4 >> 16 + right & 1;
            inside5 = window5 >> down & window5 >> 16 + right & 1;
            inside6 = window6 >> down & window6 >> 16 + right & 1;
            inside7 = window7 >> down & window7 >> 16 + right & 1;
            sum01 = context.mma(a00, b01, sum01, MMAShape.M16N8K16);
            sum11 = context.mma(a01, b01, sum11, MMAShape.M16N8K16);
            sum21 = context.mma(a02, b01, sum21, MMAShape.M16N8K16);
            sum31 = context.mma(a03, b01, sum31, MMAShape.M16N8K16);
            HalfFloat[] b03 = context.mmaLoadB(tiles, 16, read + b + 1536);
            sum02 = context.mma(a00, b02, sum02, MMAShape.M16N8K16);
            sum12 = context.mma(a01, b02, sum12, MMAShape.M16N8K16);
            sum22 = context.mma(a02, b02, sum22, MMAShape.M16N8K16);
            sum32 = context.mma(a03, b02, sum32, MMAShape.M16N8K16);
            HalfFloat[] b04 = context.mmaLoadB(tiles, 16, read + b + 2048);
            xLoaded0 = x.get((xStart0 + from) * inside0);
            xLoaded1 = x.get((xStart1 + from) * inside1);
            xLoaded2 = x.get((xStart2 + from) * inside2);
            xLoaded3 = x.get((xStart3 + from) * inside3);
            xLoaded4 = x.get((xStart4 + from) * inside4);
            xLoaded5 = x.get((xStart5 + from) * inside5);
            xLoaded6 = x.get((xStart6 + from) * inside6);
            xLoaded7 = x.get((xStart7 + from) * inside7);
            sum03 = context.mma(a00, b03, sum03, MMAShape.M16N8K16);
            sum13 = context.mma(a01, b03, sum13, MMAShape.M16N8K16);
            sum23 = context.mma(a02, b03, sum23, MMAShape.M16N8K16);
            sum33 = context.mma(a03, b03, sum33, MMAShape.M16N8K16);
            sum04 = context.mma(a00, b04, sum04, MMAShape.M16N8K16);
            sum14 = context.mma(a01, b04, sum14, MMAShape.M16N8K16);
            sum24 = context.mma(a02, b04, sum24, MMAShape.M16N8K16);
            sum34 = context.mma(a03, b04, sum34, MMAShape.M16N8K16);
            HalfFloat[] a10 = context.mmaLoadA(tiles, 16, read + a + (swizzle ^ 32) + 0);
            HalfFloat[] a11 = context.mmaLoadA(tiles, 16, read + a + (swizzle ^ 32) + 1024);
            HalfFloat[] a12 = context.mmaLoadA(tiles, 16, read + a + (swizzle ^ 32) + 2048);
            HalfFloat[] a13 = context.mmaLoadA(tiles, 16, read + a + (swizzle ^ 32) + 3072);
            HalfFloat[] b10 = context.mmaLoadB(tiles, 16, read + b + 256);
            HalfFloat[] b11 = context.mmaLoadB(tiles, 16, read + b + 768);
            sum00 = context.mma(a10, b10, sum00, MMAShape.M16N8K16);
            sum10 = context.mma(a11, b10, sum10, MMAShape.M16N8K16);
            sum20 = context.mma(a12, b10, sum20, MMAShape.M16N8K16);
            sum30 = context.mma(a13, b10, sum30, MMAShape.M16N8K16);
            HalfFloat[] b12 = context.mmaLoadB(tiles, 16, read + b + 1280);
            wLoaded0 = w.get(wStart0 + step * 64);
            wLoaded1 = w.get(wStart1 + step * 64);
            wLoaded2 = w.get(wStart2 + step * 64);
            wLoaded3 = w.get(wStart3 + step * 64);
            wLoaded4 = w.get(wStart4 + step * 64);
            sum01 = context.mma(a10, b11, sum01, MMAShape.M16N8K16);
            sum11 = context.mma(a11, b11, sum11, MMAShape.M16N8K16);
            sum21 = context.mma(a12, b11, sum21, MMAShape.M16N8K16);
            sum31 = context.mma(a13, b11, sum31, MMAShape.M16N8K16);
            HalfFloat[] b13 = context.mmaLoadB(tiles, 16, read + b + 1792);
            sum02 = context.mma(a10, b12, sum02, MMAShape.M16N8K16);
            sum12 = context.mma(a11, b12, sum12, MMAShape.M16N8K16);
            sum22 = context.mma(a12, b12, sum22, MMAShape.M16N8K16);
            sum32 = context.mma(a13, b12, sum32, MMAShape.M16N8K16);
            HalfFloat[] b14 = context.mmaLoadB(tiles, 16, read + b + 2304);
            sum03 = context.mma(a10, b13, sum03, MMAShape.M16N8K16);
            sum13 = context.mma(a11, b13, sum13, MMAShape.M16N8K16);
            sum23 = context.mma(a12, b13, sum23, MMAShape.M16N8K16);
            sum33 = context.mma(a13, b13, sum33, MMAShape.M16N8K16);
            sum04 = context.mma(a10, b14, sum04, MMAShape.M16N8K16);
            sum14 = context.mma(a11, b14, sum14, MMAShape.M16N8K16);
            sum24 = context.mma(a12, b14, sum24, MMAShape.M16N8K16);
            sum34 = context.mma(a13, b14, sum34, MMAShape.M16N8K16);
            context.localBarrier();
        }
        // bias, residual, store: sixteen pixels of a warp at a time
        FloatArray sums = (FloatArray) (Object) sumFloats;
        int mine = warp * 16;
        // a lane has two neighbours of every eight outputs, of a row and of that eight below
        int n = firstOutput + warpColumn + 2 * (lane & 3);
        float bias0 = bias(bias, n, outputs);
        float nextBias0 = bias(bias, n + 1, outputs);
        float bias1 = bias(bias, n + 8, outputs);
        float nextBias1 = bias(bias, n + 9, outputs);
        float bias2 = bias(bias, n + 16, outputs);
        float nextBias2 = bias(bias, n + 17, outputs);
        float bias3 = bias(bias, n + 24, outputs);
        float nextBias3 = bias(bias, n + 25, outputs);
        float bias4 = bias(bias, n + 32, outputs);
        float nextBias4 = bias(bias, n + 33, outputs);
        int pitch = dims.get(TensorCoreConvolutionDims.Y_CHANNELS);
        int shift = dims.get(TensorCoreConvolutionDims.HEADER_SHIFT);
        int sumAt = Fragments.HEADER + (mine + (lane >> 2)) * PITCH + 2 * (lane & 3);
        context.mmaStore(sum00, sums, mine, 0, PITCH);
        context.mmaStore(sum01, sums, mine, 8, PITCH);
        context.mmaStore(sum02, sums, mine, 16, PITCH);
        context.mmaStore(sum03, sums, mine, 24, PITCH);
        context.mmaStore(sum04, sums, mine, 32, PITCH);
        context.localBarrier();
        for (int below = 0; below < 2; below++) {
            int m = firstPixel + warpRow + 0 + (lane >> 2) + 8 * below;
            int there = m > last ? 0 : outputs - n;
            int at = sumAt + 8 * PITCH * below;
            int row = dims.get(TensorCoreConvolutionDims.RESIDUAL_OFFSET) + Math.min(m, last) * outputs;
            int to = dims.get(TensorCoreConvolutionDims.Y_OFFSET) + m * pitch + n;
            float first0 = sumFloats[at] + bias0 + residual(residual, spec, shift, row, n, outputs, 0);
            float second0 = sumFloats[at + 1] + nextBias0 + residual(residual, spec, shift, row, n, outputs, 1);
            float first1 = sumFloats[at + 8] + bias1 + residual(residual, spec, shift, row, n + 8, outputs, 0);
            float second1 = sumFloats[at + 9] + nextBias1 + residual(residual, spec, shift, row, n + 8, outputs, 1);
            float first2 = sumFloats[at + 16] + bias2 + residual(residual, spec, shift, row, n + 16, outputs, 0);
            float second2 = sumFloats[at + 17] + nextBias2 + residual(residual, spec, shift, row, n + 16, outputs, 1);
            float first3 = sumFloats[at + 24] + bias3 + residual(residual, spec, shift, row, n + 24, outputs, 0);
            float second3 = sumFloats[at + 25] + nextBias3 + residual(residual, spec, shift, row, n + 24, outputs, 1);
            float first4 = sumFloats[at + 32] + bias4 + residual(residual, spec, shift, row, n + 32, outputs, 0);
            float second4 = sumFloats[at + 33] + nextBias4 + residual(residual, spec, shift, row, n + 32, outputs, 1);
            put(y, spec, shift, to, there, first0, second0);
            put(y, spec, shift, to + 8, there - 8, first1, second1);
            put(y, spec, shift, to + 16, there - 16, first2, second2);
            put(y, spec, shift, to + 24, there - 24, first3, second3);
            put(y, spec, shift, to + 32, there - 32, first4, second4);
        }
        context.localBarrier();
        context.mmaStore(sum10, sums, mine, 0, PITCH);
        context.mmaStore(sum11, sums, mine, 8, PITCH);
        context.mmaStore(sum12, sums, mine, 16, PITCH);
        context.mmaStore(sum13, sums, mine, 24, PITCH);
        context.mmaStore(sum14, sums, mine, 32, PITCH);
        context.localBarrier();
        for (int below = 0; below < 2; below++) {
            int m = firstPixel + warpRow + 16 + (lane >> 2) + 8 * below;
            int there = m > last ? 0 : outputs - n;
            int at = sumAt + 8 * PITCH * below;
            int row = dims.get(TensorCoreConvolutionDims.RESIDUAL_OFFSET) + Math.min(m, last) * outputs;
            int to = dims.get(TensorCoreConvolutionDims.Y_OFFSET) + m * pitch + n;
            float first0 = sumFloats[at] + bias0 + residual(residual, spec, shift, row, n, outputs, 0);
            float second0 = sumFloats[at + 1] + nextBias0 + residual(residual, spec, shift, row, n, outputs, 1);
            float first1 = sumFloats[at + 8] + bias1 + residual(residual, spec, shift, row, n + 8, outputs, 0);
            float second1 = sumFloats[at + 9] + nextBias1 + residual(residual, spec, shift, row, n + 8, outputs, 1);
            float first2 = sumFloats[at + 16] + bias2 + residual(residual, spec, shift, row, n + 16, outputs, 0);
            float second2 = sumFloats[at + 17] + nextBias2 + residual(residual, spec, shift, row, n + 16, outputs, 1);
            float first3 = sumFloats[at + 24] + bias3 + residual(residual, spec, shift, row, n + 24, outputs, 0);
            float second3 = sumFloats[at + 25] + nextBias3 + residual(residual, spec, shift, row, n + 24, outputs, 1);
            float first4 = sumFloats[at + 32] + bias4 + residual(residual, spec, shift, row, n + 32, outputs, 0);
            float second4 = sumFloats[at + 33] + nextBias4 + residual(residual, spec, shift, row, n + 32, outputs, 1);
            put(y, spec, shift, to, there, first0, second0);
            put(y, spec, shift, to + 8, there - 8, first1, second1);
            put(y, spec, shift, to + 16, there - 16, first2, second2);
            put(y, spec, shift, to + 24, there - 24, first3, second3);
            put(y, spec, shift, to + 32, there - 32, first4, second4);
        }
        context.localBarrier();
        context.mmaStore(sum20, sums, mine, 0, PITCH);
        context.mmaStore(sum21, sums, mine, 8, PITCH);
        context.mmaStore(sum22, sums, mine, 16, PITCH);
        context.mmaStore(sum23, sums, mine, 24, PITCH);
        context.mmaStore(sum24, sums, mine, 32, PITCH);
        context.localBarrier();
        for (int below = 0; below < 2; below++) {
            int m = firstPixel + warpRow + 32 + (lane >> 2) + 8 * below;
            int there = m > last ? 0 : outputs - n;
            int at = sumAt + 8 * PITCH * below;
            int row = dims.get(TensorCoreConvolutionDims.RESIDUAL_OFFSET) + Math.min(m, last) * outputs;
            int to = dims.get(TensorCoreConvolutionDims.Y_OFFSET) + m * pitch + n;
            float first0 = sumFloats[at] + bias0 + residual(residual, spec, shift, row, n, outputs, 0);
            float second0 = sumFloats[at + 1] + nextBias0 + residual(residual, spec, shift, row, n, outputs, 1);
            float first1 = sumFloats[at + 8] + bias1 + residual(residual, spec, shift, row, n + 8, outputs, 0);
            float second1 = sumFloats[at + 9] + nextBias1 + residual(residual, spec, shift, row, n + 8, outputs, 1);
            float first2 = sumFloats[at + 16] + bias2 + residual(residual, spec, shift, row, n + 16, outputs, 0);
            float second2 = sumFloats[at + 17] + nextBias2 + residual(residual, spec, shift, row, n + 16, outputs, 1);
            float first3 = sumFloats[at + 24] + bias3 + residual(residual, spec, shift, row, n + 24, outputs, 0);
            float second3 = sumFloats[at + 25] + nextBias3 + residual(residual, spec, shift, row, n + 24, outputs, 1);
            float first4 = sumFloats[at + 32] + bias4 + residual(residual, spec, shift, row, n + 32, outputs, 0);
            float second4 = sumFloats[at + 33] + nextBias4 + residual(residual, spec, shift, row, n + 32, outputs, 1);
            put(y, spec, shift, to, there, first0, second0);
            put(y, spec, shift, to + 8, there - 8, first1, second1);
            put(y, spec, shift, to + 16, there - 16, first2, second2);
            put(y, spec, shift, to + 24, there - 24, first3, second3);
            put(y, spec, shift, to + 32, there - 32, first4, second4);
        }
        context.localBarrier();
        context.mmaStore(sum30, sums, mine, 0, PITCH);
        context.mmaStore(sum31, sums, mine, 8, PITCH);
        context.mmaStore(sum32, sums, mine, 16, PITCH);
        context.mmaStore(sum33, sums, mine, 24, PITCH);
        context.mmaStore(sum34, sums, mine, 32, PITCH);
        context.localBarrier();
        for (int below = 0; below < 2; below++) {
            int m = firstPixel + warpRow + 48 + (lane >> 2) + 8 * below;
            int there = m > last ? 0 : outputs - n;
            int at = sumAt + 8 * PITCH * below;
            int row = dims.get(TensorCoreConvolutionDims.RESIDUAL_OFFSET) + Math.min(m, last) * outputs;
            int to = dims.get(TensorCoreConvolutionDims.Y_OFFSET) + m * pitch + n;
            float first0 = sumFloats[at] + bias0 + residual(residual, spec, shift, row, n, outputs, 0);
            float second0 = sumFloats[at + 1] + nextBias0 + residual(residual, spec, shift, row, n, outputs, 1);
            float first1 = sumFloats[at + 8] + bias1 + residual(residual, spec, shift, row, n + 8, outputs, 0);
            float second1 = sumFloats[at + 9] + nextBias1 + residual(residual, spec, shift, row, n + 8, outputs, 1);
            float first2 = sumFloats[at + 16] + bias2 + residual(residual, spec, shift, row, n + 16, outputs, 0);
            float second2 = sumFloats[at + 17] + nextBias2 + residual(residual, spec, shift, row, n + 16, outputs, 1);
            float first3 = sumFloats[at + 24] + bias3 + residual(residual, spec, shift, row, n + 24, outputs, 0);
            float second3 = sumFloats[at + 25] + nextBias3 + residual(residual, spec, shift, row, n + 24, outputs, 1);
            float first4 = sumFloats[at + 32] + bias4 + residual(residual, spec, shift, row, n + 32, outputs, 0);
            float second4 = sumFloats[at + 33] + nextBias4 + residual(residual, spec, shift, row, n + 32, outputs, 1);
            put(y, spec, shift, to, there, first0, second0);
            put(y, spec, shift, to + 8, there - 8, first1, second1);
            put(y, spec, shift, to + 16, there - 16, first2, second2);
            put(y, spec, shift, to + 24, there - 24, first3, second3);
            put(y, spec, shift, to + 32, there - 32, first4, second4);
        }
    }
}
