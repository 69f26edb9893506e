package dev.tandem.output;

import dev.tandem.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Where pictures go. Closing without {@link #finish} leaves nothing half-written. */
public interface PictureSink extends AutoCloseable {
    /**
     * Takes the next picture.
     *
     * @param name of its own file, where it gets one
     * @param text that its own file carries
     */
    void accept(RgbImage image, String name, Map<String, String> text) throws IOException;

    /**
     * After the last picture.
     *
     * @return the files written
     */
    List<Path> finish() throws IOException;

    @Override
    void close();
}
