package dev.tandem.cpu;

import dev.tandem.cpu.backward.VectorTraining;
import dev.tandem.cpu.work.Lanes;
import dev.tandem.engine.BackendProvider;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import java.util.Optional;

/** The Java Vector API on all cores: the default where there is no GPU. */
public final class VectorProvider implements BackendProvider {
    private static final String MODULE = "jdk.incubator.vector";

    @Override
    public String name() {
        return "vector";
    }

    @Override
    public int priority() {
        return 10;
    }

    /** Touches no class of the module before it is known to be there. */
    @Override
    public Optional<String> unavailable() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return Optional.of("the JVM was started without --add-modules " + MODULE);
        }
        int bits = Lanes.L * Float.SIZE;
        if (bits < 256 && System.getProperty("os.arch", "").matches("amd64|x86_64")) {
            return Optional.of("this processor has vectors of " + bits + " bits; on x86 AVX2 is needed");
        }
        return Optional.empty();
    }

    @Override
    public String description() {
        return unavailable().isPresent() ? "CPU, Java Vector API" : "CPU, " + Lanes.L * Float.SIZE + "-bit vectors";
    }

    @Override
    public Session open(SessionOptions options) {
        return new CpuSession(description(), options.threads(), VectorOps::new, VectorTraining::new);
    }
}
