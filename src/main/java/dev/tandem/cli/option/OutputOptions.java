package dev.tandem.cli.option;

import dev.tandem.cli.terminal.Terminal;
import dev.tandem.host.StandardOutput;
import dev.tandem.image.Npz;
import dev.tandem.output.OutputForm;
import dev.tandem.output.PictureSink;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the pictures go, and in which form. */
public final class OutputOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "PATH",
            description = "FILE.png: all in one grid; a folder (an existing one, a name that ends in / or has no"
                    + " extension): a file per picture; FILE.npz: arr_0, uint8, [pictures, height, width, 3]; -: the grid"
                    + " on standard output, as on a device, a pipe or an existing file without extension.")
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

    /** Where a command may say what it did: not where its pictures go. */
    public Terminal reporting(Terminal terminal, VerbosityOptions verbosity) {
        if (output == null || !StandardOutput.is(OutputForm.place(output))) {
            return terminal;
        }
        if (verbosity.json) {
            throw new InvalidRequestException(
                    "output", "--json and the pictures both want standard output; name a file with --output");
        }
        return terminal.aside();
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
                        OutputForm.place(output),
                        new Npz.Shape(pictures, height, width),
                        columns != null ? columns : usualColumns,
                        text);
    }
}
