package dev.tandem.job;

import dev.tandem.decode.Prompt;
import dev.tandem.host.AtomicFile;
import dev.tandem.image.Npz;
import dev.tandem.image.RgbImage;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** One npz file, that grows under another name until it is whole. */
public final class SampleNpz implements SampleOutput {
    private static final String PART = ".part";

    private final Path target;
    private final Path part;
    private final List<Prompt> pictures;
    private final List<Prompt> missing;
    private final Npz npz;

    /** @param done how many of the pictures the file holds already */
    public SampleNpz(Path target, Npz.Shape shape, List<Prompt> pictures, int done) throws IOException {
        this.target = target;
        this.part = part(target);
        this.pictures = pictures;
        this.missing = pictures.subList(done, pictures.size());
        if (missing.isEmpty() && Files.exists(target)) {
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

    public static Path part(Path target) {
        return target.resolveSibling(target.getFileName() + PART);
    }

    @Override
    public List<Prompt> missing() {
        return missing;
    }

    @Override
    public void accept(Prompt prompt, RgbImage image) throws IOException {
        try {
            npz.write(image);
        } catch (IOException e) {
            throw AtomicFile.failure(part, e);
        }
    }

    @Override
    public void flush() throws IOException {
        npz.flush();
    }

    @Override
    public void finish() throws IOException {
        if (npz != null) {
            npz.finish(pictures.stream().mapToLong(Prompt::label).toArray());
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
