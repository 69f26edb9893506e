package dev.tandem.cli;

import dev.tandem.image.ImageFiles;
import dev.tandem.image.RgbImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The pictures of a folder, by name; one that cannot be read is an error, or named and counted. */
final class PictureFiles {
    private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp");

    private final PrintWriter notes;
    private final boolean keepGoing;
    private int unreadable;

    /** @param keepGoing whether to leave out what cannot be read */
    PictureFiles(PrintWriter notes, boolean keepGoing) {
        this.notes = notes;
        this.keepGoing = keepGoing;
    }

    List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": is no folder");
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> pictures = files.filter(PictureFiles::isPicture).sorted().toList();
            if (pictures.isEmpty()) {
                throw new IOException(folder + ": holds no pictures");
            }
            return pictures;
        }
    }

    private static boolean isPicture(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".")
                && ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1))
                && Files.isRegularFile(file);
    }

    Optional<RgbImage> read(Path file) throws IOException {
        try {
            return Optional.of(ImageFiles.read(file));
        } catch (IOException e) {
            if (!keepGoing) {
                throw new IOException(e.getMessage() + " (--keep-going leaves such files out)", e);
            }
            notes.println("left out: " + e.getMessage());
            unreadable++;
            return Optional.empty();
        }
    }

    int unreadable() {
        return unreadable;
    }
}
