package dev.tandem.evaluate;

import dev.tandem.image.RgbImage;
import java.io.IOException;
import java.util.List;

/** A set of pictures that are read as they are needed. */
public interface PictureSource extends AutoCloseable {
    /** How many there are, those that cannot be read included. */
    long count();

    /**
     * The next pictures, fewer at the end and where some cannot be read; empty only after the last.
     *
     * @param unreadable is told of those
     */
    List<RgbImage> next(int most, UnreadableListener unreadable) throws IOException;

    /** What was passed over and may have been meant, a line each. */
    default List<String> notes() {
        return List.of();
    }

    @Override
    void close() throws IOException;

    /** Decides whether a set without some of its pictures is still of use. */
    @FunctionalInterface
    interface UnreadableListener {
        /**
         * A picture can't be read.
         *
         * @param why with the file's name; thrown by a listener that won't go on
         */
        void unreadable(IOException why) throws IOException;

        /** Something was passed over that may have been meant. */
        default void passedOver(String note) {}
    }
}
