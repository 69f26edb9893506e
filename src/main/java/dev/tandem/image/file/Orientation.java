package dev.tandem.image.file;

import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import dev.tandem.image.RgbImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** How a picture lies in its file: EXIF's eight orientations, in their order. */
enum Orientation {
    UPRIGHT(false, false, false),
    MIRRORED(false, true, false),
    UPSIDE_DOWN(false, true, true),
    FLIPPED(false, false, true),
    TRANSPOSED(true, false, false),
    TURNED_LEFT(true, false, true),
    TRANSVERSE(true, true, true),
    TURNED_RIGHT(true, true, false);

    /** Whether its lines are the upright picture's columns. */
    private final boolean across;
    /** Whether columns are counted from the right, in the file. */
    private final boolean fromRight;
    /** Whether lines are counted from below, in the file. */
    private final boolean fromBelow;

    Orientation(boolean across, boolean fromRight, boolean fromBelow) {
        this.across = across;
        this.fromRight = fromRight;
        this.fromBelow = fromBelow;
    }

    /** By EXIF's number, 1 to 8; any other says nothing. */
    static Orientation numbered(int number) {
        return number >= 1 && number <= values().length ? values()[number - 1] : UPRIGHT;
    }

    int number() {
        return ordinal() + 1;
    }

    /**
     * What an EXIF block says: a small TIFF file.
     *
     * @param from where in {@code bytes} it begins
     */
    static Orientation ofExif(byte[] bytes, int from, int length) {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes, from, length))) {
            return ofTag(new TIFFReader().read(in).getEntryById(TIFF.TAG_ORIENTATION));
        } catch (IOException | RuntimeException e) {
            // a picture is none the worse for notes about it that can't be read; Pillow passes over them, too
            return UPRIGHT;
        }
    }

    /** @param tag null where there is none */
    static Orientation ofTag(Entry tag) {
        return tag != null && tag.getValue() instanceof Number number ? numbered(number.intValue()) : UPRIGHT;
    }

    RgbImage upright(RgbImage image) {
        if (this == UPRIGHT) {
            return image;
        }
        return new RgbImage(
                across ? image.height() : image.width(),
                across ? image.width() : image.height(),
                upright(image.rgb(), image.width(), image.height(), RgbImage.CHANNELS));
    }

    /**
     * The same pixels in the order of the upright picture.
     *
     * @param width of the picture as it lies in the file, as {@code height}
     */
    byte[] upright(byte[] pixels, int width, int height, int channels) {
        byte[] out = new byte[pixels.length];
        int lines = across ? width : height;
        int columns = across ? height : width;
        int to = 0;
        for (int y = 0; y < lines; y++) {
            for (int x = 0; x < columns; x++) {
                int column = across ? y : x;
                int line = across ? x : y;
                int from = (fromBelow ? height - 1 - line : line) * width + (fromRight ? width - 1 - column : column);
                for (int c = 0; c < channels; c++) {
                    out[to++] = pixels[from * channels + c];
                }
            }
        }
        return out;
    }
}
