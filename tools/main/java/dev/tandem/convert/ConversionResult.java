package dev.tandem.convert;

import dev.tandem.folder.ModelConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * What a conversion made.
 *
 * @param config of the whole folder, parts from before included
 * @param written the new parts
 * @param notes lines for people: which weights were taken, what was passed over
 */
public record ConversionResult(Path folder, ModelConfig config, List<Written> written, List<String> notes) {
    /**
     * A part that was written.
     *
     * @param what for people: "VAR transformer"
     * @param origin the file it came from, and where in it
     * @param parameters number of learned values
     * @param bytes of its file's data
     */
    public record Written(String part, String what, String origin, Path file, long parameters, long bytes) {}
}
