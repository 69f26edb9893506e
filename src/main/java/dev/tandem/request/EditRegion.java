package dev.tandem.request;

import dev.tandem.image.Mask;
import dev.tandem.image.Resize;
import dev.tandem.image.RgbImage;
import dev.tandem.image.file.ImageFiles;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.text.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A picture as the model takes it, and its part that is drawn anew.
 *
 * @param image of the model's size
 * @param patches the part that is drawn anew, in positions of f_hat
 * @param pixels the same in pixels: whole patches
 */
public record EditRegion(RgbImage image, Mask patches, Mask pixels) {
    private static final Pattern RECTANGLE = Pattern.compile("(-?\\d{1,6}),(-?\\d{1,6}),(\\d{1,6}),(\\d{1,6})");

    /** How a part of a picture is marked. */
    public interface Marking {
        /** What messages call it. */
        String name();

        /** The part, in pixels of the picture; {@code notes} hears what had to be changed. */
        Mask of(RgbImage image, Consumer<String> notes) throws IOException;
    }

    /** Marks what is white in a file's picture. */
    public record MaskFile(Path file) implements Marking {
        @Override
        public String name() {
            return file.toString();
        }

        @Override
        public Mask of(RgbImage image, Consumer<String> notes) throws IOException {
            return new MaskPicture(name(), ImageFiles.read(file)).of(image, notes);
        }
    }

    /** Marks what is white in a picture. */
    public record MaskPicture(String name, RgbImage mask) implements Marking {
        @Override
        public Mask of(RgbImage image, Consumer<String> notes) {
            Mask marked = Mask.of(mask);
            if (marked.width() == image.width() && marked.height() == image.height()) {
                return marked;
            }
            notes.accept("the mask is " + marked.width() + "×" + marked.height() + " and the picture " + image.width()
                    + "×" + image.height() + "; the mask is resized");
            return marked.nearest(image.width(), image.height());
        }
    }

    /** Marks a rectangle, {@code X,Y,WIDTH,HEIGHT} in pixels of the picture, from its upper left corner. */
    public record Rectangle(String text) implements Marking {
        @Override
        public String name() {
            return "‹rect› " + text;
        }

        @Override
        public Mask of(RgbImage image, Consumer<String> notes) {
            Matcher m = RECTANGLE.matcher(text.replace(" ", ""));
            if (!m.matches()) {
                throw new InvalidRequestException(
                        "rect", "‹rect› takes X,Y,WIDTH,HEIGHT in pixels, such as 64,64,128,128, not " + text);
            }
            return Mask.rectangle(
                    image.width(),
                    image.height(),
                    Integer.parseInt(m.group(1)),
                    Integer.parseInt(m.group(2)),
                    Integer.parseInt(m.group(3)),
                    Integer.parseInt(m.group(4)));
        }
    }

    /**
     * Fits a picture and what is marked of it to the model.
     *
     * @param outside whether all but the marked part is drawn anew
     * @param notes hears what had to be changed
     */
    public static EditRegion of(
            RgbImage image, Marking marking, boolean outside, VqVaeConfig vae, Consumer<String> notes)
            throws IOException {
        Mask marked = marking.of(image, notes);
        if (outside) {
            marked = marked.inverted();
        }
        String parameter = marking instanceof Rectangle ? "rect" : "mask";
        int all = marked.count();
        if (all == 0) {
            throw new InvalidRequestException(
                    parameter,
                    marking.name() + " marks nothing that could be drawn anew"
                            + (parameter.equals("mask") && !outside ? " (white does)" : ""));
        }
        Mask square = marked.centreSquare();
        if (square.count() < all) {
            notes.accept("the picture is cut to a square, and with it " + Numbers.count(all - square.count(), "pixel")
                    + " of the mask");
        }
        Mask patches = square.nearest(vae.scales().side(), vae.scales().side());
        if (patches.count() == 0) {
            throw new InvalidRequestException(
                    parameter,
                    "the marked part is too small: f_hat has a place per " + vae.downsampling() + "×"
                            + vae.downsampling() + " pixels, and none of them begins in it");
        }
        return new EditRegion(
                Resize.centreSquare(image, vae.imageSide()),
                patches,
                patches.nearest(vae.imageSide(), vae.imageSide()));
    }
}
