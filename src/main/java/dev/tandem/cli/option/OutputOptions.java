package dev.tandem.cli.option;

import dev.tandem.image.Grid;
import dev.tandem.image.Npz;
import dev.tandem.output.FolderSink;
import dev.tandem.output.GridSink;
import dev.tandem.output.NpzSink;
import dev.tandem.output.PictureSink;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the pictures go, and in which form. */
public final class OutputOptions {
    private static final int GAP = 4;
    /** Pictures in a row of a grid, at most, unless the user says so. */
    public static final int MOST_COLUMNS = 8;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PATH",
            description = "FILE.png: all in one grid; a folder (an existing one, a name that ends in / or has no"
                    + " extension): a file per picture; FILE.npz: arr_0, uint8, [pictures, height, width, 3].")
    public String output;

    @Option(names = "--columns", paramLabel = "N", description = "Pictures in a row of the grid.")
    public Integer columns;

    /** The form of the output. */
    enum Form {
        GRID,
        FOLDER,
        NPZ
    }

    Form form() {
        String lower = output.toLowerCase(Locale.ROOT);
        if (output.endsWith("/") || output.endsWith("\\") || Files.isDirectory(Path.of(output))) {
            return Form.FOLDER;
        }
        if (lower.endsWith(".png")) {
            return Form.GRID;
        }
        if (lower.endsWith(".npz")) {
            return Form.NPZ;
        }
        if (Path.of(output).getFileName().toString().indexOf('.') > 0) {
            throw new InvalidRequestException("cannot write " + output + ": an output is FILE.png, FILE.npz or a folder");
        }
        return Form.FOLDER;
    }

    /**
     * Makes sure that the place can be written to.
     *
     * @param pictures how many there will be
     * @param usualColumns of a grid, where the user named no number
     * @param text that a grid carries
     */
    public PictureSink open(int pictures, int width, int height, int usualColumns, Map<String, String> text)
            throws IOException {
        if (columns != null && columns < 1) {
            throw new InvalidRequestException("--columns must be at least 1, not " + columns);
        }
        Path path = Path.of(output);
        return switch (form()) {
            case GRID -> new GridSink(path, new Grid(columns != null ? columns : usualColumns, GAP), text);
            case FOLDER -> new FolderSink(path);
            case NPZ -> new NpzSink(path, new Npz.Shape(pictures, height, width));
        };
    }
}
