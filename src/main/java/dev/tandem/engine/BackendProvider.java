package dev.tandem.engine;

import java.util.Optional;

/**
 * A way to run the forward, found with {@link java.util.ServiceLoader}. Probing must be cheap and must not throw.
 */
public interface BackendProvider {
    /** The name that {@code --backend} takes. */
    String name();

    /** {@code auto} tries providers with higher priority first. */
    int priority();

    /** Why it cannot run here; empty where it can. */
    Optional<String> unavailable();

    /** What it would run on, for people. */
    String description();

    Session open(SessionOptions options);
}
