package dev.tandem.model;

import java.util.Locale;

/**
 * What the tensors of an Inception-v3 do not say.
 *
 * @param classes that it tells apart
 * @param features that it computes before that
 * @param inputSide pixels along a side of the pictures that it sees
 * @param normEps of its batch norms
 * @param pooling how its blocks pool
 */
public record InceptionConfig(int classes, int features, int inputSide, float normEps, Pooling pooling) {
    /** More would be a damaged file. */
    private static final int LARGEST = 1 << 16;

    public InceptionConfig {
        for (int n : new int[] {classes, features, inputSide}) {
            if (n < 1 || n > LARGEST) {
                throw new IllegalArgumentException("an Inception-v3 can't have " + classes + " classes, " + features
                        + " features and pictures of " + inputSide + " pixels a side");
            }
        }
        if (!(normEps > 0)) {
            throw new IllegalArgumentException("batch norms with an epsilon of " + normEps);
        }
    }

    /** Two networks of one set of names. */
    public enum Pooling {
        /**
         * Google's graph of 2015, which Fréchet distances are computed with: means do not count the padding, the last
         * block takes the largest value instead of the mean, and scores are computed without the classifier's bias.
         */
        FID,
        /** As torchvision trained it. */
        TORCHVISION;

        /** As in {@code config.json}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
