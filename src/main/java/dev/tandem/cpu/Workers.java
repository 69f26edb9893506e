package dev.tandem.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * The worker threads of a session, for one caller at a time. Work is cut into items whose results do not depend on who
 * computes them, so that every thread count gives the same numbers.
 *
 * <p>Operations are short and follow each other closely, so an idle worker watches for the next one for a moment before it
 * sleeps: waking a sleeping thread takes longer than many an operation.
 */
final class Workers implements AutoCloseable {
    /** Work that knows which worker does it, 0 … threads − 1, so that it can use that worker's own buffers. */
    interface Body {
        void accept(int worker, int item);
    }

    private static final int SPINS_BEFORE_SLEEP = 4000;

    private final int threads;
    private final Helper[] helpers;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private volatile int round;
    private volatile boolean closed;
    private volatile Throwable failure;
    private volatile Thread caller;
    private Body body;
    private int items;

    Workers(int threads) {
        this.threads = threads;
        this.helpers = new Helper[threads - 1];
    }

    int threads() {
        return threads;
    }

    /** Calls {@code work} for 0 … n − 1, on all threads; returns when all are done. The caller works too. */
    void forEach(int n, IntConsumer work) {
        forEach(n, (worker, item) -> work.accept(item));
    }

    /** As the other, and tells {@code work} which worker runs it. */
    void forEach(int n, Body work) {
        if (threads == 1 || n <= 1) {
            for (int i = 0; i < n; i++) {
                work.accept(0, i);
            }
            return;
        }
        if (helpers[0] == null) {
            start();
        }
        body = work;
        items = n;
        failure = null;
        caller = Thread.currentThread();
        next.set(0);
        running.set(helpers.length);
        round++;
        for (Helper helper : helpers) {
            if (helper.asleep) {
                LockSupport.unpark(helper);
            }
        }
        work(0);
        for (int spins = 0; running.get() > 0; spins++) {
            if (spins < SPINS_BEFORE_SLEEP) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
        body = null;
        switch (failure) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> {}
        }
    }

    private void work(int worker) {
        try {
            Body todo = body;
            int n = items;
            for (int i = next.getAndIncrement(); i < n; i = next.getAndIncrement()) {
                todo.accept(worker, i);
            }
        } catch (RuntimeException | Error e) {
            next.set(items);
            failure = e;
        }
    }

    private void start() {
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(i + 1, round);
            helpers[i].start();
        }
    }

    private final class Helper extends Thread {
        private final int worker;
        private int seen;
        private volatile boolean asleep;

        Helper(int worker, int round) {
            super("tandem-worker-" + worker);
            setDaemon(true);
            this.worker = worker;
            this.seen = round;
        }

        @Override
        public void run() {
            while (awaitRound()) {
                work(worker);
                if (running.decrementAndGet() == 0) {
                    LockSupport.unpark(caller);
                }
            }
        }

        /** False when the workers were closed. */
        private boolean awaitRound() {
            for (int spins = 0; round == seen; spins++) {
                if (closed) {
                    return false;
                }
                if (spins < SPINS_BEFORE_SLEEP) {
                    Thread.onSpinWait();
                } else {
                    // Look again after saying so: whoever starts a round either sees us asleep or we see the round.
                    asleep = true;
                    if (round == seen && !closed) {
                        LockSupport.park(this);
                    }
                    asleep = false;
                }
            }
            seen = round;
            return true;
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Helper helper : helpers) {
            if (helper != null) {
                LockSupport.unpark(helper);
            }
        }
    }
}
