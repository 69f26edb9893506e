package dev.tandem.evaluate;

import dev.tandem.image.RgbImage;
import java.util.List;

/** A network that says of pictures what they are alike in. For one thread. */
public interface FeatureExtractor extends AutoCloseable {
    /** What a report calls it. */
    String name();

    /** Features of a picture. */
    int dimension();

    /** Numbers of a picture's spatial features; 0 where the network has none. */
    default int spatialDimension() {
        return 0;
    }

    /** Pictures that are best given at a time. */
    int batch();

    /** Features of each picture, of any number and of any sizes. */
    float[][] features(List<RgbImage> pictures);

    /**
     * What is computed of pictures, one row each.
     *
     * @param spatial features that tell where in the picture something is; null where the network has none
     */
    record Rows(float[][] features, float[][] spatial) {}

    /** Features of each picture, and what they are where. */
    default Rows extract(List<RgbImage> pictures) {
        return new Rows(features(pictures), null);
    }

    /** Whether it also tells classes apart. */
    boolean classifies();

    /** Probabilities of the classes, for given features. */
    float[][] probabilities(float[][] features);

    @Override
    void close();
}
