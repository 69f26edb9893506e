package dev.tandem.cli;

import dev.tandem.decode.Picture;
import dev.tandem.image.Grid;
import dev.tandem.image.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Where the pictures go, and in which form. */
final class OutputOption {
    private static final int GAP = 4;
    private static final int MOST_COLUMNS = 8;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PATH",
            defaultValue = "grid.png",
            description = "FILE.png: all in one grid; a folder (an existing one, a name that ends in / or has no"
                    + " extension): a file per picture; FILE.npz: arr_0, uint8, [pictures, height, width, 3]."
                    + " Default: ${DEFAULT-VALUE}.")
    String output;

    @Option(names = "--columns", paramLabel = "N", description = "Pictures in a row of the grid.")
    Integer columns;

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
            throw new UsageException("cannot write " + output + ": an output is FILE.png, FILE.npz or a folder");
        }
        return Form.FOLDER;
    }

    /**
     * Makes sure that the place can be written to.
     *
     * @param count pictures per class
     * @param recipe of the whole job, without the columns
     */
    PictureSink open(List<Picture> pictures, int count, int side, ClassList classes, Recipe recipe) throws IOException {
        if (columns != null && columns < 1) {
            throw new UsageException("--columns must be at least 1, not " + columns);
        }
        Path path = Path.of(output);
        return switch (form()) {
            case GRID ->
                new GridSink(
                        path,
                        new Grid(columns != null ? columns : usualColumns(pictures.size(), count), GAP),
                        recipe.with("columns", columns == null ? null : String.valueOf(columns))
                                .toText(describe(pictures, classes)));
            case FOLDER ->
                new FolderSink(
                        path,
                        p -> fileName(p, classes),
                        p -> recipe.with("class", classes.format(List.of(p.label())))
                                .with("count", null)
                                .with("seed", String.valueOf(p.seed()))
                                .toText(describe(List.of(p), classes)));
            case NPZ -> new NpzSink(path, new Npz.Shape(pictures.size(), side, side));
        };
    }

    /** A row per class where that is neither narrow nor wide, else near a square. */
    private static int usualColumns(int pictures, int count) {
        boolean rowPerClass = count > 1 && count <= MOST_COLUMNS && pictures > count;
        return rowPerClass ? count : Grid.squareColumns(pictures, MOST_COLUMNS);
    }

    private static String describe(List<Picture> pictures, ClassList classes) {
        List<String> names = pictures.stream()
                .map(p -> classes.name(p.label()))
                .distinct()
                .limit(MOST_COLUMNS + 1L)
                .toList();
        return names.size() > MOST_COLUMNS
                ? String.join(", ", names.subList(0, MOST_COLUMNS)) + ", …"
                : String.join(", ", names);
    }

    /** {@code 009-heart-5.png}: sorted by class, and unique in a job. */
    static String fileName(Picture p, ClassList classes) {
        String name = classes.name(p.label()).split(",")[0].toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "-");
        String id = String.format(Locale.ROOT, "%03d", p.label());
        return (name.equals(String.valueOf(p.label())) ? id : id + "-" + name) + "-" + p.seed() + ".png";
    }
}
