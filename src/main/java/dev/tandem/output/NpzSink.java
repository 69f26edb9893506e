package dev.tandem.output;

import dev.tandem.host.AtomicFile;
import dev.tandem.image.Npz;
import dev.tandem.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** All pictures as one array of an npz file, written as they come. */
public final class NpzSink implements PictureSink {
    private final Path target;
    private final AtomicFile file;
    private final Npz npz;
    private final long[] labels;

    public NpzSink(Path target, Npz.Shape shape) throws IOException {
        this(target, shape, null);
    }

    /** @param labels of all pictures, null where they have none */
    public NpzSink(Path target, Npz.Shape shape, long[] labels) throws IOException {
        this.labels = labels;
        this.target = target;
        this.file = new AtomicFile(target);
        try {
            this.npz = new Npz(file.temporary(), shape);
        } catch (IOException e) {
            file.close();
            throw AtomicFile.failure(target, e);
        }
    }

    @Override
    public void accept(RgbImage image, String name, Map<String, String> own) throws IOException {
        try {
            npz.write(image);
        } catch (IOException e) {
            throw AtomicFile.failure(target, e);
        }
    }

    @Override
    public List<Path> finish() throws IOException {
        try {
            npz.finish(labels);
        } catch (IOException e) {
            throw AtomicFile.failure(target, e);
        }
        file.commit();
        return List.of(target);
    }

    @Override
    public void close() {
        try {
            npz.close();
        } catch (IOException e) {
            // what could not be closed is thrown away with the file
        }
        file.close();
    }
}
