package dev.tandem.cli;

import dev.tandem.decode.Picture;
import dev.tandem.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Where pictures go. Closing without {@link #finish} leaves nothing half-written. */
interface PictureSink extends AutoCloseable {
    /** Takes the next picture, in the job's order. */
    void accept(Picture picture, RgbImage image) throws IOException;

    /**
     * After the last picture.
     *
     * @return the files written
     */
    List<Path> finish() throws IOException;

    @Override
    void close();
}
