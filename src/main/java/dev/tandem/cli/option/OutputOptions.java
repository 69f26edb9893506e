package dev.tandem.cli.option;

import dev.tandem.image.Npz;
import dev.tandem.output.OutputForm;
import dev.tandem.output.PictureSink;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the pictures go, and in which form. */
public final class OutputOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "PATH",
            description = "FILE.png: all in one grid; a folder (an existing one, a name that ends in / or has no"
                    + " extension): a file per picture; FILE.npz: arr_0, uint8, [pictures, height, width, 3].")
    private String output;

    @Option(names = "--columns", paramLabel = "N", description = "Pictures in a row of the grid.")
    private Integer columns;

    /** Whether a place is named. */
    public boolean named() {
        return output != null;
    }

    /** The place; null where none is named. */
    public String place() {
        return output;
    }

    /** Takes that place where none is named. */
    public void otherwise(String usual) {
        if (output == null) {
            output = usual;
        }
    }

    /** How many pictures in a row a person asked for; null where nobody did. */
    public Integer columns() {
        return columns;
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
            throw new InvalidRequestException("columns", "--columns must be at least 1, not " + columns);
        }
        return OutputForm.of(output)
                .open(
                        Path.of(output),
                        new Npz.Shape(pictures, height, width),
                        columns != null ? columns : usualColumns,
                        text);
    }
}
