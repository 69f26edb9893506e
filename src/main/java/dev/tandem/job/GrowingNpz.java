package dev.tandem.job;

import dev.tandem.host.AtomicFile;
import dev.tandem.image.Npz;
import dev.tandem.image.RgbImage;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** One npz file, that grows under another name until it is whole; an index tells how much of it there is. */
public final class GrowingNpz implements AutoCloseable {
    private static final String PART = ".part";

    private final Path target;
    private final Path part;
    private final long[] labels;
    private final Npz npz;

    /**
     * Goes on with the file, or begins it.
     *
     * @param labels of all pictures, null where they have none
     * @param done how many of the pictures the file holds already
     */
    public GrowingNpz(Path target, Npz.Shape shape, long[] labels, int done) throws IOException {
        this.target = target;
        this.part = part(target);
        this.labels = labels;
        if (done == shape.pictures() && Files.exists(target)) {
            npz = null;
            return;
        }
        if (done > 0 && !Files.exists(part)) {
            throw new IOException("the index of " + target + " tells of " + done + " pictures, but " + part
                    + " is missing; begin again with ‹fresh›");
        }
        if (done == 0 && Files.exists(target)) {
            throw new InvalidRequestException(
                    "output", target + " exists and is no part of this job; name another, or replace it with ‹fresh›");
        }
        try {
            npz = done == 0 ? new Npz(part, shape) : Npz.resume(part, shape, done);
        } catch (java.nio.file.FileSystemException e) {
            throw AtomicFile.failure(part, e);
        }
    }

    private static Path part(Path target) {
        return target.resolveSibling(target.getFileName() + PART);
    }

    /** Throws away what earlier runs left. */
    public static void delete(Path target) throws IOException {
        Files.deleteIfExists(part(target));
        Files.deleteIfExists(target);
    }

    public void write(RgbImage image) throws IOException {
        try {
            npz.write(image);
        } catch (IOException e) {
            throw AtomicFile.failure(part, e);
        }
    }

    /** Makes all pictures so far safe. */
    public void flush() throws IOException {
        npz.flush();
    }

    /** After the last picture; does nothing where the file was whole already. */
    public void finish() throws IOException {
        if (npz != null) {
            npz.finish(labels);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public void close() throws IOException {
        if (npz != null) {
            npz.close();
        }
    }
}
