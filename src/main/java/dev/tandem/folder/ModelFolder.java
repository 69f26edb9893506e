package dev.tandem.folder;

import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A folder with {@code config.json} and one safetensors file per part; the files are mapped on first use. */
public final class ModelFolder implements Model {
    public static final String CONFIG = "config.json";

    private final Path folder;
    private final ModelConfig config;
    private final Arena arena = Arena.ofShared();
    private final Map<String, Safetensors> open = new HashMap<>();

    private ModelFolder(Path folder, ModelConfig config) {
        this.folder = folder;
        this.config = config;
    }

    /**
     * Reads the folder's config.
     *
     * @throws FormatException where the folder is no model folder
     */
    public static ModelFolder open(Path folder) throws IOException {
        Path config = folder.resolve(CONFIG);
        if (!Files.isRegularFile(config)) {
            throw new FormatException(folder.toString(), whyNone(folder));
        }
        return new ModelFolder(folder, ConfigJson.read(config));
    }

    private static String whyNone(Path folder) {
        if (Files.isDirectory(folder)) {
            return "is no model folder: it has no " + CONFIG + " (tandem convert makes one of checkpoints)";
        }
        return Files.exists(folder)
                ? "is a file, not a model folder; convert it first: tandem convert " + folder + " -o FOLDER"
                : "there is no such model folder (tandem convert makes one)";
    }

    public Path path() {
        return folder;
    }

    @Override
    public String origin() {
        return folder.toString();
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public TensorSource tensors(String part) {
        ModelConfig.Part p = config.parts().get(part);
        if (p == null) {
            throw new FormatException(
                    origin(),
                    "has no part '" + part + "'; it has "
                            + String.join(", ", config.parts().keySet()));
        }
        return open.computeIfAbsent(part, name -> {
            Path file = folder.resolve(p.file());
            if (!file.normalize().startsWith(folder.normalize())) {
                throw new FormatException(origin(), "part '" + part + "' lies outside of the folder: " + p.file());
            }
            if (!Files.isRegularFile(file)) {
                throw new FormatException(file.toString(), "is missing");
            }
            try {
                return Safetensors.open(file, arena);
            } catch (IOException e) {
                throw new UncheckedIOException(file + ": " + e.getMessage(), e);
            }
        });
    }

    @Override
    public void close() {
        arena.close();
    }
}
