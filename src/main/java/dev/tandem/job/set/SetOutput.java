package dev.tandem.job.set;

import dev.tandem.image.Npz;
import dev.tandem.image.RgbImage;
import dev.tandem.job.GrowingNpz;
import dev.tandem.output.FolderSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where a set's pictures go one after the other, such that a killed job can go on. */
interface SetOutput extends AutoCloseable {
    void accept(int picture, RgbImage image) throws IOException;

    /** Makes all accepted pictures safe. */
    void flush() throws IOException;

    /** After the last picture. */
    void finish() throws IOException;

    @Override
    void close() throws IOException;

    /** Nowhere: pictures are looked at and thrown away. */
    static SetOutput none() {
        return new SetOutput() {
            @Override
            public void accept(int picture, RgbImage image) {}

            @Override
            public void flush() {}

            @Override
            public void finish() {}

            @Override
            public void close() {}
        };
    }

    /** An npz file with the set's classes. */
    static SetOutput npz(Path target, PictureSet set, int side, int done) throws IOException {
        GrowingNpz npz = new GrowingNpz(target, new Npz.Shape(set.count(), side, side), set.labels(), done);
        return new SetOutput() {
            @Override
            public void accept(int picture, RgbImage image) throws IOException {
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
        };
    }

    /** A PNG file per picture, called as in the set. */
    static SetOutput folder(Path folder, PictureSet set, int done) throws IOException {
        SetFolder.requireNoOthers(folder, set);
        for (int i = 0; i < done; i++) {
            if (!Files.exists(folder.resolve(SetFolder.file(set, i)))) {
                throw new IOException("the index of " + folder + " tells of " + done + " pictures, but "
                        + SetFolder.file(set, i) + " is missing; begin again with ‹fresh›");
            }
        }
        FolderSink sink = new FolderSink(folder);
        return new SetOutput() {
            @Override
            public void accept(int picture, RgbImage image) throws IOException {
                sink.accept(image, SetFolder.file(set, picture), Map.of());
            }

            @Override
            public void flush() {}

            @Override
            public void finish() {
                sink.finish();
            }

            @Override
            public void close() {
                sink.close();
            }
        };
    }
}
