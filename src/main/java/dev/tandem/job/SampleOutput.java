package dev.tandem.job;

import dev.tandem.decode.Prompt;
import dev.tandem.image.RgbImage;
import java.io.IOException;
import java.util.List;

/** Where sampled pictures go, such that a killed job can go on. */
public interface SampleOutput extends AutoCloseable {
    /** Those that are not there yet, in order. */
    List<Prompt> missing();

    /** Takes the next of the missing. */
    void accept(Prompt prompt, RgbImage image) throws IOException;

    /** Makes all accepted pictures safe. */
    void flush() throws IOException;

    /** After the last picture. */
    void finish() throws IOException;

    @Override
    void close() throws IOException;
}
