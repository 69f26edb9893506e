package dev.tandem.cli;

import dev.tandem.folder.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which model folder to work with. */
final class ModelOption {
    /** Names a model folder in the environment. */
    static final String MODEL = "TANDEM_MODEL";

    @Option(
            names = {"-m", "--model"},
            paramLabel = "DIR",
            description = "Model folder, as `tandem convert` makes it. Default: $TANDEM_MODEL, else the bundled demo.")
    Path folder;

    /** The folder as a person named it, or null for the bundled one. */
    Path named(Terminal terminal) {
        if (folder != null) {
            return folder;
        }
        String env = terminal.env().getOrDefault(MODEL, "");
        return env.isEmpty() ? null : Path.of(env);
    }

    /** The option that names it again, if any: the beginning of a command that repeats a run. */
    Map<String, String> recipe(Terminal terminal) {
        Map<String, String> words = new LinkedHashMap<>();
        Path named = named(terminal);
        if (named != null) {
            words.put("model", named.toString());
        }
        return words;
    }

    ModelFolder open(Terminal terminal) throws IOException {
        Path named = named(terminal);
        if (named != null) {
            return ModelFolder.open(named);
        }
        Path demo = Installation.home(terminal.env()).resolve("weights").resolve("demo");
        if (!Files.isRegularFile(demo.resolve(ModelFolder.CONFIG))) {
            throw new UsageException("the bundled demo is not at " + demo + "; name a model folder with --model");
        }
        return ModelFolder.open(demo);
    }
}
