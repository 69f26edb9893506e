package dev.tandem.evaluate;

import dev.tandem.image.RgbImage;
import dev.tandem.image.file.ImageFiles;
import dev.tandem.image.file.Reading;
import dev.tandem.tensor.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All pictures of a folder and of the folders in it, in the order of their names. */
public final class PictureFolder implements PictureSource {
    private final List<Path> files;
    private final List<String> notes;
    private final Reading reading;
    private int next;

    private PictureFolder(FolderListing listing, Reading reading) {
        this.files = listing.pictures();
        this.notes = listing.notes();
        this.reading = reading;
    }

    /** @throws IOException where it is no folder, or has no pictures */
    public static PictureFolder open(Path folder, Reading reading) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new FormatException(folder.toString(), "is no folder");
        }
        PictureFolder opened = new PictureFolder(FolderListing.of(folder), reading);
        if (opened.files.isEmpty()) {
            throw new FormatException(
                    folder.toString(),
                    "holds no pictures" + (opened.notes.isEmpty() ? "" : "; " + String.join("; ", opened.notes)));
        }
        return opened;
    }

    /** All files that are pictures by their names; there may be none. */
    public static List<Path> list(Path folder) throws IOException {
        return FolderListing.of(folder).pictures();
    }

    /** All of them, in that order. */
    public List<Path> files() {
        return files;
    }

    @Override
    public List<String> notes() {
        return notes;
    }

    @Override
    public long count() {
        return files.size();
    }

    /** What became of a file. */
    private record Loaded(RgbImage picture, IOException failure) {
        static Loaded of(Path file, Reading reading) {
            try {
                return new Loaded(ImageFiles.read(file, reading), null);
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
            for (Loaded loaded :
                    part.parallelStream().map(f -> Loaded.of(f, reading)).toList()) {
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
