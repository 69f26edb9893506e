package dev.tandem.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.evaluate.FeatureExtractor;
import dev.tandem.image.RgbImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweepQualityTest {
    /** The first pixel's grey is the only feature. */
    private static final FeatureExtractor GREY = new FeatureExtractor() {
        @Override
        public String name() {
            return "grey";
        }

        @Override
        public int dimension() {
            return 1;
        }

        @Override
        public int batch() {
            return 2;
        }

        @Override
        public float[][] features(List<RgbImage> pictures) {
            return pictures.stream().map(p -> new float[] {p.rgb()[0]}).toArray(float[][]::new);
        }

        @Override
        public boolean classifies() {
            return false;
        }

        @Override
        public float[][] probabilities(float[][] features) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    };

    private static Double distance(SweepQuality quality, int... greys) {
        for (int grey : greys) {
            quality.add(RgbImage.filled(1, 1, grey));
        }
        return quality.finish();
    }

    @Test
    void theFirstPlanIsTheTarget() {
        SweepQuality quality = new SweepQuality(GREY, null);
        assertNull(distance(quality, 1, 2, 3));
        assertFalse(quality.tooFew());
        assertEquals(0, distance(quality, 3, 2, 1), 1e-9);
        // means differ by 3, deviations by 1: 9 + 1
        assertEquals(10, distance(quality, 3, 5, 7), 1e-6);
    }

    @Test
    void aSinglePictureHasNoCovariance() {
        SweepQuality quality = new SweepQuality(GREY, null);
        assertThrows(IllegalStateException.class, () -> distance(quality, 1));
    }
}
