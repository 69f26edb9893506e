package dev.tandem.tornado.convolution;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.Int8Array;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Convolution as a product of matrices whose left one is never built: a row is a pixel of the output, a column a tap and
 * a channel of the input. Weights are [outputs, taps, inputs].
 *
 * <p>{@code d}: rows (pixels of all pictures), outputs, inputs, height and width of the input, of the output, taps, taps
 * of a line, stride, zoom (0, or 1 for an input enlarged twofold), padding above and left, offsets of x, y and residual,
 * channels of y.
 */
public final class ConvolutionKernels {
    /** Side of the tile. */
    public static final int TILE = 64;

    public static final int SIDE = 16;

    /** Epilogues. */
    public static final int STORE = 0;

    public static final int RESIDUAL = 1;
    public static final int PHI = 2;
    public static final int RELU = 3;

    private ConvolutionKernels() {}

    /** The one scalar: element types, epilogue. */
    public static int spec(int xHalf, int weightType, int yHalf, int residualHalf, int epilogue) {
        return xHalf | weightType << 1 | yHalf << 3 | residualHalf << 4 | epilogue << 5;
    }

    private static void finish(
            IntArray d,
            FloatArray xf,
            FloatArray scale,
            FloatArray bias,
            FloatArray rf,
            HalfFloatArray rh,
            FloatArray yf,
            HalfFloatArray yh,
            FloatArray ratio,
            int spec,
            int m,
            int n,
            float sum) {
        int outputs = d.get(1);
        if (m < d.get(0) && n < outputs) {
            float value = sum;
            if ((spec >> 1 & 3) == 2) {
                value = value * scale.get(n);
            }
            value = value + bias.get(n);
            int at = d.get(14) + m * d.get(16) + n;
            int epilogue = spec >> 5 & 3;
            if (epilogue == 2) {
                float x = xf.get(d.get(13) + m * outputs + n);
                float r = ratio.get(0);
                yf.set(at, yf.get(at) + (1f - r) * x + r * value);
            } else {
                if (epilogue == 1) {
                    value = value + Elements.load(spec >> 4 & 1, rf, rh, d.get(15) + m * outputs + n);
                }
                if (epilogue == 3) {
                    value = Math.max(value, 0f);
                }
                Elements.store(spec >> 3 & 1, yf, yh, at, value);
            }
        }
    }

    /** Line of the (enlarged) input where the window of output pixel m begins; far outside where there is no such pixel. */
    private static int pixelY(IntArray d, int m) {
        int y = m / d.get(6) % d.get(5) * d.get(9) - d.get(11);
        if (m >= d.get(0)) {
            y = -1000000;
        }
        return y;
    }

    private static int pixelX(IntArray d, int m) {
        return m % d.get(6) * d.get(9) - d.get(12);
    }

    /** Where a pixel of the (enlarged) input lies, or −1. */
    private static int place(IntArray d, int picture, int y, int x) {
        int at = -1;
        if (y >= 0 && x >= 0 && y < d.get(3) << d.get(10) && x < d.get(4) << d.get(10)) {
            at = d.get(13) + ((picture * d.get(3) + (y >> d.get(10))) * d.get(4) + (x >> d.get(10))) * d.get(2);
        }
        return at;
    }

    /** A group of 16×16 makes 64 pixels by 64 outputs. */
    public static void convolve(
            KernelContext c,
            IntArray d,
            FloatArray xf,
            HalfFloatArray xh,
            FloatArray wf,
            HalfFloatArray wh,
            Int8Array wb,
            FloatArray scale,
            FloatArray bias,
            FloatArray rf,
            HalfFloatArray rh,
            FloatArray yf,
            HalfFloatArray yh,
            FloatArray ratio,
            int spec) {
        float[] a = c.allocateFloatLocalArray(1040);
        float[] b = c.allocateFloatLocalArray(1040);
        int tx = c.localIdx;
        int ty = c.localIdy;
        int n0 = c.groupIdx * 64;
        int m0 = c.groupIdy * 64;
        int outputs = d.get(1);
        int inputs = d.get(2);
        int plane = d.get(5) * d.get(6);
        int taps = d.get(7);
        int tapsAcross = d.get(8);
        float s00 = 0f;
        float s01 = 0f;
        float s02 = 0f;
        float s03 = 0f;
        float s10 = 0f;
        float s11 = 0f;
        float s12 = 0f;
        float s13 = 0f;
        float s20 = 0f;
        float s21 = 0f;
        float s22 = 0f;
        float s23 = 0f;
        float s30 = 0f;
        float s31 = 0f;
        float s32 = 0f;
        float s33 = 0f;
        // where this work-item's four pixels begin in a line of the input, and in which picture
        int u0 = pixelY(d, m0 + ty);
        int u1 = pixelY(d, m0 + ty + 16);
        int u2 = pixelY(d, m0 + ty + 32);
        int u3 = pixelY(d, m0 + ty + 48);
        int v0 = pixelX(d, m0 + ty);
        int v1 = pixelX(d, m0 + ty + 16);
        int v2 = pixelX(d, m0 + ty + 32);
        int v3 = pixelX(d, m0 + ty + 48);
        int p0 = (m0 + ty) / plane;
        int p1 = (m0 + ty + 16) / plane;
        int p2 = (m0 + ty + 32) / plane;
        int p3 = (m0 + ty + 48) / plane;
        int w = (n0 + ty) * taps * inputs;
        int w16 = 16 * taps * inputs;
        for (int tap = 0; tap < taps; tap++) {
            int dy = tap / tapsAcross;
            int dx = tap % tapsAcross;
            int r0 = place(d, p0, u0 + dy, v0 + dx);
            int r1 = place(d, p1, u1 + dy, v1 + dx);
            int r2 = place(d, p2, u2 + dy, v2 + dx);
            int r3 = place(d, p3, u3 + dy, v3 + dx);
            for (int k0 = 0; k0 < inputs; k0 += 16) {
                int k = k0 + tx;
                float av0 = 0f;
                float av1 = 0f;
                float av2 = 0f;
                float av3 = 0f;
                float bv0 = 0f;
                float bv1 = 0f;
                float bv2 = 0f;
                float bv3 = 0f;
                if (k < inputs) {
                    if (r0 >= 0) {
                        av0 = Elements.load(spec & 1, xf, xh, r0 + k);
                    }
                    if (r1 >= 0) {
                        av1 = Elements.load(spec & 1, xf, xh, r1 + k);
                    }
                    if (r2 >= 0) {
                        av2 = Elements.load(spec & 1, xf, xh, r2 + k);
                    }
                    if (r3 >= 0) {
                        av3 = Elements.load(spec & 1, xf, xh, r3 + k);
                    }
                    int at = w + tap * inputs + k;
                    if (n0 + ty < outputs) {
                        bv0 = Elements.weight(spec >> 1 & 3, wf, wh, wb, at);
                    }
                    if (n0 + ty + 16 < outputs) {
                        bv1 = Elements.weight(spec >> 1 & 3, wf, wh, wb, at + w16);
                    }
                    if (n0 + ty + 32 < outputs) {
                        bv2 = Elements.weight(spec >> 1 & 3, wf, wh, wb, at + 2 * w16);
                    }
                    if (n0 + ty + 48 < outputs) {
                        bv3 = Elements.weight(spec >> 1 & 3, wf, wh, wb, at + 3 * w16);
                    }
                }
                a[tx * 65 + ty] = av0;
                a[tx * 65 + ty + 16] = av1;
                a[tx * 65 + ty + 32] = av2;
                a[tx * 65 + ty + 48] = av3;
                b[tx * 65 + ty] = bv0;
                b[tx * 65 + ty + 16] = bv1;
                b[tx * 65 + ty + 32] = bv2;
                b[tx * 65 + ty + 48] = bv3;
                c.localBarrier();
                for (int j = 0; j < 16; j++) {
                    float a0 = a[j * 65 + ty];
                    float a1 = a[j * 65 + ty + 16];
                    float a2 = a[j * 65 + ty + 32];
                    float a3 = a[j * 65 + ty + 48];
                    float b0 = b[j * 65 + tx];
                    float b1 = b[j * 65 + tx + 16];
                    float b2 = b[j * 65 + tx + 32];
                    float b3 = b[j * 65 + tx + 48];
                    s00 += a0 * b0;
                    s01 += a0 * b1;
                    s02 += a0 * b2;
                    s03 += a0 * b3;
                    s10 += a1 * b0;
                    s11 += a1 * b1;
                    s12 += a1 * b2;
                    s13 += a1 * b3;
                    s20 += a2 * b0;
                    s21 += a2 * b1;
                    s22 += a2 * b2;
                    s23 += a2 * b3;
                    s30 += a3 * b0;
                    s31 += a3 * b1;
                    s32 += a3 * b2;
                    s33 += a3 * b3;
                }
                c.localBarrier();
            }
        }
        int m = m0 + ty;
        int n = n0 + tx;
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m, n, s00);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m, n + 16, s01);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m, n + 32, s02);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m, n + 48, s03);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m + 16, n, s10);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m + 16, n + 16, s11);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m + 16, n + 32, s12);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m + 16, n + 48, s13);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m + 32, n, s20);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m + 32, n + 16, s21);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m + 32, n + 32, s22);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m + 32, n + 48, s23);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m + 48, n, s30);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m + 48, n + 16, s31);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m + 48, n + 32, s32);
        finish(d, xf, scale, bias, rf, rh, yf, yh, ratio, spec, m + 48, n + 48, s33);
    }
}
