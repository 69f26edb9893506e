package dev.tandem.evaluate;

import dev.tandem.image.file.PictureFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;

/**
 * What a folder and the folders in it hold, links followed: the pictures, and whatever else looks like one, so that nothing
 * is passed over in silence.
 */
final class FolderListing extends SimpleFileVisitor<Path> {
    /** What programs for Macs put beside the files of an archive. */
    private static final String MAC_FOLDER = "__MACOSX";

    private final Path root;
    private final List<Path> pictures = new ArrayList<>();
    private final List<Path> hidden = new ArrayList<>();
    private final List<Path> otherwiseNamed = new ArrayList<>();
    private final List<Path> loops = new ArrayList<>();
    private final List<Path> special = new ArrayList<>();

    private FolderListing(Path root) {
        this.root = root;
    }

    static FolderListing of(Path folder) throws IOException {
        FolderListing listing = new FolderListing(folder);
        Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, listing);
        Collections.sort(listing.pictures);
        return listing;
    }

    /** All that count, in the order of their names: files named as pictures, links to nothing, folders that can't be listed. */
    List<Path> pictures() {
        return List.copyOf(pictures);
    }

    /** What was passed over, a line for each kind. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        note(notes, hidden, "hidden file or folder", "hidden files and folders");
        note(notes, otherwiseNamed, "picture whose name does not say so", "pictures whose names do not say so");
        note(notes, special, "pipe or device", "pipes and devices");
        note(notes, loops, "link back to a folder that it lies in", "links back to folders that they lie in");
        return notes;
    }

    private void note(List<String> notes, List<Path> what, String one, String several) {
        if (!what.isEmpty()) {
            Collections.sort(what);
            notes.add(root + ": passed over " + what.size() + " " + (what.size() == 1 ? one : several) + " ("
                    + root.relativize(what.getFirst()) + (what.size() == 1 ? "" : ", …") + ")");
        }
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        if (!folder.equals(root) && isHidden(folder)) {
            hidden.add(folder);
            return FileVisitResult.SKIP_SUBTREE;
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        boolean named = PictureFormat.named(file.getFileName().toString());
        if (isHidden(file)) {
            if (named) {
                hidden.add(file);
            }
        } else if (named && attributes.isOther()) {
            special.add(file); // to read from a pipe would take for ever
        } else if (named || attributes.isSymbolicLink()) {
            // a link is seen as such only where it leads nowhere
            pictures.add(file);
        } else if (attributes.isRegularFile() && looksLikePicture(file)) {
            otherwiseNamed.add(file);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException why) throws IOException {
        if (file.equals(root)) {
            throw why;
        }
        if (isHidden(file)) {
            hidden.add(file);
        } else {
            (why instanceof FileSystemLoopException ? loops : pictures).add(file);
        }
        return FileVisitResult.CONTINUE;
    }

    private static boolean isHidden(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(".") || name.equals(MAC_FOLDER);
    }

    private static boolean looksLikePicture(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return PictureFormat.isSure(in.readNBytes(PictureFormat.HEAD));
        } catch (IOException e) {
            return false; // what can't be read and is not named as a picture is none of ours
        }
    }
}
