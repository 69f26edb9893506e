package dev.tandem.cli.option;

import dev.tandem.image.file.ImageFiles;
import dev.tandem.image.Mask;
import dev.tandem.image.Resize;
import dev.tandem.image.RgbImage;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.text.Numbers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** Which part of a picture is drawn anew. */
public final class RegionOptions {
    private static final Pattern RECT = Pattern.compile("(-?\\d{1,6}),(-?\\d{1,6}),(\\d{1,6}),(\\d{1,6})");

    @Option(
            names = "--mask",
            paramLabel = "FILE",
            description = "A picture: what is white in it is drawn anew, what is black stays.")
    public Path mask;

    @Option(
            names = "--rect",
            paramLabel = "X,Y,W,H",
            description = "In place of a mask: a rectangle, in pixels of the picture, from its upper left corner.")
    public String rect;

    @Option(names = "--outside", description = "Draw what is not marked (outpainting).")
    public boolean outside;

    /**
     * A picture as the model takes it, and its marked part.
     *
     * @param image of the model's size
     * @param patches the part that is drawn anew, in positions of f_hat
     * @param pixels the same in pixels: whole patches
     */
    public record Prepared(RgbImage image, Mask patches, Mask pixels) {}

    /** @param notes hears what had to be changed */
    public Prepared prepare(RgbImage image, VqVaeConfig vae, PrintWriter notes) throws IOException {
        if ((mask == null) == (rect == null)) {
            throw new InvalidRequestException("which part is to be drawn anew? Name it with --mask or with --rect");
        }
        Mask marked = mask != null ? read(image, notes) : rectangle(image);
        if (outside) {
            marked = marked.inverted();
        }
        int all = marked.count();
        if (all == 0) {
            throw new InvalidRequestException((mask != null ? mask.toString() : "--rect " + rect)
                    + " marks nothing that could be drawn anew" + (mask != null && !outside ? " (white does)" : ""));
        }
        Mask square = marked.centreSquare();
        if (square.count() < all) {
            notes.println("note: the picture is cut to a square, and with it "
                    + Numbers.count(all - square.count(), "pixel") + " of the mask");
        }
        Mask patches = square.nearest(vae.scales().side(), vae.scales().side());
        if (patches.count() == 0) {
            throw new InvalidRequestException("the marked part is too small: f_hat has a place per " + vae.downsampling() + "×"
                    + vae.downsampling() + " pixels, and none of them begins in it");
        }
        return new Prepared(
                Resize.centreSquare(image, vae.imageSide()), patches, patches.nearest(vae.imageSide(), vae.imageSide()));
    }

    private Mask read(RgbImage image, PrintWriter notes) throws IOException {
        Mask read = Mask.of(ImageFiles.read(mask));
        if (read.width() == image.width() && read.height() == image.height()) {
            return read;
        }
        notes.println("note: the mask is " + read.width() + "×" + read.height() + " and the picture " + image.width()
                + "×" + image.height() + "; the mask is resized");
        return read.nearest(image.width(), image.height());
    }

    private Mask rectangle(RgbImage image) {
        Matcher m = RECT.matcher(rect.replace(" ", ""));
        if (!m.matches()) {
            throw new InvalidRequestException("--rect takes X,Y,WIDTH,HEIGHT in pixels, such as 64,64,128,128, not " + rect);
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
