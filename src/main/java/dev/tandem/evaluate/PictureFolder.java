package dev.tandem.evaluate;

import dev.tandem.image.file.ImageFiles;
import dev.tandem.image.RgbImage;
import dev.tandem.tensor.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** All pictures of a folder and of the folders in it, in the order of their names. */
public final class PictureFolder implements PictureSource {
    /** Names of pictures, also of kinds that can't be read, so that these are not passed over in silence. */
    private static final Set<String> ENDINGS =
            Set.of("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp", "ppm", "pgm");

    private final List<Path> files;
    private int next;

    private PictureFolder(List<Path> files) {
        this.files = files;
    }

    /** @throws IOException where it is no folder, or has no pictures */
    public static PictureFolder open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new FormatException(folder.toString(), "is no folder");
        }
        List<Path> files = list(folder);
        if (files.isEmpty()) {
            throw new FormatException(folder.toString(), "holds no pictures");
        }
        return new PictureFolder(files);
    }

    /** All files that are pictures by their names; there may be none. */
    public static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(PictureFolder::isPicture).sorted().toList();
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isPicture(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".")
                && ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1))
                && Files.isRegularFile(file);
    }

    /** All of them, in that order. */
    public List<Path> files() {
        return files;
    }

    @Override
    public long count() {
        return files.size();
    }

    /** What became of a file. */
    private record Loaded(RgbImage picture, IOException failure) {
        static Loaded of(Path file) {
            try {
                return new Loaded(ImageFiles.read(file), null);
            } catch (IOException e) {
                return new Loaded(null, e);
            }
        }
    }

    @Override
    public List<RgbImage> next(int most, UnreadableListener unreadable) throws IOException {
        List<RgbImage> pictures = new ArrayList<>();
        while (pictures.isEmpty() && next < files.size()) {
            List<Path> part = files.subList(next, Math.min(files.size(), next + most));
            next += part.size();
            for (Loaded loaded : part.parallelStream().map(Loaded::of).toList()) {
                if (loaded.failure() == null) {
                    pictures.add(loaded.picture());
                } else {
                    unreadable.unreadable(loaded.failure());
                }
            }
        }
        return pictures;
    }

    @Override
    public void close() {}
}
