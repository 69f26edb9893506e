package dev.tandem.profile;

import dev.tandem.engine.DeviceUse;
import dev.tandem.engine.Program;
import dev.tandem.engine.Session;
import dev.tandem.op.Buffer;
import dev.tandem.op.KvCache;
import dev.tandem.op.KvShape;
import dev.tandem.op.Ops;
import dev.tandem.op.Weight;
import dev.tandem.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A session that runs as the one below it does, and on request times its operations: each as a program of its own that
 * is waited for. What launching and waiting take is measured and taken off. Operations that a back-end computes at once
 * where one follows the other are timed apart.
 */
public final class ProfilingSession implements Session {
    static final String TO_DEVICE = "copies from the host";
    static final String TO_HOST = "copies to the host";

    private static final int WAITS = 101;

    private final Session inner;

    /** Launches next to nothing; null until first needed. */
    private Program nothing;

    /** What was timed so far; null while programs run whole. */
    private List<TimedCall> timed;

    /** Nanoseconds to take off each of them. */
    private long wait;

    public ProfilingSession(Session inner) {
        this.inner = inner;
    }

    /**
     * Times every operation of what {@code run} does with this session's programs, and what crosses between host and
     * device, in order. The first time that a program is profiled includes compiling it.
     */
    public Profile profile(Runnable run) {
        wait = measureWait();
        List<TimedCall> calls = new ArrayList<>();
        timed = calls;
        try {
            run.run();
        } finally {
            timed = null;
        }
        return new Profile(calls, wait);
    }

    private long measureWait() {
        if (nothing == null) {
            Buffer one = inner.floats("nothing", 1);
            nothing = inner.program("nothing", ops -> ops.fill(one, 0));
            time(nothing::run);
        }
        long[] waits = new long[WAITS];
        Arrays.setAll(waits, i -> time(nothing::run));
        Arrays.sort(waits);
        return waits[WAITS / 2];
    }

    private long time(Runnable run) {
        long start = System.nanoTime();
        run.run();
        inner.await();
        return System.nanoTime() - start;
    }

    @Override
    public Program program(String name, Consumer<Ops> body) {
        return new Profiled(inner.program(name, body), body);
    }

    private final class Profiled implements Program {
        private final Program whole;
        private final Consumer<Ops> body;

        /** Null until first profiled. */
        private List<CallRecorder.Call> calls;

        Profiled(Program whole, Consumer<Ops> body) {
            this.whole = whole;
            this.body = body;
        }

        @Override
        public String name() {
            return whole.name();
        }

        @Override
        public void run() {
            if (timed == null) {
                whole.run();
                return;
            }
            if (calls == null) {
                calls = CallRecorder.record(inner, body);
            }
            for (CallRecorder.Call call : calls) {
                timed.add(new TimedCall(call.work(), Math.max(0, time(call.program()::run) - wait)));
            }
        }
    }

    private <T> T crossing(String what, Buffer buffer, Supplier<T> copy) {
        long start = System.nanoTime();
        T copied = copy.get();
        if (timed != null) {
            long bytes = buffer.shape().elements() * buffer.elementBytes();
            timed.add(new TimedCall(Work.crossing(what, bytes), System.nanoTime() - start));
        }
        return copied;
    }

    @Override
    public void write(Buffer buffer, float[] values) {
        crossing(TO_DEVICE, buffer, () -> {
            inner.write(buffer, values);
            return null;
        });
    }

    @Override
    public void write(Buffer buffer, int[] values) {
        crossing(TO_DEVICE, buffer, () -> {
            inner.write(buffer, values);
            return null;
        });
    }

    @Override
    public float[] readFloats(Buffer buffer) {
        return crossing(TO_HOST, buffer, () -> inner.readFloats(buffer));
    }

    @Override
    public int[] readInts(Buffer buffer) {
        return crossing(TO_HOST, buffer, () -> inner.readInts(buffer));
    }

    @Override
    public byte[] readBytes(Buffer buffer) {
        return crossing(TO_HOST, buffer, () -> inner.readBytes(buffer));
    }

    // ---- as the session below

    @Override
    public String description() {
        return inner.description();
    }

    @Override
    public Buffer floats(String name, long... dims) {
        return inner.floats(name, dims);
    }

    @Override
    public Buffer activations(String name, long... dims) {
        return inner.activations(name, dims);
    }

    @Override
    public Buffer ints(String name, long... dims) {
        return inner.ints(name, dims);
    }

    @Override
    public Weight weight(Tensor tensor, Tensor scale) {
        return inner.weight(tensor, scale);
    }

    @Override
    public List<KvCache> kvCaches(String overlay, KvShape shape) {
        return inner.kvCaches(overlay, shape);
    }

    @Override
    public void await() {
        inner.await();
    }

    @Override
    public Optional<DeviceUse> deviceUse() {
        return inner.deviceUse();
    }

    @Override
    public void close() {
        inner.close();
    }
}
