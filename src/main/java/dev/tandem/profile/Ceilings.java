package dev.tandem.profile;

import dev.tandem.engine.Program;
import dev.tandem.engine.Session;
import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Ops;
import dev.tandem.op.SamplingState;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * What a session reaches where nothing else is in the way, measured with its own operations.
 *
 * @param flops a second of a large product in the type in which the session keeps activations
 * @param bytes a second between processor and memory
 */
public record Ceilings(double flops, double bytes) {
    private static final int LEAST_SIDE = 256;
    private static final int MOST_SIDE = 8192;

    /** Floats of the array that memory is measured with: much more than caches hold. */
    private static final long MOST_FLOATS = 1L << 26;

    private static final long LEAST_FLOATS = 1L << 20;

    /** What takes longer is large enough. */
    private static final long ENOUGH_NANOS = 20_000_000;

    private static final int RUNS = 7;

    /** Measures, in memory of this session's. */
    public static Ceilings measure(Session inner) {
        ProfilingSession session = new ProfilingSession(inner);
        return new Ceilings(flops(session), bytes(session));
    }

    private static double flops(ProfilingSession session) {
        double best = 0;
        long nanos = 0;
        for (int side = LEAST_SIDE; side <= MOST_SIDE && nanos < ENOUGH_NANOS; side *= 2) {
            float[] values = new float[side * side];
            SplittableRandom random = new SplittableRandom(side);
            for (int i = 0; i < values.length; i++) {
                // a GPU multiplies zeros faster than numbers
                values[i] = (float) random.nextDouble(-1, 1);
            }
            Buffer x = session.activations("x", 1, side, side);
            session.write(x, values);
            Buffer y = session.activations("y", 1, side, side);
            Linear w = new Linear(session.weight(Tensor.ofFloats("w", Shape.of(side, side), values), null), null);
            TimedCall fastest = fastest(session, ops -> ops.linear(x, w, y));
            nanos = fastest.nanos();
            best = Math.max(best, fastest.work().flops() / nanos * 1e9);
        }
        return best;
    }

    /** By the sum of two halves of an array, which a back-end does as fast as memory goes. */
    private static double bytes(ProfilingSession session) {
        SamplingState state =
                new SamplingState(session.floats("settings", 1, 1, SamplingState.COLUMNS), session.ints("seeds", 1, 2));
        double rate = 0;
        long nanos = 0;
        for (long floats = LEAST_FLOATS; floats <= MOST_FLOATS && nanos < ENOUGH_NANOS; floats *= 4) {
            Buffer halves = session.floats("halves", 2, 1, floats / 2);
            TimedCall fastest = fastest(session, ops -> ops.guide(halves, state, 0));
            nanos = fastest.nanos();
            // of the largest array alone: smaller ones stay in caches
            rate = (double) fastest.work().bytes() / nanos * 1e9;
        }
        return rate;
    }

    private static TimedCall fastest(ProfilingSession session, Consumer<Ops> body) {
        Program program = session.program("ceiling", body);
        TimedCall fastest = null;
        for (int i = 0; i < RUNS; i++) {
            TimedCall call = session.profile(program::run).calls().getFirst();
            if (fastest == null || call.nanos() < fastest.nanos()) {
                fastest = call;
            }
        }
        return new TimedCall(fastest.work(), Math.max(1, fastest.nanos()));
    }
}
