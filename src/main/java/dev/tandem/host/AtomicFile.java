package dev.tandem.host;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that appears whole or not at all: it is written beside its place and renamed by {@link #commit}. Closing
 * without a commit removes what was written, and so does the end of the process (Ctrl-C). A symbolic link stays, what it
 * leads to is replaced. Standard output, devices and pipes are written to when all is done.
 */
public final class AtomicFile implements AutoCloseable {
    /** More links than this that lead to each other are a circle. */
    private static final int MOST_LINKS = 40;

    private final Path target;
    private final Path place;
    private final boolean stream;
    private final Path temporary;
    private final Thread cleaner;
    private boolean done;

    /**
     * Creates the temporary file, so that a place that can't be written to is found before the work is done.
     *
     * @throws IOException where it cannot; the message names the target and the reason
     */
    public AtomicFile(Path target) throws IOException {
        this.target = target;
        if (Files.isDirectory(target)) {
            throw new IOException("cannot write " + target + ": it is a folder");
        }
        if (Files.exists(target) && !Files.isWritable(target)) {
            throw new IOException("cannot write " + target + ": it is write-protected");
        }
        stream = StandardOutput.is(target) || Files.exists(target) && !Files.isRegularFile(target);
        place = stream ? target : end(target);
        try {
            String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
            temporary = stream
                    ? Files.createTempFile("tandem", ".part")
                    // not createTempFile, whose files only their owner may read
                    : Files.createFile(place.resolveSibling("." + place.getFileName() + "." + unique + ".part"));
        } catch (IOException e) {
            throw failure(target, e);
        }
        cleaner = new Thread(this::discard);
        Runtime.getRuntime().addShutdownHook(cleaner);
    }

    /** Where links lead to in the end, whether or not something is there. */
    private static Path end(Path target) throws IOException {
        Path end = target.toAbsolutePath();
        for (int i = 0; Files.isSymbolicLink(end); i++) {
            if (i == MOST_LINKS) {
                throw new IOException("cannot write " + target + ": its links lead in a circle");
            }
            end = end.resolveSibling(Files.readSymbolicLink(end));
        }
        return end;
    }

    /**
     * Finds a place that can't be written to before the work is done, for files that are written by others.
     *
     * @throws IOException as the constructor
     */
    public static void probe(Path target) throws IOException {
        new AtomicFile(target).close();
    }

    /** An I/O error as one line: which file could not be written, and why. */
    public static IOException failure(Path target, IOException e) {
        String reason = e.getMessage();
        if (e instanceof NoSuchFileException) {
            reason = "there is no folder " + target.toAbsolutePath().getParent();
        } else if (e instanceof java.nio.file.AccessDeniedException) {
            reason = "permission denied";
        } else if (e instanceof FileSystemException f && f.getReason() != null) {
            reason = f.getReason();
        }
        return new IOException("cannot write " + target + ": " + reason, e);
    }

    /** Where to write. */
    public Path temporary() {
        return temporary;
    }

    /** Puts the file into its place. */
    public synchronized void commit() throws IOException {
        try {
            if (stream) {
                copy();
                return;
            }
            Files.move(temporary, place, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failure(target, e);
        }
        done = true;
    }

    private void copy() throws IOException {
        try (OutputStream out = StandardOutput.is(target)
                ? new StandardOutput()
                : Files.newOutputStream(target, StandardOpenOption.WRITE)) {
            Files.copy(temporary, out);
        }
    }

    private synchronized void discard() {
        if (!done) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                // nothing more can be done for a file that will not go
            }
            done = true;
        }
    }

    @Override
    public void close() {
        discard();
        try {
            Runtime.getRuntime().removeShutdownHook(cleaner);
        } catch (IllegalStateException e) {
            // the process is ending already
        }
    }
}
