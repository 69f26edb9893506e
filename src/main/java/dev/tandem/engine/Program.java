package dev.tandem.engine;

/** A recorded sequence of operations. */
public interface Program {
    String name();

    /** Performs it once. When this returns the work is done or queued before any later one of the same session. */
    void run();
}
