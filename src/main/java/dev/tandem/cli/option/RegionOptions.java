package dev.tandem.cli.option;

import dev.tandem.image.RgbImage;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.request.EditRegion;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which part of a picture is drawn anew. */
public final class RegionOptions {
    @Option(
            names = "--mask",
            paramLabel = "FILE",
            description = "A picture: what is white in it is drawn anew, what is black stays.")
    private Path mask;

    @Option(
            names = "--rect",
            paramLabel = "X,Y,W,H",
            description = "In place of a mask: a rectangle, in pixels of the picture, from its upper left corner.")
    private String rect;

    @Option(names = "--outside", description = "Draw what is not marked (outpainting).")
    private boolean outside;

    /** @param notes hears what had to be changed */
    public EditRegion prepare(RgbImage image, VqVaeConfig vae, PrintWriter notes) throws IOException {
        if ((mask == null) == (rect == null)) {
            throw new InvalidRequestException(
                    "mask", "which part is to be drawn anew? Name it with ‹mask› or with ‹rect›");
        }
        EditRegion.Marking marking = mask != null ? new EditRegion.MaskFile(mask) : new EditRegion.Rectangle(rect);
        return EditRegion.of(image, marking, outside, vae, note -> notes.println("note: " + note));
    }

    /** The options that say the same again. */
    public Map<String, String> recipe() {
        Map<String, String> words = new LinkedHashMap<>();
        if (mask != null) {
            words.put("mask", mask.toString());
        } else {
            words.put("rect", rect);
        }
        if (outside) {
            words.put("outside", "");
        }
        return words;
    }
}
