package dev.tandem.host;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that appears whole or not at all: it is written beside its place and renamed by {@link #commit}. Closing
 * without a commit removes what was written, and so does the end of the process (Ctrl-C).
 */
public final class AtomicFile implements AutoCloseable {
    private final Path target;
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
        Path folder = target.toAbsolutePath().getParent();
        try {
            // not createTempFile, whose files only their owner may read
            String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
            temporary = Files.createFile(folder.resolve("." + target.getFileName() + "." + unique + ".part"));
        } catch (IOException e) {
            throw failure(target, e);
        }
        cleaner = new Thread(this::discard);
        Runtime.getRuntime().addShutdownHook(cleaner);
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
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failure(target, e);
        }
        done = true;
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
