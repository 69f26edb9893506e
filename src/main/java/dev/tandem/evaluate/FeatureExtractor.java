package dev.tandem.evaluate;

import dev.tandem.image.RgbImage;
import java.util.List;

/** A network that says of pictures what they are alike in. For one thread. */
public interface FeatureExtractor extends AutoCloseable {
    /** What a report calls it. */
    String name();

    /** Features of a picture. */
    int dimension();

    /** Pictures that are best given at a time. */
    int batch();

    /** Features of each picture, of any number and of any sizes. */
    float[][] features(List<RgbImage> pictures);

    /** Whether it also tells classes apart. */
    boolean classifies();

    /** Probabilities of the classes, for given features. */
    float[][] probabilities(float[][] features);

    @Override
    void close();
}
