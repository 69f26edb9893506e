package dev.tandem.cpu;

import static dev.tandem.cpu.Made.assertClose;
import static dev.tandem.cpu.Made.copy;
import static dev.tandem.cpu.Made.empty;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuKvCache;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.work.Workers;
import dev.tandem.op.InputWeights;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvShape;
import dev.tandem.op.Linear;
import dev.tandem.op.Modulation;
import dev.tandem.op.Ops.ConvMode;
import dev.tandem.op.QkvWeights;
import dev.tandem.op.SamplingState;
import dev.tandem.op.Window;
import dev.tandem.tensor.DType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The vector back-end against the scalar one, at sizes that fit no vector. */
class VectorOpsTest {
    private static final double TOLERANCE = 1e-5;

    private final Workers workers = new Workers(2);
    private final ScalarOps scalar = new ScalarOps(workers);
    private final VectorOps vector = new VectorOps(workers);
    private final Made made = new Made(42);

    @AfterEach
    void close() {
        workers.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64", "F16", "BF16", "I8"})
    void projects(DType type) {
        int[][] shapes = {
            {1, 1, 1}, {1, 13, 207}, {13, 207, 13}, {7, 33, 64}, {25, 64, 300}, {2, 96, 577}, {61, 31, 1030}
        };
        for (int[] s : shapes) {
            CpuBuffer x = made.floats(1, s[0], s[2]);
            Linear w = made.linear(type, true, s[1], s[2]);
            CpuBuffer expected = empty(1, s[0], s[1]);
            CpuBuffer actual = empty(1, s[0], s[1]);
            scalar.linear(x, w, expected);
            vector.linear(x, w, actual);
            assertClose(expected, actual, TOLERANCE, type + " linear " + java.util.Arrays.toString(s));
            Linear noBias = new Linear(w.weight(), null);
            scalar.linear(x, noBias, expected);
            vector.linear(x, noBias, actual);
            assertClose(expected, actual, TOLERANCE, type + " linear without bias");
            scalar.linearGelu(x, w, expected);
            vector.linearGelu(x, w, actual);
            assertClose(expected, actual, TOLERANCE, type + " linearGelu");
        }
    }

    @Test
    void projectsManyRows() {
        CpuBuffer x = made.floats(1, 2100, 20);
        Linear w = made.linear(DType.F16, true, 70, 20);
        CpuBuffer expected = empty(1, 2100, 70);
        CpuBuffer actual = empty(1, 2100, 70);
        scalar.linear(x, w, expected);
        vector.linear(x, w, actual);
        assertClose(expected, actual, TOLERANCE, "linear");
    }

    @ParameterizedTest
    @CsvSource({"1,1,1,3", "2,3,13,32", "3,5,207,40", "4,1,64,200"})
    void addsGated(int rows, int positions, int width, int inputs) {
        CpuBuffer h = made.floats(rows, positions, inputs);
        CpuBuffer x = made.floats(rows, positions, width);
        CpuBuffer y = copy(x);
        Modulation gate = new Modulation(made.floats(2, 6L * width), 1);
        Linear w = made.linear(DType.F16, true, width, inputs);
        scalar.linearGatedAdd(h, w, gate, x);
        vector.linearGatedAdd(h, w, gate, y);
        assertClose(x, y, TOLERANCE, "linearGatedAdd");
    }

    @ParameterizedTest
    @CsvSource({"1,1,1,1", "2,3,1,13", "3,5,5,207", "2,9,4,1024", "2,3,3,1920"})
    void normalisesLayers(int rows, int positions, int kept, int width) {
        CpuBuffer x = made.floats(rows, positions, width);
        for (int i = 0; i < x.length; i++) {
            x.floats[x.offset + i] += 3;
        }
        CpuBuffer table = made.floats(2, 6L * width);
        CpuBuffer expected = empty(rows, kept, width);
        CpuBuffer actual = empty(rows, kept, width);
        scalar.adaNorm(x, new Modulation(table, 2), new Modulation(table, 4), 1e-6f, expected);
        vector.adaNorm(x, new Modulation(table, 2), new Modulation(table, 4), 1e-6f, actual);
        assertClose(expected, actual, TOLERANCE, "adaNorm");
    }

    @ParameterizedTest
    @CsvSource({"1,1,64,true", "2,3,32,true", "2,2,13,true", "3,3,7,false", "2,16,64,false", "1,2,48,true"})
    void attends(int rows, int heads, int d, boolean l2) {
        int width = heads * d;
        int[] steps = {1, 4, 9, 16, 25, 31};
        int capacity = 86;
        CpuKvCache a = CpuKvCache.first(KvShape.apart(1, rows, heads, d, capacity));
        CpuKvCache b = CpuKvCache.first(new KvShape(3, rows, heads, d, 55, capacity));
        CpuWeight qScale = l2 ? made.weight(DType.F32, 4, heads) : null;
        QkvWeights w = new QkvWeights(
                made.weight(DType.F16, 1 / Math.sqrt(width), 3L * width, width),
                made.weight(DType.F32, 0.3, width),
                made.weight(DType.F32, 0.3, width),
                qScale);
        int first = 0;
        for (int n : steps) {
            CpuBuffer h = made.floats(rows, n, width);
            CpuBuffer qa = empty(rows, n, width);
            CpuBuffer qb = empty(rows, n, width);
            scalar.qkv(h, w, first, qa, a);
            vector.qkv(h, w, first, qb, b);
            assertClose(qa, qb, TOLERANCE, "queries");
            first += n;
            CpuBuffer expected = empty(rows, n, width);
            CpuBuffer actual = empty(rows, n, width);
            scalar.attention(qa, a, KeyEnds.all(n, first), 0.7f, expected);
            vector.attention(qb, b, KeyEnds.all(n, first), 0.7f, actual);
            assertClose(expected, actual, TOLERANCE, "attention of " + n);
        }
        CpuBuffer q = made.floats(rows, 30, width);
        KeyEnds ends = new KeyEnds(new int[] {1, 5, 14, 30}, new int[] {1, 5, 14, 86});
        CpuBuffer expected = empty(rows, 30, width);
        CpuBuffer actual = empty(rows, 30, width);
        scalar.attention(q, a, ends, 1, expected);
        vector.attention(q, b, ends, 1, actual);
        assertClose(expected, actual, TOLERANCE, "attention with segments");
    }

    @ParameterizedTest
    @CsvSource({"1,4,16,192", "2,3,13,40", "2,2,32,207"})
    void embeds(int pictures, int rowsPerPicture, int codeSize, int width) {
        CpuBuffer maps = made.floats(pictures, 29, codeSize);
        CpuBuffer cond = made.floats(pictures + 1, width);
        for (int firstScale : new int[] {1, 4}) {
            InputWeights w = new InputWeights(
                    made.linear(DType.F16, true, width, codeSize),
                    made.weight(DType.F32, 1, firstScale, width),
                    made.weight(DType.F32, 1, 30, width));
            for (int[] range : new int[][] {{0, firstScale}, {firstScale, 5}, {0, 30}, {14, 16}}) {
                int rows = pictures * Math.min(2, rowsPerPicture);
                CpuBuffer expected = empty(rows, range[1], width);
                CpuBuffer actual = empty(rows, range[1], width);
                scalar.embedInput(maps, cond, w, range[0], expected);
                vector.embedInput(maps, cond, w, range[0], actual);
                assertClose(expected, actual, TOLERANCE, "embedInput from " + range[0]);
            }
        }
    }

    @Test
    void addsTheStartToAllOfTheFirstScale() {
        InputWeights w = new InputWeights(
                made.linear(DType.F32, true, 2, 3), made.weight(DType.F32, 1, 4, 2), made.weight(DType.F32, 1, 13, 2));
        CpuBuffer cond = made.floats(1, 2);
        CpuBuffer x = empty(1, 4, 2);
        scalar.embedInput(made.floats(1, 12, 3), cond, w, 0, x);
        float[] start = CpuWeight.of(w.posStart()).vector();
        float[] lvlPos = CpuWeight.of(w.lvlPos()).vector();
        for (int i = 0; i < 8; i++) {
            assertEquals(cond.floats[cond.offset + i % 2] + start[i] + lvlPos[i], x.floats[x.offset + i], 1e-6);
        }
    }

    @Test
    void appliesElementwiseOperations() {
        for (int n : new int[] {1, 13, 207, 40_000}) {
            CpuBuffer x = made.floats(n);
            for (int i = 0; i < n; i++) {
                x.floats[x.offset + i] *= 10;
            }
            CpuBuffer expected = empty(n);
            CpuBuffer actual = empty(n);
            scalar.silu(x, expected);
            vector.silu(x, actual);
            for (int i = 0; i < n; i++) {
                float e = expected.floats[expected.offset + i];
                assertClose(new float[] {e}, new float[] {actual.floats[actual.offset + i]}, 5e-7, "silu");
            }
        }
        SamplingState state = new SamplingState(made.floats(2, 3, SamplingState.COLUMNS), Made.ints(2, 2));
        CpuBuffer logits = made.floats(4, 3, 207);
        CpuBuffer same = copy(logits);
        scalar.guide(logits, state, 1);
        vector.guide(same, state, 1);
        assertArrayEquals(Made.values(logits), Made.values(same), 0, "guide");
    }

    @ParameterizedTest
    @CsvSource({
        "1,1,3,5,SAME",
        "2,5,32,13,SAME",
        "1,9,48,33,SAME",
        "1,8,16,3,UP",
        "2,7,35,40,UP",
        "1,16,32,31,DOWN",
        "2,6,3,16,DOWN"
    })
    void convolves(int pictures, int side, int inputs, int outputs, ConvMode mode) {
        for (DType type : new DType[] {DType.F32, DType.F16, DType.I8}) {
            for (int kernel : mode == ConvMode.SAME ? new int[] {1, 3} : new int[] {3}) {
                CpuBuffer x = made.floats(pictures, side, side, inputs);
                Linear w = made.linear(type, true, outputs, inputs, kernel, kernel);
                int to = mode == ConvMode.UP ? side * 2 : mode == ConvMode.DOWN ? side / 2 : side;
                CpuBuffer expected = empty(pictures, to, to, outputs);
                CpuBuffer actual = empty(pictures, to, to, outputs);
                scalar.conv(x, w, mode, null, expected);
                vector.conv(x, w, mode, null, actual);
                assertClose(expected, actual, TOLERANCE, "conv " + kernel);
                CpuBuffer residual = made.floats(pictures, to, to, outputs);
                CpuBuffer inPlace = copy(residual);
                scalar.conv(x, w, mode, residual, expected);
                vector.conv(x, w, mode, inPlace, inPlace);
                assertClose(expected, inPlace, TOLERANCE, "conv with residual " + kernel);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,32,32,40,SAME", "2,36,48,16,SAME", "1,65,16,3,SAME", "1,35,32,33,UP", "1,40,35,17,SAME"})
    void convolvesLargeMaps(int pictures, int side, int inputs, int outputs, ConvMode mode) {
        convolves(pictures, side, inputs, outputs, mode);
    }

    @ParameterizedTest
    @CsvSource({"1,1,32,32,true", "2,5,96,32,false", "1,40,160,32,true", "3,7,30,5,true", "1,33,21,3,false"})
    void normalisesGroups(int pictures, int side, int channels, int groups, boolean silu) {
        CpuBuffer x = made.floats(pictures, side, side, channels);
        for (int i = 0; i < x.length; i++) {
            x.floats[x.offset + i] += 2;
        }
        CpuWeight gamma = made.weight(DType.F32, 1, channels);
        CpuWeight beta = made.weight(DType.F32, 1, channels);
        CpuBuffer expected = empty(pictures, side, side, channels);
        scalar.groupNorm(x, gamma, beta, groups, 1e-6f, silu, expected);
        CpuBuffer inPlace = copy(x);
        vector.groupNorm(inPlace, gamma, beta, groups, 1e-6f, silu, inPlace);
        assertClose(expected, inPlace, TOLERANCE, "groupNorm");
    }

    @ParameterizedTest
    @CsvSource({"1,1,8", "2,5,13", "1,16,64", "2,7,207"})
    void attendsOverPixels(int pictures, int side, int channels) {
        CpuBuffer qkv = made.floats(pictures, side, side, 3L * channels);
        CpuBuffer expected = empty(pictures, side, side, channels);
        CpuBuffer actual = empty(pictures, side, side, channels);
        float scale = (float) Math.pow(channels, -0.5);
        scalar.spatialAttention(qkv, scale, expected);
        vector.spatialAttention(qkv, scale, actual);
        assertClose(expected, actual, TOLERANCE, "spatialAttention");
    }

    @ParameterizedTest
    @CsvSource({"1,1,16,8", "3,5,16,32", "2,13,13,13", "1,3,4,207"})
    void enlarges(int pictures, int from, int to, int width) {
        CpuBuffer x = made.floats(pictures, from, from, width);
        CpuBuffer expected = empty(pictures, to, to, width);
        CpuBuffer actual = empty(pictures, to, to, width);
        scalar.bicubicUp(x, expected);
        vector.bicubicUp(x, actual);
        assertClose(expected, actual, TOLERANCE, "bicubicUp");
    }

    @ParameterizedTest
    @CsvSource({"1,16,8", "3,16,32", "2,13,13"})
    void addsPhi(int pictures, int side, int codeSize) {
        CpuBuffer x = made.floats(pictures, side, side, codeSize);
        CpuBuffer f = made.floats(pictures, side, side, codeSize);
        CpuBuffer g = copy(f);
        Linear w = made.linear(DType.F32, true, codeSize, codeSize, 3, 3);
        scalar.phiAdd(x, w, 0.5f, f);
        vector.phiAdd(x, w, 0.5f, g);
        assertClose(f, g, TOLERANCE, "phiAdd");
    }

    @ParameterizedTest
    @CsvSource({"1,1,8,1,false", "2,9,32,4096,false", "2,5,13,207,true"})
    void findsTheNearestCode(int pictures, int positions, int width, int codes, boolean normalised) {
        CpuBuffer z = made.floats(pictures, positions, width);
        CpuWeight codebook = made.weight(DType.F32, 1, codes, width);
        CpuBuffer expected = Made.ints(pictures, positions + 3L);
        CpuBuffer actual = Made.ints(pictures, positions + 3L);
        scalar.nearestCode(z, codebook, normalised, 2, expected);
        vector.nearestCode(z, codebook, normalised, 2, actual);
        assertArrayEquals(expected.ints, actual.ints);
    }

    @ParameterizedTest
    @CsvSource({
        "1,9,9,3,32,3,3,2,0,0",
        "2,7,9,13,40,1,7,1,0,3",
        "2,9,7,48,33,7,1,1,3,0",
        "1,8,8,20,64,5,5,1,2,2",
        "2,8,8,17,21,1,1,1,0,0",
        "1,36,36,16,48,3,3,1,1,1",
        "1,11,5,70,10,1,3,1,0,1"
    })
    void convolvesWithAnyWindow(
            int pictures, int h, int wide, int in, int out, int kh, int kw, int stride, int padY, int padX) {
        Window window = new Window(kh, kw, stride, padY, padX);
        CpuBuffer x = made.floats(pictures, h, wide, in);
        for (DType type : new DType[] {DType.F32, DType.F16, DType.I8}) {
            Linear w = made.linear(type, true, out, in, kh, kw);
            // a map with room for two branches beside this one
            CpuBuffer expected = empty(pictures, window.outHeight(h), window.outWidth(wide), out + 9L);
            CpuBuffer actual = empty(pictures, window.outHeight(h), window.outWidth(wide), out + 9L);
            scalar.convRelu(x, w, window, 4, expected);
            vector.convRelu(x, w, window, 4, actual);
            assertClose(expected, actual, TOLERANCE, "convRelu " + window);
        }
    }
}
