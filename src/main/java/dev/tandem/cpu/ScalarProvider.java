package dev.tandem.cpu;

import dev.tandem.cpu.backward.ScalarTraining;
import dev.tandem.engine.BackendProvider;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import java.util.Optional;

/** Plain Java loops: slow, always there, and the reference for every other back-end. */
public final class ScalarProvider implements BackendProvider {
    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public String description() {
        return "CPU, plain loops (the reference)";
    }

    @Override
    public Session open(SessionOptions options) {
        return new CpuSession("CPU, plain loops", options.threads(), ScalarOps::new, ScalarTraining::new);
    }
}
