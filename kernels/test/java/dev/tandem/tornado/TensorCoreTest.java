package dev.tandem.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tandem.engine.Backends;
import dev.tandem.engine.Kernels;
import dev.tandem.engine.Precision;
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
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import dev.tandem.tornado.driver.TornadoDevices;
import dev.tandem.tornado.linear.TensorCoreLinear;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Java kernels on tensor cores, libraries left aside, give what {@code ScalarOps} gives. */
class TensorCoreTest {
    private static final double TOLERANCE = TestDevice.tolerance(2e-5);

    private static Session scalar;
    private static Session device;

    @BeforeAll
    static void open() {
        String name = System.getProperty("tandem.test.device");
        assumeTrue(
                TestDevice.precision() == Precision.FP16,
                "tensor cores take fp16: set tandem.test.precision=FP16 and tandem.test.device=cuda");
        Backends.choose("tornado");
        assumeTrue(
                TornadoDevices.choose(name).tensorCores(),
                "tensor cores are for CUDA and PTX on Ampere or later, not for " + name);
        scalar = Backends.choose("scalar").provider().open(SessionOptions.defaults());
        device = Backends.choose("tornado").provider().open(options(name, Kernels.JAVA));
    }

    static SessionOptions options(String name, Kernels by) {
        return new SessionOptions(Runtime.getRuntime().availableProcessors(), name, Precision.FP16, by, by, null);
    }

    @AfterAll
    static void close() {
        if (device != null) {
            scalar.close();
            device.close();
        }
    }

    private static void check(OpsBench.Work work) {
        OpsBench.check(scalar, device, TOLERANCE, work);
    }

    @ParameterizedTest
    @CsvSource({
        "2, 1, 64, 8",
        "2, 1, 1920, 200",
        "3, 5, 192, 136",
        "2, 9, 1920, 200",
        "3, 17, 128, 72",
        "2, 200, 128, 1288",
        "5, 300, 64, 1448"
    })
    void products(int rows, int positions, int inputs, int outputs) {
        for (boolean floats : new boolean[] {false, true}) {
            check(b -> {
                Buffer x = b.aligned(floats, rows, positions, inputs);
                Buffer out = b.aligned(floats, rows, positions, outputs);
                Linear w = new Linear(b.weight(outputs, inputs), floats ? null : b.weight(outputs));
                b.run(o -> o.linear(x, w, out));
                return b.read(out);
            });
        }
        check(b -> {
            Buffer x = b.aligned(false, rows, positions, inputs);
            Buffer out = b.activations(rows, positions, outputs);
            Linear w = b.linear(outputs, inputs);
            b.run(o -> o.linearGelu(x, w, out));
            return b.read(out);
        });
        for (int table : new int[] {1, rows}) {
            check(b -> {
                Buffer h = b.aligned(false, rows, positions, inputs);
                Buffer x = b.floats(rows, positions, outputs);
                Buffer ada = b.floats(table, 6L * outputs);
                Linear w = b.linear(outputs, inputs);
                b.run(o -> o.linearGatedAdd(h, w, new Modulation(ada, 1), x));
                return b.read(x);
            });
        }
    }

    /** Whichever kernel takes them: few rows, some or many, with the inputs in parts or not. */
    @ParameterizedTest
    @CsvSource({"1, 1920, 1544", "4, 1920, 72", "16, 640, 1544", "16, 7680, 72", "50, 256, 1544"})
    void aRowIsTheSameInAnyBatch(int positions, int inputs, int outputs) {
        OpsBench b = new OpsBench(device, new Random(3));
        Linear w = b.linear(outputs, inputs);
        int rows = 1700 / positions;
        Buffer many = b.aligned(false, rows, positions, inputs);
        Buffer manyOut = b.aligned(false, rows, positions, outputs);
        b.run(o -> o.linear(many, w, manyOut));
        for (int few : new int[] {1, 3, 8}) {
            Buffer x = b.aligned(false, few, positions, inputs);
            long at = (long) (rows - few) * positions;
            device.write(x, device.readFloats(many.slice(at * inputs, few, positions, inputs)));
            Buffer out = b.aligned(false, few, positions, outputs);
            b.run(o -> o.linear(x, w, out));
            assertArrayEquals(
                    device.readFloats(manyOut.slice(at * outputs, few, positions, outputs)),
                    device.readFloats(out),
                    () -> few + " of " + rows);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "1, 3"})
    void attentionOverScales(int heads, int rows) {
        int width = heads * 64;
        check(b -> {
            QkvWeights w =
                    new QkvWeights(b.weight(3 * width, width), b.weight(width), b.weight(width), b.weight(heads));
            KvCache cache = b.session()
                    .kvCaches("kv", new KvShape(2, rows, heads, 64, 91, 291))
                    .getFirst();
            Buffer h1 = b.aligned(false, rows, 155, width);
            Buffer h2 = b.aligned(false, rows, 100, width);
            Buffer q = b.aligned(false, rows, 155, width);
            Buffer out1 = b.activations(rows, 155, width);
            Buffer out2 = b.activations(rows, 100, width);
            b.run(o -> {
                o.qkv(h1, w, 0, q, cache);
                int[] ends = {1, 5, 14, 30, 55, 91, 155};
                o.attention(q, cache, new KeyEnds(ends, ends), 1, out1);
                Buffer q2 = q.view(rows, 100, width);
                o.qkv(h2, w, 155, q2, cache);
                o.attention(q2, cache, KeyEnds.all(100, 255), 1, out2);
            });
            float[] a = b.read(out1);
            float[] c = b.read(out2);
            float[] all = Arrays.copyOf(a, a.length + c.length);
            System.arraycopy(c, 0, all, a.length, c.length);
            return all;
        });
    }

    /** Later keys resemble their queries, so that scores rise from some 10 to 40: the kernel's guess is too low. */
    @Test
    void attentionWhoseLargestScoresComeLate() {
        int width = 128;
        check(b -> {
            float[] qkv = b.values(3 * width * width);
            System.arraycopy(qkv, 0, qkv, width * width, width * width);
            Tensor weight = Tensor.ofFloats("weight", Shape.of(3L * width, width), qkv);
            Tensor none = Tensor.ofFloats("bias", Shape.of(width), new float[width]);
            Tensor scales = Tensor.ofFloats("scales", Shape.of(2), new float[] {40, 40});
            QkvWeights w = new QkvWeights(
                    b.session().weight(weight, null),
                    b.session().weight(none, null),
                    b.weight(width),
                    b.session().weight(scales, null));
            KvCache cache = b.session()
                    .kvCaches("kv", new KvShape(1, 1, 2, 64, 91, 255))
                    .getFirst();
            Buffer first = b.aligned(false, 1, 155, width);
            Buffer later = b.aligned(false, 1, 100, width);
            float[] base = b.values(width);
            float[] alike = b.read(later);
            for (int i = 0; i < alike.length; i++) {
                alike[i] = base[i % width] + 0.3f * alike[i];
            }
            b.session().write(later, alike);
            Buffer q = b.aligned(false, 1, 155, width);
            Buffer out = b.activations(1, 100, width);
            b.run(o -> {
                o.qkv(first, w, 0, q, cache);
                Buffer queries = q.view(1, 100, width);
                o.qkv(later, w, 155, queries, cache);
                o.attention(queries, cache, KeyEnds.all(100, 255), 1, out);
            });
            return b.read(out);
        });
    }

    @ParameterizedTest
    @CsvSource({"8, 8, 64", "16, 8, 192"})
    void attentionOfPixels(int height, int width, int channels) {
        check(b -> {
            Buffer qkv = b.aligned(false, 3, height, width, 3L * channels);
            Buffer out = b.activations(3, height, width, channels);
            b.run(o -> o.spatialAttention(qkv, 0.22f, out));
            return b.read(out);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "SAME, 32, 40, 3",
        "SAME, 64, 3, 3",
        "SAME, 160, 96, 3",
        "SAME, 96, 170, 1",
        "UP, 32, 32, 3",
        "DOWN, 64, 16, 3"
    })
    void convolutions(ConvMode mode, int inputs, int outputs, int side) {
        int from = 14;
        int to = mode == ConvMode.UP ? 28 : mode == ConvMode.DOWN ? 7 : 14;
        for (boolean residual : new boolean[] {false, true}) {
            check(b -> {
                Buffer x = b.aligned(false, 3, from, from, inputs);
                Buffer out = b.activations(3, to, to, outputs);
                Buffer r = b.activations(3, to, to, outputs);
                Linear w = new Linear(b.weight(outputs, inputs, side, side), b.weight(outputs));
                b.run(o -> o.conv(x, w, mode, residual ? r : null, out));
                return b.read(out);
            });
        }
    }

    @Test
    void inputsAreSplitWhereThereAreFewGroups() {
        assertTrue(TensorCoreLinear.depth(1, 1920, 1920) < TensorCoreLinear.depth(1, 7680, 1920));
    }
}
