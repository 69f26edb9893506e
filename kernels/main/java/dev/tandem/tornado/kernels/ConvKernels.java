package dev.tandem.tornado.kernels;

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
public final class ConvKernels {
    /** Side of the tile. */
    public static final int TILE = 64;

    public static final int SIDE = 16;

    /** Epilogues. */
    public static final int STORE = 0;

    public static final int RESIDUAL = 1;
    public static final int PHI = 2;
    public static final int RELU = 3;

    private ConvKernels() {}

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
                    value = value + Stored.load(spec >> 4 & 1, rf, rh, d.get(15) + m * outputs + n);
                }
                if (epilogue == 3) {
                    value = Math.max(value, 0f);
                }
                Stored.store(spec >> 3 & 1, yf, yh, at, value);
            }
        }
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
        int rows = d.get(0);
        int outputs = d.get(1);
        int inputs = d.get(2);
        int height = d.get(3);
        int width = d.get(4);
        int outWidth = d.get(6);
        int plane = d.get(5) * outWidth;
        int taps = d.get(7);
        int tapsAcross = d.get(8);
        int stride = d.get(9);
        int zoom = d.get(10);
        int x = d.get(13);
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
        for (int tap = 0; tap < taps; tap++) {
            int dy = tap / tapsAcross - d.get(11);
            int dx = tap % tapsAcross - d.get(12);
            for (int k0 = 0; k0 < inputs; k0 += 16) {
                int k = k0 + tx;
                for (int i = 0; i < 4; i++) {
                    int m = m0 + ty + 16 * i;
                    int n = n0 + ty + 16 * i;
                    float av = 0f;
                    float bv = 0f;
                    if (k < inputs) {
                        if (m < rows) {
                            int picture = m / plane;
                            int pixel = m % plane;
                            int py = pixel / outWidth * stride + dy;
                            int px = pixel % outWidth * stride + dx;
                            if (py >= 0 && px >= 0 && py < height << zoom && px < width << zoom) {
                                int at = (picture * height + (py >> zoom)) * width + (px >> zoom);
                                av = Stored.load(spec & 1, xf, xh, x + at * inputs + k);
                            }
                        }
                        if (n < outputs) {
                            bv = Stored.weight(spec >> 1 & 3, wf, wh, wb, (n * taps + tap) * inputs + k);
                        }
                    }
                    a[tx * 65 + ty + 16 * i] = av;
                    b[tx * 65 + ty + 16 * i] = bv;
                }
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
