package dev.tandem.host;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The process's standard output, which remembers what went wrong: writers above it swallow that. A reader that has gone,
 * such as {@code head}, is none of it; what is written from then on goes nowhere.
 */
public final class StandardOutput extends OutputStream {
    private static final Set<String> NAMES = Set.of("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1");
    private static final Path LINUX = Path.of("/proc/self/fd/1");

    private final OutputStream out;
    private IOException failure;
    private boolean unread;

    public StandardOutput() {
        this(new FileOutputStream(FileDescriptor.out));
    }

    StandardOutput(OutputStream out) {
        this.out = out;
    }

    /** The path that stands for it. */
    public static Path path() {
        return Path.of("/dev/stdout");
    }

    /** Whether a path stands for it. */
    public static boolean is(Path path) {
        return NAMES.contains(path.toString());
    }

    /** The first error, if there was one. */
    public Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        if (unread) {
            return;
        }
        try {
            out.write(bytes, from, count);
        } catch (IOException e) {
            if (unread(e)) {
                unread = true;
                return;
            }
            failure = failure == null ? e : failure;
            throw e;
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    /** Java has no code of an error, and its text may be in any language; only pipes and sockets have a reader. */
    private static boolean unread(IOException e) {
        if ("Broken pipe".equals(e.getMessage())) {
            return true;
        }
        try {
            return Files.readSymbolicLink(LINUX).toString().matches("(pipe|socket):.*");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }
}
