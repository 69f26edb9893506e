package dev.tandem.cli.option;

import dev.tandem.cli.terminal.Terminal;
import dev.tandem.folder.ModelFolder;
import dev.tandem.host.Installation;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which model folder to work with. */
public final class ModelOptions {
    /** Names a model folder in the environment. */
    public static final String MODEL = "TANDEM_MODEL";

    @Option(
            names = {"-m", "--model"},
            paramLabel = "DIR",
            description = "Model folder, as `tandem convert` makes it. Default: $TANDEM_MODEL, else the bundled demo.")
    private Path folder;

    /** Whether the option itself names one. */
    public boolean given() {
        return folder != null;
    }

    /** The folder as a person named it, or null for the bundled one. */
    private Path named(Terminal terminal) {
        if (folder != null) {
            return folder;
        }
        String env = terminal.env().getOrDefault(MODEL, "");
        return env.isEmpty() ? null : Path.of(env);
    }

    /** The option that names it again, if any: the beginning of a command that repeats a run. */
    public Map<String, String> recipe(Terminal terminal) {
        Map<String, String> words = new LinkedHashMap<>();
        Path named = named(terminal);
        if (named != null) {
            words.put("model", named.toString());
        }
        return words;
    }

    public ModelFolder open(Terminal terminal) throws IOException {
        Path named = named(terminal);
        if (named != null) {
            return ModelFolder.open(named);
        }
        Path demo = Installation.home(terminal.env()).resolve("weights").resolve("demo");
        if (!Files.isRegularFile(demo.resolve(ModelFolder.CONFIG))) {
            throw new InvalidRequestException(
                    "model", "the bundled demo is not at " + demo + "; name a model folder with --model");
        }
        return ModelFolder.open(demo);
    }
}
