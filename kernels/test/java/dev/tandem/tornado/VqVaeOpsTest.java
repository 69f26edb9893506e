package dev.tandem.tornado;

import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Ops.ConvMode;
import dev.tandem.op.Weight;
import dev.tandem.op.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every operation of quantizer and VQ-VAE on the device gives what {@code ScalarOps} gives, at sizes that fit no tile. */
class VqVaeOpsTest extends ComparedWithScalar {
    @ParameterizedTest
    @CsvSource({"1, 16", "3, 16", "13, 16", "5, 5", "6, 7"})
    void resizing(int small, int large) {
        check(TOLERANCE, b -> {
            Buffer x = b.floats(2, small, small, 5);
            Buffer out = b.floats(2, large, large, 5);
            b.run(o -> o.bicubicUp(x, out));
            return b.read(out);
        });
        check(TOLERANCE, b -> {
            Buffer x = b.floats(2, large, large, 5);
            Buffer out = b.floats(2, small * small + 9, 5);
            b.run(o -> o.areaDown(x, small, 4, out));
            return b.read(out);
        });
    }

    @Test
    void codes() {
        check(0, b -> {
            Weight codebook = b.weight(50, 9);
            Buffer tokens = b.ints(new int[] {1, 49, 3, 4, 0, 7, 8, 9, 10, 11}, 2, 5);
            Buffer out = b.floats(2, 3, 9);
            b.run(o -> o.lookup(tokens, 1, codebook, out));
            return b.read(out);
        });
        for (boolean cosine : new boolean[] {false, true}) {
            check(0, b -> {
                Weight codebook = b.weight(500, 9);
                Buffer z = b.floats(2, 30, 9);
                Buffer tokens = b.ints(new int[2 * 40], 2, 40);
                b.run(o -> o.nearestCode(z, codebook, cosine, 4, tokens));
                return toFloats(b.session().readInts(tokens));
            });
        }
    }

    @Test
    void phi() {
        check(TOLERANCE, b -> {
            Buffer x = b.floats(2, 7, 7, 9);
            Buffer fHat = b.floats(2, 7, 7, 9);
            Linear w = new Linear(b.weight(9, 9, 3, 3), b.weight(9));
            b.run(o -> o.phiAdd(x, w, 0.5f, fHat));
            return b.read(fHat);
        });
    }

    @ParameterizedTest
    @CsvSource({"SAME, 3, 5, 9", "SAME, 20, 70, 12", "SAME, 64, 3, 8", "DOWN, 20, 33, 10", "UP, 20, 33, 6"})
    void convolution(ConvMode mode, int inputs, int outputs, int side) {
        int to = mode == ConvMode.DOWN ? side / 2 : mode == ConvMode.UP ? side * 2 : side;
        for (int kernel : mode == ConvMode.SAME ? new int[] {1, 3} : new int[] {3}) {
            check(TOLERANCE, b -> {
                Buffer x = b.activations(2, side, side, inputs);
                Buffer out = b.activations(2, to, to, outputs);
                Buffer residual = b.activations(2, to, to, outputs);
                Linear w = new Linear(b.weight(outputs, inputs, kernel, kernel), b.weight(outputs));
                b.run(o -> {
                    o.conv(x, w, mode, residual, out);
                    o.conv(x, w, mode, out, out);
                });
                return b.read(out);
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 0, 0", "3, 3, 2, 1, 1", "7, 1, 1, 3, 0", "1, 7, 1, 0, 3", "5, 5, 1, 2, 2"})
    void windows(int height, int width, int stride, int padY, int padX) {
        Window window = new Window(height, width, stride, padY, padX);
        check(TOLERANCE, b -> {
            Buffer x = b.activations(2, 17, 13, 20);
            int h = window.outHeight(17);
            int w = window.outWidth(13);
            Buffer out = b.activations(2, h, w, 70);
            Buffer mean = b.floats(2, 70);
            Linear weights = new Linear(b.weight(25, 20, height, width), b.weight(25));
            b.run(o -> {
                o.convRelu(x, weights, window, 3, out);
                o.maxPool(x, window, 28, out);
                o.averagePool(x, window, padX > 1, 48, out);
                o.globalMean(out, mean);
            });
            float[] all = java.util.Arrays.copyOf(b.read(out), 2 * h * w * 70 + 140);
            System.arraycopy(b.read(mean), 0, all, 2 * h * w * 70, 140);
            return all;
        });
    }

    @Test
    void blend() {
        check(TOLERANCE, b -> {
            Buffer fHat = b.floats(2, 5, 5, 7);
            Buffer kept = b.floats(2, 5, 5, 7);
            Buffer mask = b.floats(2, 5, 5);
            b.run(o -> o.blendByMask(fHat, kept, mask));
            return b.read(fHat);
        });
    }

    @ParameterizedTest
    @CsvSource({"64, 32, 5", "96, 32, 40", "10, 5, 17"})
    void groupNorm(int channels, int groups, int side) {
        for (boolean silu : new boolean[] {false, true}) {
            check(TOLERANCE, b -> {
                Buffer x = b.activations(2, side, side, channels);
                Weight gamma = b.weight(channels);
                Weight beta = b.weight(channels);
                b.run(o -> o.groupNorm(x, gamma, beta, groups, 1e-6f, silu, x));
                return b.read(x);
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"13, 20", "16, 100", "17, 20"})
    void spatialAttention(int side, int channels) {
        check(TOLERANCE, b -> {
            Buffer qkv = b.activations(2, side, side, 3L * channels);
            Buffer out = b.activations(2, side, side, channels);
            b.run(o -> o.spatialAttention(qkv, 0.22f, out));
            return b.read(out);
        });
    }
}
