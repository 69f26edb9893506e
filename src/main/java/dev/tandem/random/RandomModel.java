package dev.tandem.random;

import dev.tandem.convert.Layout;
import dev.tandem.folder.Model;
import dev.tandem.folder.ModelConfig;
import dev.tandem.tensor.TensorSource;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;

/** A model of given dimensions whose parameters are seeded random numbers, made in memory when they are asked for. */
public final class RandomModel implements Model {
    private final ModelConfig config;
    private final long seed;
    private final Arena arena = Arena.ofShared();
    private final Map<String, TensorSource> parts = new HashMap<>();

    public RandomModel(ModelConfig config, long seed) {
        this.config = config;
        this.seed = seed;
    }

    /** Bytes that the parameters of all parts take. */
    public static long bytes(ModelConfig config) {
        return config.parts().values().stream()
                .mapToLong(p -> layout(p).parameters()
                        * switch (p.dtype()) {
                            case "fp32" -> 4;
                            case "int8" -> 1;
                            default -> 2;
                        })
                .sum();
    }

    private static Layout layout(ModelConfig.Part part) {
        return Layout.of(part);
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public TensorSource tensors(String part) {
        return parts.computeIfAbsent(part, name -> {
            ModelConfig.Part p = config.parts().get(name);
            return new RandomTensors(config.name() + "/" + name, layout(p), p.dtype(), seed + name.hashCode(), arena);
        });
    }

    @Override
    public String origin() {
        return config.name();
    }

    @Override
    public void close() {
        arena.close();
    }
}
