package dev.tandem.bench;

import dev.tandem.engine.Program;
import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Ops.ConvMode;
import dev.tandem.tensor.DType;
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

/** 3×3 convolutions of the VQ-VAE's decoder; GFLOP/s as a direct convolution counts them, whatever the method does. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class ConvBenchmark {
    @Param("vector")
    String backend;

    /** Side of the output, channels in and out, and how the input is sampled. */
    @Param({
        "256 160 160 SAME",
        "256 160 160 UP",
        "256 160 3 SAME",
        "128 160 160 SAME",
        "128 320 160 SAME",
        "64 320 320 SAME",
        "32 320 320 SAME",
        "32 640 640 UP",
        "16 640 640 SAME"
    })
    String layer;

    private Bench bench;
    private Program program;
    private double flops;

    @Setup(Level.Trial)
    public void open() {
        bench = new Bench(backend);
        String[] parts = layer.split(" ");
        int side = Integer.parseInt(parts[0]);
        int inputs = Integer.parseInt(parts[1]);
        int outputs = Integer.parseInt(parts[2]);
        ConvMode mode = ConvMode.valueOf(parts[3]);
        int from = mode == ConvMode.UP ? side / 2 : side;
        Buffer x = bench.activations(1, from, from, inputs);
        Buffer out = bench.empty(1, side, side, outputs);
        Linear w = bench.linear(DType.F16, outputs, inputs, 3, 3);
        program = bench.program(ops -> ops.conv(x, w, mode, null, out));
        flops = 2.0 * 9 * inputs * outputs * side * side;
    }

    @Benchmark
    public void conv(Flops count) {
        program.run();
        count.add(flops);
    }

    @TearDown(Level.Trial)
    public void close() {
        bench.close();
    }
}
