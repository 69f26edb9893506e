package dev.tandem.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.op.Buffer;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvCache;
import dev.tandem.op.KvShape;
import dev.tandem.op.Linear;
import dev.tandem.op.Modulation;
import dev.tandem.op.Ops.ConvMode;
import dev.tandem.op.QkvWeights;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Operations at sizes and offsets that tensor cores and libraries take, where the device has them; elsewhere these are
 * further sizes for the portable kernels.
 */
class AlignedOpsTest {
    private static final double TOLERANCE = TestDevice.tolerance(2e-5);

    private static Session scalar;
    private static Session device;

    @BeforeAll
    static void open() {
        scalar = Backends.choose("scalar").provider().open(SessionOptions.defaults());
        device = Backends.choose("tornado").provider().open(TestDevice.options());
    }

    @AfterAll
    static void close() {
        scalar.close();
        device.close();
    }

    private static void check(OpsBench.Work work) {
        OpsBench.check(scalar, device, TOLERANCE, work);
    }

    @ParameterizedTest
    @CsvSource({"2, 1, 64, 128", "3, 17, 136, 72", "2, 64, 256, 320"})
    void products(int rows, int positions, int inputs, int outputs) {
        for (boolean floats : new boolean[] {false, true}) {
            for (boolean biased : new boolean[] {false, true}) {
                check(b -> {
                    Buffer x = b.aligned(floats, rows, positions, inputs);
                    Buffer out = b.aligned(floats, rows, positions, outputs);
                    Linear w = new Linear(b.weight(outputs, inputs), biased ? b.weight(outputs) : null);
                    b.run(o -> o.linear(x, w, out));
                    return b.read(out);
                });
            }
        }
        check(b -> {
            Buffer x = b.aligned(false, rows, positions, inputs);
            Buffer out = b.aligned(false, rows, positions, outputs);
            Linear w = b.linear(outputs, inputs);
            b.run(o -> o.linearGelu(x, w, out));
            return b.read(out);
        });
        for (int table : new int[] {1, 2}) {
            check(b -> {
                Buffer h = b.aligned(false, rows, positions, inputs);
                Buffer x = b.aligned(true, rows, positions, outputs);
                Buffer ada = b.floats(table, 6 * outputs);
                Linear w = b.linear(outputs, inputs);
                b.run(o -> o.linearGatedAdd(h, w, new Modulation(ada, 1), x));
                return b.read(x);
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 1, 64, 128", "3, 17, 136, 72", "2, 64, 256, 320"})
    void productsWithInt8(int rows, int positions, int inputs, int outputs) {
        check(b -> {
            Buffer x = b.aligned(false, rows, positions, inputs);
            Buffer out = b.aligned(false, rows, positions, outputs);
            Linear w = new Linear(b.int8(outputs, inputs), b.weight(outputs));
            b.run(o -> o.linear(x, w, out));
            return b.read(out);
        });
    }

    @ParameterizedTest
    @CsvSource({"2, 1, 64", "3, 17, 136"})
    void aGateBeforeANorm(int rows, int positions, int width) {
        for (int kept : new int[] {positions, 1}) {
            check(b -> {
                Buffer h = b.aligned(false, rows, positions, 72);
                Buffer x = b.aligned(true, rows, positions, width);
                Buffer out = b.aligned(false, rows, kept, width);
                Buffer ada = b.floats(rows, 6L * width);
                Linear w = b.linear(width, 72);
                b.run(o -> {
                    o.linearGatedAdd(h, w, new Modulation(ada, 1), x);
                    o.adaNorm(x, new Modulation(ada, 3), new Modulation(ada, 5), 1e-6f, out);
                });
                float[] sums = b.read(x);
                float[] norms = b.read(out);
                float[] all = Arrays.copyOf(sums, sums.length + norms.length);
                System.arraycopy(norms, 0, all, sums.length, norms.length);
                return all;
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 256, 384", "50, 256, 384", "9, 2048, 192", "1, 1920, 640"})
    void aRowOfAProductIsTheSameInAnyBatch(int positions, int inputs, int outputs) {
        OpsBench b = new OpsBench(device, new Random(3));
        Linear w = b.linear(outputs, inputs);
        // PoCL's exponential is another one in each kernel
        boolean gelu = device.description().contains("CUDA");
        int most = 128;
        Buffer many = b.aligned(false, most, positions, inputs);
        float[] all = product(b, w, gelu, many, outputs);
        int length = positions * outputs;
        for (int rows : new int[] {1, 2, 34}) {
            int first = most - rows;
            Buffer few = b.aligned(false, rows, positions, inputs);
            device.write(
                    few, device.readFloats(many.slice((long) first * positions * inputs, rows, positions, inputs)));
            float[] expected = Arrays.copyOfRange(all, first * length, most * length);
            assertArrayEquals(expected, product(b, w, gelu, few, outputs), rows + " of " + most);
        }
    }

    private static float[] product(OpsBench b, Linear w, boolean gelu, Buffer x, int outputs) {
        Buffer out = b.aligned(false, x.size(0), x.size(1), outputs);
        b.run(o -> {
            if (gelu) {
                o.linearGelu(x, w, out);
            } else {
                o.linear(x, w, out);
            }
        });
        return device.readFloats(out);
    }

    @ParameterizedTest
    @CsvSource({"2, 64", "3, 32", "1, 128"})
    void attentionOverScales(int heads, int size) {
        int width = heads * size;
        check(b -> {
            QkvWeights w =
                    new QkvWeights(b.weight(3 * width, width), b.weight(width), b.weight(width), b.weight(heads));
            KvCache cache = b.session()
                    .kvCaches("kv", new KvShape(2, 4, heads, size, 50, 91))
                    .getFirst();
            Buffer h1 = b.aligned(false, 4, 55, width);
            Buffer h2 = b.aligned(false, 4, 36, width);
            Buffer q = b.aligned(false, 4, 55, width);
            Buffer out1 = b.aligned(false, 4, 55, width);
            Buffer out2 = b.aligned(false, 4, 36, width);
            b.run(o -> {
                o.qkv(h1, w, 0, q, cache);
                int[] ends = {1, 5, 14, 30, 55};
                o.attention(q, cache, new KeyEnds(ends, ends), 1, out1);
                Buffer q2 = q.view(4, 36, width);
                o.qkv(h2, w, 55, q2, cache);
                o.attention(q2, cache, KeyEnds.all(36, 91), 1, out2);
            });
            float[] a = b.read(out1);
            float[] c = b.read(out2);
            float[] all = Arrays.copyOf(a, a.length + c.length);
            System.arraycopy(c, 0, all, a.length, c.length);
            return all;
        });
    }

    @ParameterizedTest
    @CsvSource({"SAME, 32, 40, 3", "SAME, 64, 3, 3", "SAME, 40, 24, 1", "UP, 32, 32, 3", "DOWN, 32, 16, 3"})
    void convolutions(ConvMode mode, int inputs, int outputs, int side) {
        int from = 12;
        int to = mode == ConvMode.UP ? 24 : mode == ConvMode.DOWN ? 6 : 12;
        for (boolean residual : new boolean[] {false, true}) {
            check(b -> {
                Buffer x = b.aligned(false, 3, from, from, inputs);
                Buffer out = b.aligned(false, 3, to, to, outputs);
                Buffer r = b.aligned(false, 3, to, to, outputs);
                Linear w = new Linear(b.weight(outputs, inputs, side, side), b.weight(outputs));
                b.run(o -> o.conv(x, w, mode, residual ? r : null, out));
                return b.read(out);
            });
        }
    }

    @Test
    void attentionOverPixels() {
        check(b -> {
            Buffer qkv = b.aligned(false, 3, 8, 8, 3 * 64);
            Buffer out = b.aligned(false, 3, 8, 8, 64);
            b.run(o -> o.spatialAttention(qkv, 0.125f, out));
            return b.read(out);
        });
    }

    @Test
    void groupNormOfManyChunks() {
        check(b -> {
            Buffer x = b.aligned(false, 2, 64, 64, 160);
            Buffer out = b.aligned(false, 2, 64, 64, 160);
            var gamma = b.weight(160);
            var beta = b.weight(160);
            b.run(o -> o.groupNorm(x, gamma, beta, 32, 1e-6f, true, out));
            return b.read(out);
        });
    }
}
