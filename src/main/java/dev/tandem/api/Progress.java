package dev.tandem.api;

import java.awt.image.BufferedImage;
import java.util.List;

/** Hears how pictures grow, on a thread of Tandem's: what takes long belongs elsewhere. */
@FunctionalInterface
public interface Progress {
    /** One more scale of some pictures is drawn. */
    void drawn(Scale scale);

    /** A scale that is drawn. */
    interface Scale {
        /** Which one, from 1. */
        int number();

        /** How many there are. */
        int of();

        /** The transformer that drew it. */
        String model();

        /** Which of the request's pictures, counted from 0: they may be made in several batches. */
        List<Integer> pictures();

        /** What one of them looks like so far; takes time, and is there only until {@link Progress#drawn} returns. */
        BufferedImage preview(int picture);
    }
}
