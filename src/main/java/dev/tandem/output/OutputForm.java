package dev.tandem.output;

import dev.tandem.host.StandardOutput;
import dev.tandem.image.Grid;
import dev.tandem.image.Npz;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** In which form pictures are written; their place's name tells. */
public enum OutputForm {
    GRID,
    FOLDER,
    NPZ;

    /** Pictures in a row of a grid, at most, unless the user says so. */
    public static final int MOST_COLUMNS = 8;

    private static final int GAP = 4;
    /** In bytes: what one array holds. */
    private static final int LARGEST_GRID = Integer.MAX_VALUE - 8;

    /**
     * The form of {@code FILE.png}, {@code FILE.npz} or a folder: one that is there, or a name without an extension. Standard output
     * ({@code -}), devices, pipes and existing files without extension take a grid.
     */
    public static OutputForm of(String output) {
        String lower = output.toLowerCase(Locale.ROOT);
        if (output.endsWith("/") || output.endsWith("\\") || Files.isDirectory(Path.of(output))) {
            return FOLDER;
        }
        if (lower.endsWith(".png")) {
            return GRID;
        }
        if (lower.endsWith(".npz")) {
            return NPZ;
        }
        Path path = place(output);
        if (StandardOutput.is(path) || Files.exists(path) && !Files.isRegularFile(path)) {
            return GRID;
        }
        if (path.getFileName().toString().indexOf('.') > 0) {
            throw new InvalidRequestException(
                    "output", "cannot write " + output + ": an output is FILE.png, FILE.npz or a folder");
        }
        return Files.exists(path) ? GRID : FOLDER;
    }

    /** The path that a place's name means. */
    public static Path place(String output) {
        return output.equals("-") ? StandardOutput.path() : Path.of(output);
    }

    private static Grid grid(Npz.Shape shape, int columns) {
        Grid grid = new Grid(columns, GAP);
        if (grid.bytes(shape.pictures(), shape.width(), shape.height()) > LARGEST_GRID) {
            throw new InvalidRequestException(
                    "output",
                    "one PNG has no room for a grid of " + shape.pictures() + " pictures; name a folder or FILE.npz");
        }
        return grid;
    }

    /**
     * Makes sure that the place can be written to.
     *
     * @param shape how many pictures there will be, and of which size
     * @param columns of a grid
     * @param text that a grid carries
     */
    public PictureSink open(Path path, Npz.Shape shape, int columns, Map<String, String> text) throws IOException {
        return switch (this) {
            case GRID -> new GridSink(path, grid(shape, columns), text);
            case FOLDER -> new FolderSink(path);
            case NPZ -> new NpzSink(path, shape);
        };
    }
}
