package dev.tandem.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuKvCache;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.work.Workers;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvShape;
import dev.tandem.op.Linear;
import dev.tandem.op.Modulation;
import dev.tandem.op.Ops.ConvMode;
import dev.tandem.op.QkvWeights;
import dev.tandem.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A picture's bits depend on nothing but the picture: not on its batch, the threads or the machine's vector length. */
class VectorDeterminismTest {
    private static final int PICTURES = 3;

    /** Everything that the operations compute for the pictures {@code first} … of three, picture by picture. */
    private static List<float[]> compute(int threads, int first, int count) {
        List<CpuBuffer> results = new ArrayList<>();
        Workers workers = new Workers(threads);
        try {
            VectorOps ops = new VectorOps(workers);
            transformer(ops, first, count, results);
            decoder(ops, first, count, results);
        } finally {
            workers.close();
        }
        List<float[]> pictures = new ArrayList<>();
        for (int b = 0; b < count; b++) {
            for (CpuBuffer r : results) {
                pictures.add(Made.values(Made.rows(r, b, 1)));
            }
        }
        return pictures;
    }

    private static void transformer(VectorOps ops, int first, int count, List<CpuBuffer> results) {
        Made made = new Made(7);
        int positions = 21;
        int width = 6 * 20;
        CpuBuffer x = Made.rows(made.floats(PICTURES, positions, width), first, count);
        Modulation scale = new Modulation(Made.rows(made.floats(PICTURES, 2L * width), first, count), 1);
        CpuBuffer normed = Made.empty(count, positions, width);
        ops.adaNorm(x, scale, scale, 1e-6f, normed);
        QkvWeights weights = new QkvWeights(
                made.weight(DType.F16, 0.1, 3L * width, width),
                made.weight(DType.F32, 0.3, width),
                made.weight(DType.F32, 0.3, width),
                made.weight(DType.F32, 3, 6));
        CpuKvCache cache = CpuKvCache.first(KvShape.apart(1, count, 6, 20, positions));
        CpuBuffer q = Made.empty(count, positions, width);
        ops.qkv(normed, weights, 0, q, cache);
        CpuBuffer attended = Made.empty(count, positions, width);
        KeyEnds ends = new KeyEnds(new int[] {1, 5, positions}, new int[] {1, 5, positions});
        ops.attention(q, cache, ends, 1, attended);
        ops.linearGatedAdd(attended, made.linear(DType.I8, true, width, width), scale, x);
        CpuBuffer hidden = Made.empty(count, positions, 1100);
        ops.linearGelu(x, made.linear(DType.BF16, true, 1100, width), hidden);
        CpuBuffer out = Made.empty(count, positions, 33);
        ops.linear(hidden, made.linear(DType.F32, true, 33, 1100), out);
        results.addAll(List.of(normed, q, attended, x, hidden, out));
    }

    private static void decoder(VectorOps ops, int first, int count, List<CpuBuffer> results) {
        Made made = new Made(8);
        int side = 20;
        int channels = 48;
        CpuBuffer x = Made.rows(made.floats(PICTURES, side, side, channels), first, count);
        CpuBuffer normed = Made.empty(count, side, side, channels);
        CpuWeight gamma = made.weight(DType.F32, 1, channels);
        ops.groupNorm(x, gamma, gamma, 16, 1e-6f, true, normed);
        CpuBuffer qkv = Made.empty(count, side, side, 3L * channels);
        ops.conv(normed, made.linear(DType.F16, true, 3L * channels, channels, 1, 1), ConvMode.SAME, null, qkv);
        CpuBuffer attended = Made.empty(count, side, side, channels);
        ops.spatialAttention(qkv, 0.2f, attended);
        CpuBuffer same = Made.empty(count, side, side, channels);
        Linear kernel = made.linear(DType.F16, true, channels, channels, 3, 3);
        ops.conv(attended, kernel, ConvMode.SAME, x, same);
        CpuBuffer up = Made.empty(count, 2L * side, 2L * side, channels);
        ops.conv(same, kernel, ConvMode.UP, null, up);
        CpuBuffer large = Made.empty(count, 2L * side, 2L * side, channels);
        ops.conv(up, kernel, ConvMode.SAME, up, large);
        CpuBuffer down = Made.empty(count, side, side, channels);
        ops.conv(large, kernel, ConvMode.DOWN, null, down);
        results.addAll(List.of(normed, qkv, attended, same, up, large, down));
    }

    private static void assertSame(List<float[]> expected, List<float[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), 0, "result " + i);
        }
    }

    @Test
    void threadsDoNotMatter() {
        List<float[]> one = compute(1, 0, PICTURES);
        assertSame(one, compute(2, 0, PICTURES));
        assertSame(one, compute(5, 0, PICTURES));
    }

    @Test
    void batchesDoNotMatter() {
        List<float[]> all = compute(2, 0, PICTURES);
        int perPicture = all.size() / PICTURES;
        for (int b = 0; b < PICTURES; b++) {
            assertSame(all.subList(b * perPicture, (b + 1) * perPicture), compute(2, b, 1));
        }
    }

    /** Prints what {@link #vectorLengthsDoNotMatter} compares. */
    public static void main(String[] args) {
        System.out.println(digest());
    }

    private static String digest() {
        int hash = 0;
        for (float[] r : compute(2, 1, 1)) {
            hash = 31 * hash + Arrays.hashCode(r);
        }
        return Integer.toHexString(hash);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void vectorLengthsDoNotMatter(int bytes) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process child = new ProcessBuilder(
                        java,
                        "--add-modules=jdk.incubator.vector",
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "-XX:MaxVectorSize=" + bytes,
                        "-cp",
                        System.getProperty("java.class.path"),
                        VectorDeterminismTest.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream out = child.getInputStream()) {
            String printed = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
            assertEquals(0, child.waitFor());
            assertEquals(digest(), printed);
        }
    }
}
