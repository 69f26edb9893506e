package dev.tandem.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Counts what a benchmark computes, so that JMH's second line of a result reads as GFLOP/s. */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Flops {
    /** Billions of multiplications and additions done. */
    public double gflop;

    void add(double flops) {
        gflop += flops * 1e-9;
    }
}
