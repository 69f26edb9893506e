package dev.tandem.image.file;

import java.util.ArrayList;
import java.util.List;

/**
 * What a file says of how its picture is to be taken.
 *
 * @param format its name, for people
 * @param width as it lies in the file, as {@code height}
 * @param orientation EXIF's number, 1 where it lies upright
 */
public record PictureFacts(String format, int width, int height, boolean alpha, int orientation) {
    /** What commands make of it, where they differ. */
    public List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        if (orientation != 1) {
            remarks.add(
                    "EXIF orientation " + orientation
                            + ": edit, reconstruct, score and spectrum turn it upright, evaluate and export take it as it lies");
        }
        if (alpha) {
            remarks.add("alpha: edit, reconstruct, score and spectrum put it on white, evaluate and export drop alpha");
        }
        return remarks;
    }
}
