package dev.tandem.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tandem.op.Buffer;
import dev.tandem.op.InputWeights;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvCache;
import dev.tandem.op.KvShape;
import dev.tandem.op.Linear;
import dev.tandem.op.Modulation;
import dev.tandem.op.QkvWeights;
import dev.tandem.op.SamplingState;
import dev.tandem.op.Weight;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation of the transformer on the device gives what {@code ScalarOps} gives, at sizes that fit no tile. */
class TornadoOpsTest extends ComparedWithScalar {
    @Test
    void buffersStartAtZeroAndKeepWhatLiesAroundAView() {
        Buffer b = device.floats("b", 10);
        assertArrayEquals(new float[10], device.readFloats(b));
        device.write(b.slice(3, 2), new float[] {1, 2});
        device.write(b.slice(0, 1), new float[] {3});
        assertArrayEquals(new float[] {3, 0, 0, 1, 2, 0, 0, 0, 0, 0}, device.readFloats(b));
        assertArrayEquals(new float[] {1, 2, 0}, device.readFloats(b.slice(3, 3)));
    }

    @Test
    void elementwise() {
        check(TOLERANCE, b -> {
            Buffer x = b.floats(3, 41);
            Buffer out = b.floats(3, 41);
            b.run(o -> o.silu(x, out));
            return b.read(out);
        });
        check(0, b -> {
            Buffer x = b.floats(3, 41);
            Buffer y = b.floats(3, 41);
            Buffer out = b.floats(3, 41);
            b.run(o -> o.subtract(x, y, out));
            return b.read(out);
        });
        check(TestDevice.tolerance(0), b -> {
            Buffer x = b.activations(1, 1, 3, 41);
            Buffer out = b.floats(1, 1, 3, 41);
            b.run(o -> o.clamp(x, -0.5f, 0.7f, out));
            return b.read(out);
        });
        check(0, b -> {
            Buffer x = b.floats(3, 3, 5, 3);
            Buffer out = b.ints(new int[3 * 12], 3, 12);
            b.run(o -> o.toBytes(x, out));
            return bytesOf(b.session().readInts(out));
        });
        check(0, b -> {
            Buffer x = b.floats(3, 41);
            Buffer out = b.floats(3, 41);
            Weight row = b.weight(41);
            b.run(o -> o.addRow(x, row, out));
            return b.read(out);
        });
        check(0, b -> {
            Buffer out = b.floats(3, 41);
            b.run(o -> o.fill(out, -2.5f));
            return b.read(out);
        });
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "2, 4, 41", "3, 5, 100", "2, 65, 13", "1, 207, 64", "3, 100, 129"})
    void linear(int rows, int positions, int inputs) {
        for (int outputs : new int[] {1, 70, 192}) {
            check(TOLERANCE, b -> {
                Buffer x = b.activations(rows, positions, inputs);
                Buffer out = b.activations(rows, positions, outputs);
                Linear w = b.linear(outputs, inputs);
                b.run(o -> o.linear(x, w, out));
                return b.read(out);
            });
            check(TOLERANCE, b -> {
                Buffer x = b.floats(rows, positions, inputs);
                Buffer out = b.floats(rows, positions, outputs);
                Linear w = new Linear(b.int8(outputs, inputs), null);
                b.run(o -> o.linear(x, w, out));
                return b.read(out);
            });
        }
    }

    @Test
    void largeLinear() {
        check(TOLERANCE, b -> {
            Buffer x = b.activations(4, 210, 130);
            Buffer out = b.floats(4, 210, 1300);
            Linear w = b.linear(1300, 130);
            b.run(o -> o.linear(x, w, out));
            return b.read(out);
        });
    }

    /** Whichever kernel takes them: few rows, some or many, with the inputs in parts or not. */
    @ParameterizedTest
    @CsvSource({"1, 300", "16, 300", "40, 430", "210, 130"})
    void aRowIsTheSameInAnyBatch(int positions, int inputs) {
        int outputs = 1300;
        int pictures = 2100 / positions;
        OpsBench b = new OpsBench(device, new Random(3));
        Linear w = b.linear(outputs, inputs);
        Buffer many = b.activations(pictures, positions, inputs);
        Buffer manyOut = b.floats(pictures, positions, outputs);
        b.run(o -> o.linear(many, w, manyOut));
        Buffer one = b.activations(1, positions, inputs);
        long at = (long) (pictures - 1) * positions;
        device.write(one, device.readFloats(many.slice(at * inputs, 1, positions, inputs)));
        Buffer oneOut = b.floats(1, positions, outputs);
        b.run(o -> o.linear(one, w, oneOut));
        assertArrayEquals(
                device.readFloats(manyOut.slice(at * outputs, 1, positions, outputs)), device.readFloats(oneOut));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "2, 66"})
    void epilogues(int rows, int positions) {
        check(TOLERANCE, b -> {
            Buffer x = b.activations(rows, positions, 50);
            Buffer out = b.activations(rows, positions, 77);
            Linear w = b.linear(77, 50);
            b.run(o -> o.linearGelu(x, w, out));
            return b.read(out);
        });
        for (int table : new int[] {1, 2}) {
            check(TOLERANCE, b -> {
                Buffer h = b.activations(rows, positions, 50);
                Buffer x = b.floats(rows, positions, 77);
                Buffer ada = b.floats(table, 6 * 77);
                Linear w = b.linear(77, 50);
                b.run(o -> o.linearGatedAdd(h, w, new Modulation(ada, 1), x));
                return b.read(x);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void embeddings(int first) {
        check(TOLERANCE, b -> {
            Buffer out = b.floats(4, 33);
            Weight table = b.weight(11, 33);
            Buffer labels = b.ints(new int[] {3, 10, 0}, 3);
            b.run(o -> o.embedLabels(labels, table, out));
            return b.read(out);
        });
        check(TOLERANCE, b -> {
            Buffer out = b.floats(2, 33);
            Weight table = b.int8(11, 33);
            Buffer labels = b.ints(new int[] {3, 10}, 2);
            b.run(o -> o.embedLabels(labels, table, out));
            return b.read(out);
        });
        check(TOLERANCE, b -> {
            Buffer maps = b.floats(2, 29, 8);
            Buffer cond = b.floats(3, 33);
            Buffer x = b.floats(4, 9, 33);
            InputWeights w = new InputWeights(b.linear(33, 8), b.weight(1, 3, 33), b.weight(30, 33));
            b.run(o -> o.embedInput(maps, cond, w, first - 1, x));
            return b.read(x);
        });
        check(TOLERANCE, b -> {
            Buffer maps = b.floats(5, 29, 40);
            Buffer cond = b.floats(6, 150);
            Buffer x = b.floats(10, 9, 150);
            InputWeights w = new InputWeights(b.linear(150, 40), b.weight(1, 3, 150), b.weight(30, 150));
            b.run(o -> o.embedInput(maps, cond, w, first - 1, x));
            return b.read(x);
        });
    }

    @Test
    void adaNorm() {
        check(TOLERANCE, b -> {
            Buffer x = b.floats(5, 7, 201);
            Buffer out = b.activations(5, 3, 201);
            Buffer ada = b.floats(3, 6 * 201);
            b.run(o -> o.adaNorm(x, new Modulation(ada, 2), new Modulation(ada, 4), 1e-6f, out));
            return b.read(out);
        });
    }

    @Test
    void lastPositions() {
        check(0, b -> {
            Buffer x = b.floats(3, 7, 13);
            Buffer all = b.floats(1, 2, 3 * 5 * 13);
            Buffer out = all.slice(3 * 13, 3, 4, 13);
            b.run(o -> o.lastPositions(x, out));
            return b.read(all);
        });
        check(TestDevice.tolerance(0), b -> {
            Buffer x = b.activations(3, 7, 13);
            Buffer out = b.activations(3, 7, 13);
            b.run(o -> o.lastPositions(x, out));
            return b.read(out);
        });
    }

    @ParameterizedTest
    @CsvSource({"1, 32, true", "3, 16, true", "2, 64, false", "2, 12, true", "1, 100, false", "1, 128, true"})
    void attention(int heads, int size, boolean norm) {
        int width = heads * size;
        check(TOLERANCE, b -> {
            QkvWeights w = new QkvWeights(
                    b.weight(3 * width, width), b.weight(width), b.weight(width), norm ? b.weight(heads) : null);
            KvCache cache = b.session()
                    .kvCaches("kv", new KvShape(3, 3, heads, size, 21, 40))
                    .getFirst();
            Buffer h1 = b.activations(3, 21, width);
            Buffer h2 = b.activations(3, 17, width);
            Buffer q = b.activations(3, 21, width);
            Buffer out1 = b.activations(3, 21, width);
            Buffer out2 = b.activations(3, 17, width);
            float scale = norm ? 1 : (float) (0.25 / Math.sqrt(size * (double) width));
            b.run(o -> {
                o.qkv(h1, w, 0, q, cache);
                o.attention(q, cache, new KeyEnds(new int[] {1, 5, 21}, new int[] {1, 5, 21}), scale, out1);
                Buffer q2 = q.view(3, 17, width);
                o.qkv(h2, w, 21, q2, cache);
                o.attention(q2, cache, KeyEnds.all(17, 38), scale, out2);
            });
            float[] a = b.read(out1);
            float[] c = b.read(out2);
            float[] all = java.util.Arrays.copyOf(a, a.length + c.length);
            System.arraycopy(c, 0, all, a.length, c.length);
            return all;
        });
    }

    static float[] settings(double topK, double topP, double temperature) {
        return new float[] {0, 0, 0, 0, 0, 0, 1.5f, (float) topK, (float) topP, (float) temperature, 1.2f, 0.1f};
    }

    static SamplingState state(OpsBench b, float[] settings) {
        Buffer table = b.session().floats("settings", 2, 2, SamplingState.COLUMNS);
        // the same for both pictures
        float[] twice = Arrays.copyOf(settings, 2 * settings.length);
        System.arraycopy(settings, 0, twice, settings.length, settings.length);
        b.session().write(table, twice);
        return new SamplingState(table, b.ints(new int[] {5, -7, Integer.MIN_VALUE, 123456789}, 2, 2));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 1",
        "1, 0, 1",
        "7, 0, 1.1",
        "0, 0.9, 1",
        "0, 0.96, 0.7",
        "600, 0.95, 1.1",
        "20, 0.5, 1",
        "3, 0.000001, 1",
        "0, 0.0000000001, 1",
        "0, 1, 2",
        "5000, 0.3, 1"
    })
    void sampling(double topK, double topP, double temperature) {
        for (int vocabulary : new int[] {3, 130, 4096, 4500}) {
            check(0, b -> {
                Buffer logits = b.floats(2, 60, vocabulary);
                float[] values = b.values(2 * 60 * vocabulary);
                for (int i = 0; i < values.length / 2; i++) {
                    values[i] = Math.round(values[i] * 4) / 4f; // with ties
                }
                b.session().write(logits, values);
                SamplingState state = state(b, settings(topK, topP, temperature));
                Buffer tokens = b.ints(new int[2 * 70], 2, 70);
                b.run(o -> o.sample(logits, state, 1, 6, tokens));
                return toFloats(b.session().readInts(tokens));
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "7, 0", "600, 0.95", "0, 0.5", "5000, 0.3"})
    void noCodeIsDrawnWhereLogitsOverflow(double topK, double topP) {
        float[] bad = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 2e35f, -3e38f};
        for (int vocabulary : new int[] {3, 130, 4096, 4500}) {
            check(0, b -> {
                int rows = 2 * 2 * bad.length;
                Buffer logits = b.floats(2, rows / 2, vocabulary);
                float[] values = b.values(rows * vocabulary);
                for (int row = 0; row < rows; row += 2) {
                    values[row * vocabulary + row * 7 % vocabulary] = bad[row / 2 % bad.length];
                    if (row >= rows / 2) { // all of the row
                        Arrays.fill(values, row * vocabulary, (row + 1) * vocabulary, bad[row / 2 % bad.length]);
                    }
                }
                b.session().write(logits, values);
                SamplingState state = state(b, settings(topK, topP, 1));
                Buffer tokens = b.ints(new int[rows], 2, rows / 2);
                Buffer vectors = b.floats(2, rows / 2, 9);
                Weight codebook = b.weight(vocabulary, 9);
                b.run(o -> {
                    o.sample(logits, state, 1, 0, tokens);
                    o.lookup(tokens, 0, codebook, vectors);
                    o.gumbelMix(logits, state, 1, codebook, b.floats(2, rows / 2, 9));
                });
                int[] drawn = b.session().readInts(tokens);
                for (int row = 0; row < rows; row++) {
                    assertEquals(row % 2 == 0, drawn[row] == SamplingState.NO_CODE, "row " + row);
                }
                return toFloats(drawn);
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "7, 0", "600, 0.95", "0, 0.5"})
    void smoothSampling(double topK, double topP) {
        for (int vocabulary : new int[] {3, 130, 4096, 4500}) {
            check(1e-3, b -> {
                Buffer logits = b.floats(2, 5, vocabulary);
                Weight codebook = b.weight(vocabulary, 40);
                SamplingState state = state(b, settings(topK, topP, 1));
                Buffer out = b.floats(2, 5, 40);
                b.run(o -> o.gumbelMix(logits, state, 1, codebook, out));
                return b.read(out);
            });
        }
    }

    @Test
    void guidance() {
        check(TOLERANCE, b -> {
            Buffer logits = b.floats(4, 3, 77);
            SamplingState state = state(b, settings(0, 0, 1));
            b.run(o -> o.guide(logits, state, 1));
            return b.read(logits);
        });
    }
}
