package dev.tandem.convert;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Files that are written beside their final place and renamed together at the end. Until then {@link #discard} leaves
 * nothing of them, and nothing of folders made for them; it may be called from another thread (a Ctrl-C's).
 */
final class PartialFiles {
    private record Partial(Path temporary, Path place) {}

    private final List<Partial> files = new ArrayList<>();
    private final Deque<Path> folders = new ArrayDeque<>();
    private boolean closed;

    /** Makes a folder and those above it. */
    synchronized void makeFolder(Path folder) throws IOException {
        checkOpen();
        Deque<Path> missing = new ArrayDeque<>();
        for (Path p = folder.toAbsolutePath(); p != null && !Files.exists(p); p = p.getParent()) {
            missing.push(p);
        }
        for (Path p : missing) {
            try {
                Files.createDirectory(p);
                folders.push(p);
            } catch (FileAlreadyExistsException e) {
                // another run made it at the same time
            }
        }
    }

    /** Where to write what shall stand at {@code place}. */
    synchronized Path begin(Path place) throws IOException {
        checkOpen();
        Path temporary = place.toAbsolutePath()
                .resolveSibling("." + place.getFileName() + "."
                        + ProcessHandle.current().pid() + ".partial");
        files.add(new Partial(temporary, place));
        return temporary;
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("interrupted");
        }
    }

    /** Puts all files into their places, in the order they were begun. */
    synchronized void commit() throws IOException {
        checkOpen();
        for (Partial p : files) {
            Files.move(p.temporary, p.place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        closed = true;
    }

    /** Deletes what was begun and not committed; further calls do nothing. */
    synchronized void discard() {
        if (closed) {
            return;
        }
        closed = true;
        files.forEach(p -> deleteQuietly(p.temporary));
        folders.forEach(PartialFiles::deleteQuietly);
    }

    private static void deleteQuietly(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // nothing more can be done, and the error that brought us here matters more
        }
    }
}
