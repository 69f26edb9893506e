package dev.tandem.api;

import dev.tandem.request.EditRegion;
import dev.tandem.request.InvalidRequestException;
import java.awt.image.BufferedImage;

/** A part of a picture to draw anew, and with what. Immutable: every method gives a new request. */
public final class EditRequest {
    private final BufferedImage picture;
    private final EditRegion.Marking marking;
    private final boolean outside;
    private final Request drawn;

    private EditRequest(BufferedImage picture, EditRegion.Marking marking, boolean outside, Request drawn) {
        this.picture = picture;
        this.marking = marking;
        this.outside = outside;
        this.drawn = drawn;
    }

    /** Of a picture of any size, which is scaled by its shorter side and cut to a square around its middle. */
    public static EditRequest of(BufferedImage picture) {
        return new EditRequest(picture, null, false, Request.of("none"));
    }

    /** Marks a rectangle, in pixels of the picture. */
    public EditRequest rectangle(int x, int y, int width, int height) {
        return new EditRequest(
                picture, new EditRegion.Rectangle(x + "," + y + "," + width + "," + height), outside, drawn);
    }

    /** Marks what is white in a mask. */
    public EditRequest mask(BufferedImage white) {
        return new EditRequest(picture, new EditRegion.MaskPicture("the mask", Pixels.rgb(white)), outside, drawn);
    }

    /** Draws all but what is marked. */
    public EditRequest outside() {
        return new EditRequest(picture, marking, true, drawn);
    }

    /** What is drawn there; otherwise whatever fits. */
    public EditRequest with(Request request) {
        return new EditRequest(picture, marking, outside, request);
    }

    BufferedImage picture() {
        return picture;
    }

    EditRegion.Marking marking() {
        if (marking == null) {
            throw new InvalidRequestException(
                    "mask", "which part is to be drawn anew? Name it with ‹mask› or with ‹rectangle›");
        }
        return marking;
    }

    boolean drawsOutside() {
        return outside;
    }

    Request drawn() {
        return drawn;
    }
}
