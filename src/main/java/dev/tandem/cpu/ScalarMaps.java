package dev.tandem.cpu;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.work.Activations;
import dev.tandem.cpu.work.Workers;
import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Ops;
import dev.tandem.op.Weight;
import dev.tandem.op.Window;

/**
 * The part of the oracle that works on feature maps: the layers of the VQ-VAE and of classifiers, as plain loops with sums
 * in double.
 */
abstract class ScalarMaps implements Ops {
    protected final Workers workers;

    ScalarMaps(Workers workers) {
        this.workers = workers;
    }

    protected static void softmax(double[] x, int n) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, x[i]);
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            x[i] = Math.exp(x[i] - max);
            sum += x[i];
        }
        for (int i = 0; i < n; i++) {
            x[i] /= sum;
        }
    }

    // ---- VQ-VAE

    /** What becomes of one element of a convolution's output; the index counts from the output's first element. */
    protected interface ConvStore {
        void accept(int index, float value);
    }

    protected void convolve(CpuBuffer x, Linear w, ConvMode mode, int outHeight, int outWidth, ConvStore store) {
        convolve(x, w, window(mode, w.weight().size(2)), mode == ConvMode.UP ? 2 : 1, outHeight, outWidth, store);
    }

    /** The window of a square convolution. */
    protected static Window window(ConvMode mode, int kernel) {
        return mode == ConvMode.DOWN ? new Window(kernel, kernel, 2, 0, 0) : Window.square(kernel, kernel / 2);
    }

    private void convolve(
            CpuBuffer x, Linear w, Window window, int zoom, int outHeight, int outWidth, ConvStore store) {
        CpuWeight weight = CpuWeight.of(w.weight());
        float[] bias = CpuWeight.of(w.bias()).vector();
        int pictures = x.size(0);
        int height = x.size(1);
        int width = x.size(2);
        int inputs = x.size(3);
        int outputs = w.outputs();
        int kernel = window.height() * window.width();
        workers.forEach(outputs, n -> {
            float[] taps = weight.row(n);
            for (int b = 0; b < pictures; b++) {
                for (int row = 0; row < outHeight; row++) {
                    for (int column = 0; column < outWidth; column++) {
                        double sum = bias[n];
                        for (int tap = 0; tap < kernel; tap++) {
                            int y = row * window.stride() + tap / window.width() - window.padY();
                            int z = column * window.stride() + tap % window.width() - window.padX();
                            if (y < 0 || z < 0 || y >= height * zoom || z >= width * zoom) {
                                continue;
                            }
                            int at = x.offset + ((b * height + y / zoom) * width + z / zoom) * inputs;
                            for (int i = 0; i < inputs; i++) {
                                sum += (double) x.floats[at + i] * taps[i * kernel + tap];
                            }
                        }
                        store.accept(((b * outHeight + row) * outWidth + column) * outputs + n, (float) sum);
                    }
                }
            }
        });
    }

    @Override
    public void conv(Buffer x, Linear w, ConvMode mode, Buffer residual, Buffer out) {
        CpuBuffer o = CpuBuffer.of(out);
        CpuBuffer r = residual == null ? null : CpuBuffer.of(residual);
        convolve(CpuBuffer.of(x), w, mode, o.size(1), o.size(2), (index, value) -> {
            o.floats[o.offset + index] = r == null ? value : value + r.floats[r.offset + index];
        });
    }

    @Override
    public void groupNorm(Buffer x, Weight gamma, Weight beta, int groups, float eps, boolean silu, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        float[] g = CpuWeight.of(gamma).vector();
        float[] b = CpuWeight.of(beta).vector();
        int channels = a.size(3);
        int pixels = a.size(1) * a.size(2);
        int size = channels / groups;
        workers.forEach(a.size(0) * groups, item -> {
            int from = a.offset + item / groups * pixels * channels;
            int to = o.offset + item / groups * pixels * channels;
            int firstChannel = item % groups * size;
            double mean = 0;
            double squares = 0;
            for (int p = 0; p < pixels; p++) {
                for (int c = firstChannel; c < firstChannel + size; c++) {
                    mean += a.floats[from + p * channels + c];
                }
            }
            mean /= (double) pixels * size;
            for (int p = 0; p < pixels; p++) {
                for (int c = firstChannel; c < firstChannel + size; c++) {
                    double d = a.floats[from + p * channels + c] - mean;
                    squares += d * d;
                }
            }
            double inverse = 1 / Math.sqrt(squares / ((double) pixels * size) + eps);
            for (int p = 0; p < pixels; p++) {
                for (int c = firstChannel; c < firstChannel + size; c++) {
                    float v = (float) ((a.floats[from + p * channels + c] - mean) * inverse * g[c] + b[c]);
                    o.floats[to + p * channels + c] = silu ? Activations.silu(v) : v;
                }
            }
        });
    }

    @Override
    public void spatialAttention(Buffer qkv, float scale, Buffer out) {
        CpuBuffer a = CpuBuffer.of(qkv);
        CpuBuffer o = CpuBuffer.of(out);
        int channels = o.size(3);
        int pixels = o.size(1) * o.size(2);
        workers.forEach(o.size(0) * pixels, item -> {
            int picture = a.offset + item / pixels * pixels * 3 * channels;
            int query = picture + item % pixels * 3 * channels;
            double[] scores = new double[pixels];
            for (int k = 0; k < pixels; k++) {
                int key = picture + k * 3 * channels + channels;
                double dot = 0;
                for (int c = 0; c < channels; c++) {
                    dot += (double) a.floats[query + c] * a.floats[key + c];
                }
                scores[k] = dot * scale;
            }
            softmax(scores, pixels);
            for (int c = 0; c < channels; c++) {
                double sum = 0;
                for (int k = 0; k < pixels; k++) {
                    sum += scores[k] * a.floats[picture + k * 3 * channels + 2 * channels + c];
                }
                o.floats[o.offset + item * channels + c] = (float) sum;
            }
        });
    }

    @Override
    public void clamp(Buffer x, float low, float high, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        for (int i = 0; i < o.length; i++) {
            o.floats[o.offset + i] = Math.clamp(a.floats[a.offset + i], low, high);
        }
    }

    @Override
    public void toBytes(Buffer x, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        int picture = a.length / a.size(0);
        int words = o.size(1);
        for (int i = 0; i < o.length; i++) {
            int word = 0;
            for (int k = 0; k < Integer.BYTES; k++) {
                int at = i % words * Integer.BYTES + k;
                if (at < picture) {
                    float value = a.floats[a.offset + i / words * picture + at];
                    word |= Math.clamp(Math.round((value + 1) / 2 * 255), 0, 255) << 8 * k;
                }
            }
            o.ints[o.offset + i] = word;
        }
    }

    // ---- classifiers

    @Override
    public void convRelu(Buffer x, Linear w, Window window, int firstChannel, Buffer out) {
        CpuBuffer o = CpuBuffer.of(out);
        int outputs = w.outputs();
        int channels = o.size(3);
        convolve(CpuBuffer.of(x), w, window, 1, o.size(1), o.size(2), (index, value) -> {
            int to = o.offset + index / outputs * channels + firstChannel + index % outputs;
            o.floats[to] = Math.max(0, value);
        });
    }

    /** What becomes of the part of a window that lies in the map: where its pixels begin, and where the result goes. */
    private interface Pool {
        void accept(int[] pixels, int count, int to);
    }

    private void pool(CpuBuffer x, Window window, int firstChannel, CpuBuffer out, Pool pool) {
        int height = x.size(1);
        int width = x.size(2);
        int down = out.size(1);
        int across = out.size(2);
        workers.forEach(out.size(0) * down, item -> {
            int[] pixels = new int[window.height() * window.width()];
            for (int column = 0; column < across; column++) {
                int count = 0;
                for (int tap = 0; tap < pixels.length; tap++) {
                    int y = item % down * window.stride() + tap / window.width() - window.padY();
                    int z = column * window.stride() + tap % window.width() - window.padX();
                    if (y >= 0 && z >= 0 && y < height && z < width) {
                        pixels[count++] = x.offset + ((item / down * height + y) * width + z) * x.size(3);
                    }
                }
                pool.accept(pixels, count, out.offset + (item * across + column) * out.size(3) + firstChannel);
            }
        });
    }

    @Override
    public void maxPool(Buffer x, Window window, int firstChannel, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        pool(a, window, firstChannel, o, (pixels, count, to) -> {
            for (int c = 0; c < a.size(3); c++) {
                float max = Float.NEGATIVE_INFINITY;
                for (int i = 0; i < count; i++) {
                    max = Math.max(max, a.floats[pixels[i] + c]);
                }
                o.floats[to + c] = max;
            }
        });
    }

    @Override
    public void averagePool(Buffer x, Window window, boolean countPadding, int firstChannel, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        pool(a, window, firstChannel, o, (pixels, count, to) -> {
            for (int c = 0; c < a.size(3); c++) {
                double sum = 0;
                for (int i = 0; i < count; i++) {
                    sum += a.floats[pixels[i] + c];
                }
                o.floats[to + c] = (float) (sum / (countPadding ? pixels.length : count));
            }
        });
    }

    @Override
    public void globalMean(Buffer x, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        int channels = a.size(3);
        int pixels = a.size(1) * a.size(2);
        workers.forEach(o.length, item -> {
            double sum = 0;
            int from = a.offset + item / channels * pixels * channels + item % channels;
            for (int p = 0; p < pixels; p++) {
                sum += a.floats[from + p * channels];
            }
            o.floats[o.offset + item] = (float) (sum / pixels);
        });
    }
}
