package dev.tandem.api;

import dev.tandem.decode.Prompt;
import dev.tandem.image.PngWriter;
import dev.tandem.image.RgbImage;
import dev.tandem.output.PictureNames;
import dev.tandem.output.Recipe;
import dev.tandem.request.ClassNames;
import dev.tandem.service.Drawn;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A picture, and how it came to be. */
public final class GeneratedPicture {
    private final RgbImage image;
    private final int label;
    private final String className;
    private final long seed;
    private final int[] tokens;
    private final Map<String, Long> nanos;
    private final Map<String, String> text;

    GeneratedPicture(
            RgbImage image,
            int label,
            String className,
            long seed,
            int[] tokens,
            Map<String, Long> nanos,
            Map<String, String> text) {
        this.image = image;
        this.label = label;
        this.className = className;
        this.seed = seed;
        this.tokens = tokens;
        this.nanos = nanos;
        this.text = text;
    }

    static GeneratedPicture drawn(Drawn drawn, PictureNames names, ClassNames classes) {
        Prompt prompt = drawn.prompt();
        return new GeneratedPicture(
                drawn.image(),
                prompt.label(),
                classes.name(prompt.label()),
                prompt.seed(),
                drawn.tokens(),
                drawn.timings().parts(),
                names.text(prompt));
    }

    /** Of edits no codes are kept, and no command makes them again without the picture that was edited. */
    static GeneratedPicture edited(RgbImage image, Prompt prompt, ClassNames classes) {
        String name = classes.name(prompt.label());
        Map<String, String> text = new LinkedHashMap<>();
        text.put(Recipe.SOFTWARE, Recipe.software());
        text.put("Description", "edit, " + name);
        return new GeneratedPicture(image, prompt.label(), name, prompt.seed(), new int[0], Map.of(), text);
    }

    public int width() {
        return image.width();
    }

    public int height() {
        return image.height();
    }

    /** Red, green and blue of every pixel, row by row. */
    public byte[] rgb() {
        return image.rgb().clone();
    }

    public BufferedImage toBufferedImage() {
        return Pixels.buffered(image);
    }

    /** A PNG file's bytes; it carries the settings, and {@code tandem inspect} shows the command that makes it again. */
    public byte[] toPng() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PngWriter.write(out, image, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** The class's number; the number of classes where it is of none. */
    public int label() {
        return label;
    }

    /** The class's name, or its number where it has none. */
    public String className() {
        return className;
    }

    /** With model, class and settings it determines every pixel. */
    public long seed() {
        return seed;
    }

    /** The codes it was decoded from, of all scales, the first scale first; none of an edited picture. */
    public int[] tokens() {
        return tokens.clone();
    }

    /** What its PNG file says about it. */
    public Map<String, String> settings() {
        return Collections.unmodifiableMap(text);
    }

    /** How long the parts of its making took, for all pictures of the batch it was made in. */
    public Map<String, Duration> timings() {
        Map<String, Duration> durations = new LinkedHashMap<>();
        nanos.forEach((part, n) -> durations.put(part, Duration.ofNanos(n)));
        return durations;
    }

    RgbImage image() {
        return image;
    }
}
