package dev.tandem.bench;

import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What the machine's multiply-add units do at most, on all cores: other benchmarks' GFLOP/s are fractions of this. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@Threads(Threads.MAX)
@State(Scope.Thread)
public class PeakBenchmark {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int STEPS = 1_000_000;
    private static final int CHAINS = 12;

    private float factor = 0.999f;

    @Benchmark
    public float multiplyAdd(Flops flops) {
        flops.add(2.0 * CHAINS * F.length() * STEPS);
        FloatVector a = FloatVector.broadcast(F, factor);
        FloatVector b = FloatVector.broadcast(F, 1e-3f);
        FloatVector c0 = b;
        FloatVector c1 = b;
        FloatVector c2 = b;
        FloatVector c3 = b;
        FloatVector c4 = b;
        FloatVector c5 = b;
        FloatVector c6 = b;
        FloatVector c7 = b;
        FloatVector c8 = b;
        FloatVector c9 = b;
        FloatVector c10 = b;
        FloatVector c11 = b;
        for (int i = 0; i < STEPS; i++) {
            c0 = a.fma(b, c0);
            c1 = a.fma(b, c1);
            c2 = a.fma(b, c2);
            c3 = a.fma(b, c3);
            c4 = a.fma(b, c4);
            c5 = a.fma(b, c5);
            c6 = a.fma(b, c6);
            c7 = a.fma(b, c7);
            c8 = a.fma(b, c8);
            c9 = a.fma(b, c9);
            c10 = a.fma(b, c10);
            c11 = a.fma(b, c11);
        }
        FloatVector sum = c0.add(c1)
                .add(c2)
                .add(c3)
                .add(c4)
                .add(c5)
                .add(c6)
                .add(c7)
                .add(c8)
                .add(c9)
                .add(c10)
                .add(c11);
        return sum.reduceLanes(VectorOperators.ADD);
    }
}
