package dev.tandem.bench;

import dev.tandem.engine.Program;
import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
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

/**
 * Projections at VAR-d16's sizes: rows are twice the positions of a scale. Eight weights take turns, as the layers of a
 * model do, so that they come out of main memory.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class GemmBenchmark {
    private static final int COPIES = 8;

    @Param("vector")
    String backend;

    @Param({"2", "8", "32", "128", "512"})
    int rows;

    /** Outputs and inputs. */
    @Param({"1024x1024", "3072x1024", "4096x1024", "1024x4096"})
    String shape;

    @Param({"F32", "F16", "I8"})
    DType type;

    private Bench bench;
    private Program program;
    private double flops;

    @Setup(Level.Trial)
    public void open() {
        bench = new Bench(backend);
        int outputs = Integer.parseInt(shape.split("x")[0]);
        int inputs = Integer.parseInt(shape.split("x")[1]);
        Buffer x = bench.activations(1, rows, inputs);
        Buffer out = bench.empty(1, rows, outputs);
        Linear[] weights = new Linear[COPIES];
        for (int i = 0; i < COPIES; i++) {
            weights[i] = bench.linear(type, outputs, inputs);
        }
        program = bench.program(ops -> {
            for (Linear w : weights) {
                ops.linear(x, w, out);
            }
        });
        flops = 2.0 * rows * outputs * inputs * COPIES;
    }

    @Benchmark
    public void linear(Flops count) {
        program.run();
        count.add(flops);
    }

    @TearDown(Level.Trial)
    public void close() {
        bench.close();
    }
}
