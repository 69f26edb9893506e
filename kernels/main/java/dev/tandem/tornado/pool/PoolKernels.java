package dev.tandem.tornado.pool;

import dev.tandem.tornado.element.Elements;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Pooling. */
public final class PoolKernels {
    /** The largest value; the mean of what lies in the map; the mean with zeros around it. */
    public static final int MAX = 0;

    public static final int MEAN = 1;
    public static final int PADDED_MEAN = 2;

    private PoolKernels() {}

    /**
     * One work-item per pixel and channel.
     *
     * @param d elements written, channels, height and width of x, of out, of the window, stride, padding above and left,
     *     channels of out, offsets of x and out
     */
    public static void pool(
            KernelContext c,
            IntArray d,
            FloatArray xf,
            HalfFloatArray xh,
            FloatArray outF,
            HalfFloatArray outH,
            int xHalf,
            int outHalf,
            int mode) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            int channels = d.get(1);
            int channel = i % channels;
            int pixel = i / channels;
            int column = pixel % d.get(5);
            int row = pixel / d.get(5) % d.get(4);
            int picture = pixel / d.get(5) / d.get(4);
            int top = row * d.get(8) - d.get(9);
            int left = column * d.get(8) - d.get(10);
            int bottom = Math.min(top + d.get(6), d.get(2));
            int right = Math.min(left + d.get(7), d.get(3));
            float max = -3e38f;
            float sum = 0f;
            int count = 0;
            for (int y = Math.max(top, 0); y < bottom; y++) {
                for (int x = Math.max(left, 0); x < right; x++) {
                    int at = ((picture * d.get(2) + y) * d.get(3) + x) * channels + channel;
                    float v = Elements.load(xHalf, xf, xh, d.get(12) + at);
                    max = Math.max(max, v);
                    sum += v;
                    count++;
                }
            }
            float value = max;
            if (mode == 1) {
                value = sum / count;
            }
            if (mode == 2) {
                value = sum / (d.get(6) * d.get(7));
            }
            Elements.store(outHalf, outF, outH, d.get(13) + pixel * d.get(11) + channel, value);
        }
    }

    /** One work-item per picture and channel: d is elements of out, pixels, channels, offsets of x and out. */
    public static void globalMean(
            KernelContext c, IntArray d, FloatArray xf, HalfFloatArray xh, FloatArray out, int xHalf) {
        int i = c.globalIdx;
        if (i < d.get(0)) {
            int pixels = d.get(1);
            int channels = d.get(2);
            int from = d.get(3) + i / channels * pixels * channels + i % channels;
            float sum = 0f;
            for (int p = 0; p < pixels; p++) {
                sum += Elements.load(xHalf, xf, xh, from + p * channels);
            }
            out.set(d.get(4) + i, sum / pixels);
        }
    }
}
