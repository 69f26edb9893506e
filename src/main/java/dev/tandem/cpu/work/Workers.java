package dev.tandem.cpu.work;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * The worker threads of a session, for one caller at a time. Work is cut into items whose results do not depend on who
 * computes them, so that every thread count gives the same numbers.
 *
 * <p>Operations are short and follow each other closely, so an idle helper watches for the next one for a moment before
 * it sleeps: waking a thread takes longer than many an operation. The caller waits for items, not for helpers: one that
 * gets no processor in time is not missed.
 */
public final class Workers implements AutoCloseable {
    /** Work that knows which worker does it, 0 … threads − 1, so that it can use that worker's own buffers. */
    public interface Body {
        void accept(int worker, int item);
    }

    /** Some tens of microseconds. */
    private static final int SPINS_BEFORE_SLEEP = 4000;

    private final int threads;
    private final Helper[] helpers;
    private volatile Job job;
    private volatile boolean closed;

    public Workers(int threads) {
        this.threads = threads;
        this.helpers = new Helper[threads - 1];
    }

    public int threads() {
        return threads;
    }

    /** Calls {@code work} for 0 … n − 1, on all threads; returns when all are done. The caller works too. */
    public void forEach(int n, IntConsumer work) {
        forEach(n, (worker, item) -> work.accept(item));
    }

    /** As the other, and tells {@code work} which worker runs it. */
    public void forEach(int n, Body work) {
        if (threads == 1 || n <= 1) {
            for (int i = 0; i < n; i++) {
                work.accept(0, i);
            }
            return;
        }
        if (helpers[0] == null) {
            for (int i = 0; i < helpers.length; i++) {
                helpers[i] = new Helper(i + 1);
                helpers[i].start();
            }
        }
        Job mine = new Job(work, n, Thread.currentThread());
        job = mine;
        for (int i = 0; i < Math.min(helpers.length, n - 1); i++) {
            if (helpers[i].asleep) {
                LockSupport.unpark(helpers[i]);
            }
        }
        mine.work(0);
        mine.await();
        job = null;
        switch (mine.failure) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> {}
        }
    }

    /** The items of one call. */
    private static final class Job {
        private final Body body;
        private final int items;
        private final Thread caller;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private volatile Throwable failure;

        Job(Body body, int items, Thread caller) {
            this.body = body;
            this.items = items;
            this.caller = caller;
        }

        void work(int worker) {
            for (int i = next.getAndIncrement(); i < items; i = next.getAndIncrement()) {
                try {
                    if (failure == null) {
                        body.accept(worker, i);
                    }
                } catch (RuntimeException | Error e) {
                    failure = e;
                }
                if (done.incrementAndGet() == items && worker != 0) {
                    LockSupport.unpark(caller);
                }
            }
        }

        void await() {
            for (int spins = 0; done.get() < items; spins++) {
                if (spins < SPINS_BEFORE_SLEEP) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
        }
    }

    private final class Helper extends Thread {
        private final int worker;
        private volatile boolean asleep;

        Helper(int worker) {
            super("tandem-worker-" + worker);
            setDaemon(true);
            this.worker = worker;
        }

        @Override
        public void run() {
            Job last = null;
            for (int spins = 0; !closed; spins++) {
                Job current = job;
                if (current != null && current != last) {
                    current.work(worker);
                    last = current;
                    spins = 0;
                } else if (spins < SPINS_BEFORE_SLEEP) {
                    Thread.onSpinWait();
                } else {
                    // Look again after saying so: either the caller sees us asleep or we see its job.
                    asleep = true;
                    current = job;
                    if (!closed && (current == null || current == last)) {
                        LockSupport.park(this);
                    }
                    asleep = false;
                }
            }
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
