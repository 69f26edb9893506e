package dev.tandem.job.set;

import dev.tandem.evaluate.PictureArray;
import dev.tandem.image.NpzLabels;
import dev.tandem.image.RgbImage;
import dev.tandem.npy.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The samples of an npz file, called by their places, in folders of their classes where these are known. */
final class NpzSet implements PictureSet {
    private final Path path;
    private final PictureArray pictures;
    private final long[] labels;
    private final String[] classes;

    private NpzSet(Path path, PictureArray pictures, long[] labels) {
        this.path = path;
        this.pictures = pictures;
        this.labels = labels;
        this.classes = labels == null ? null : ClassFolders.names(labels);
    }

    static NpzSet open(Path path) throws IOException {
        PictureArray pictures = PictureArray.open(path);
        try (NpzFile file = NpzFile.open(path)) {
            return new NpzSet(path, pictures, NpzLabels.read(file, pictures.count()));
        } catch (IOException | RuntimeException e) {
            pictures.close();
            throw e;
        }
    }

    @Override
    public int count() {
        return Math.toIntExact(pictures.count());
    }

    @Override
    public String name(int picture) {
        return String.format(Locale.ROOT, "%s%06d", classes == null ? "" : classes[picture] + "/", picture);
    }

    @Override
    public long[] labels() {
        return labels;
    }

    @Override
    public String identity() throws IOException {
        return path.getFileName() + ", " + Files.size(path) + " bytes";
    }

    @Override
    public void skip(int count) throws IOException {
        pictures.skip(count);
    }

    @Override
    public RgbImage next() throws IOException {
        return pictures.next(1, why -> {
                    throw why;
                })
                .getFirst();
    }

    @Override
    public void close() throws IOException {
        pictures.close();
    }
}
