package dev.tandem.job;

import dev.tandem.decode.Prompt;
import dev.tandem.image.Npz;
import dev.tandem.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** All pictures in one npz file, with their classes. */
final class SampleNpz implements SampleOutput {
    private final List<Prompt> missing;
    private final GrowingNpz npz;

    /** @param done how many of the pictures the file holds already */
    SampleNpz(Path target, Npz.Shape shape, List<Prompt> pictures, int done) throws IOException {
        missing = pictures.subList(done, pictures.size());
        npz = new GrowingNpz(
                target, shape, pictures.stream().mapToLong(Prompt::label).toArray(), done);
    }

    @Override
    public List<Prompt> missing() {
        return missing;
    }

    @Override
    public void accept(Prompt prompt, RgbImage image) throws IOException {
        npz.write(image);
    }

    @Override
    public void flush() throws IOException {
        npz.flush();
    }

    @Override
    public void finish() throws IOException {
        npz.finish();
    }

    @Override
    public void close() throws IOException {
        npz.close();
    }
}
