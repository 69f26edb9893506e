package dev.tandem.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An advisory lock on an output: a small file that the operating system locks for whoever works there, and so forgets
 * with the process however that ends. Closing removes the file; one that a crash left behind locks nobody out.
 */
public final class FolderLock implements AutoCloseable {
    private static final String NAME = ".tandem.lock";
    private static final long PAUSE_MILLIS = 50;
    /** Of the sizes that tell lock files apart; they are sparse. */
    private static final long LARGEST = 1L << 30;

    /** Makes sure that the folder is there that the lock's file lies in. */
    @FunctionalInterface
    public interface FolderMaker {
        void make() throws IOException;
    }

    private final Path file;
    private final FileChannel channel;
    private final Thread cleaner;
    private boolean closed;

    private FolderLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
        this.cleaner = new Thread(this::release);
        Runtime.getRuntime().addShutdownHook(cleaner);
    }

    /** The lock's file for a folder, which lies in it. */
    public static Path inFolder(Path folder) {
        return folder.resolve(NAME);
    }

    /** The lock's file for an output that is a file, which lies beside it. */
    public static Path besideFile(Path output) {
        return output.toAbsolutePath().resolveSibling("." + output.getFileName() + NAME);
    }

    private enum Attempt {
        TAKEN,
        HELD_BY_ANOTHER_PROCESS,
        HELD_BY_THIS_PROCESS,
        /** Locked, but no longer the file that the path leads to: its last owner has removed it. */
        GONE
    }

    /**
     * Takes the lock, or tells that another run has it.
     *
     * @param file as {@link #inFolder} or {@link #besideFile} gives it; its folder must be there
     */
    public static Optional<FolderLock> tryTake(Path file) throws IOException {
        while (true) {
            FileChannel channel = open(file);
            switch (attempt(file, channel)) {
                case TAKEN -> {
                    return Optional.of(new FolderLock(file, channel));
                }
                case HELD_BY_ANOTHER_PROCESS -> {
                    channel.close();
                    return Optional.empty();
                }
                case HELD_BY_THIS_PROCESS -> {
                    keepOpen(channel);
                    return Optional.empty();
                }
                case GONE -> channel.close();
            }
        }
    }

    /**
     * Takes the lock, waiting for whoever has it.
     *
     * @param folder makes the folder again where the run that was waited for has removed it
     * @param waiting is told, once, that there is something to wait for
     */
    public static FolderLock take(Path file, FolderMaker folder, Runnable waiting) throws IOException {
        boolean told = false;
        while (true) {
            folder.make();
            FileChannel channel;
            try {
                channel = open(file);
            } catch (NoSuchFileException e) {
                // the folder went between the two lines above
                continue;
            }
            Attempt attempt = attempt(file, channel);
            while (attempt == Attempt.HELD_BY_ANOTHER_PROCESS || attempt == Attempt.HELD_BY_THIS_PROCESS) {
                if (!told) {
                    told = true;
                    waiting.run();
                }
                pause();
                attempt = attempt(file, channel);
            }
            if (attempt == Attempt.TAKEN) {
                return new FolderLock(file, channel);
            }
            channel.close();
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static Attempt attempt(Path file, FileChannel channel) throws IOException {
        try {
            if (channel.tryLock() == null) {
                return Attempt.HELD_BY_ANOTHER_PROCESS;
            }
        } catch (OverlappingFileLockException e) {
            return Attempt.HELD_BY_THIS_PROCESS;
        }
        // told by its size, since opening it once more and closing that would end the lock (POSIX)
        long size = ThreadLocalRandom.current().nextLong(LARGEST) + 1;
        channel.truncate(0);
        channel.write(ByteBuffer.allocate(1), size - 1);
        try {
            return Files.size(file) == size ? Attempt.TAKEN : Attempt.GONE;
        } catch (NoSuchFileException e) {
            return Attempt.GONE;
        }
    }

    /** Keeps a file open until the process ends: closing it would end the lock that this process has on it (POSIX). */
    private static void keepOpen(FileChannel channel) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> closeQuietly(channel)));
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // the process is ending
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private synchronized void release() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            // while it is still locked, so that nobody else's is removed
            Files.deleteIfExists(file);
            channel.close();
        } catch (IOException e) {
            // a file that stays behind locks nobody out
        }
    }

    @Override
    public void close() {
        release();
        try {
            Runtime.getRuntime().removeShutdownHook(cleaner);
        } catch (IllegalStateException e) {
            // the process is ending already
        }
    }
}
