package dev.tandem.bench;

import dev.tandem.engine.Program;
import dev.tandem.op.Buffer;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvCache;
import dev.tandem.op.KvShape;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Attention of a guided picture of VAR-d16: 2 rows, 16 heads of 64; and the decoder's attention over pixels. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class AttentionBenchmark {
    private static final int ROWS = 2;
    private static final int HEADS = 16;
    private static final int HEAD_SIZE = 64;
    private static final int PIXELS = 16;
    private static final int CHANNELS = 640;

    @Param("vector")
    String backend;

    /** Queries, and the keys that they see: some of the ten scales. */
    @Param({"1/1", "25/55", "100/255", "256/680"})
    String scale;

    private Bench bench;
    private Program heads;
    private Program pixels;
    private double headFlops;

    @Setup(Level.Trial)
    public void open() {
        bench = new Bench(backend);
        int queries = Integer.parseInt(scale.split("/")[0]);
        int keys = Integer.parseInt(scale.split("/")[1]);
        Buffer q = bench.activations(ROWS, queries, HEADS * HEAD_SIZE);
        Buffer out = bench.empty(ROWS, queries, HEADS * HEAD_SIZE);
        KvCache cache = bench.session()
                .kvCaches("model", KvShape.apart(1, ROWS, HEADS, HEAD_SIZE, keys))
                .get(0);
        KeyEnds ends = KeyEnds.all(queries, keys);
        heads = bench.program(ops -> ops.attention(q, cache, ends, 1, out));
        headFlops = 4.0 * ROWS * queries * keys * HEADS * HEAD_SIZE;
        Buffer qkv = bench.activations(1, PIXELS, PIXELS, 3 * CHANNELS);
        Buffer map = bench.empty(1, PIXELS, PIXELS, CHANNELS);
        pixels = bench.program(ops -> ops.spatialAttention(qkv, 0.04f, map));
    }

    @Benchmark
    public void attention(Flops count) {
        heads.run();
        count.add(headFlops);
    }

    @Benchmark
    public void spatialAttention(Flops count) {
        pixels.run();
        count.add(4.0 * PIXELS * PIXELS * PIXELS * PIXELS * CHANNELS);
    }

    @TearDown(Level.Trial)
    public void close() {
        bench.close();
    }
}
