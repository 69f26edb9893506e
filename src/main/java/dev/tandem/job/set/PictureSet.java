package dev.tandem.job.set;

import dev.tandem.image.RgbImage;
import dev.tandem.image.file.Links;
import dev.tandem.image.file.Reading;
import dev.tandem.tensor.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Pictures with names and, where they are known, classes: a folder or an npz file, read one after the other. */
public interface PictureSet extends AutoCloseable {
    int count();

    /** What a picture is called, without an ending; with the folder that it lies in, and no two alike. */
    String name(int picture);

    /** A class per picture; null where they are not known. */
    long[] labels();

    /** What was passed over and may have been meant, a line each. */
    default List<String> notes() {
        return List.of();
    }

    /** What tells the set from others, wherever it lies. */
    String identity() throws IOException;

    /** Passes over pictures. */
    void skip(int pictures) throws IOException;

    /** @throws IOException where the next picture can't be read; says which and why */
    RgbImage next() throws IOException;

    @Override
    void close() throws IOException;

    /** Whether a path is a set rather than a picture. */
    static boolean isOne(Path path) {
        return Files.isDirectory(path) || isNpz(path);
    }

    static boolean isNpz(Path path) {
        return path.toString().toLowerCase(Locale.ROOT).endsWith(".npz");
    }

    /**
     * Opens a set.
     *
     * @param reading what the pictures of a folder are read for
     * @throws IOException where it is none, or has no pictures
     */
    static PictureSet open(Path path, Reading reading) throws IOException {
        if (Files.isDirectory(path)) {
            return FolderSet.open(path, reading);
        }
        Links.check(path);
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        if (!isNpz(path)) {
            throw new FormatException(path.toString(), "is neither a folder of pictures nor an .npz of samples");
        }
        return NpzSet.open(path);
    }
}
