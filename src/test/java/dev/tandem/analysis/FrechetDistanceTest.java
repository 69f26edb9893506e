package dev.tandem.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.fixture.Formula;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class FrechetDistanceTest {
    private static final double EXACT = 1e-6;
    private final Golden golden = new Golden();

    private static Gaussian fit(String name, int rows, int dimension, double shift) {
        Statistics s = new Statistics(dimension);
        for (float[] row : Formula.features(name, rows, dimension, shift)) {
            s.add(row);
        }
        return s.gaussian();
    }

    @Test
    void agreesWithScipy() {
        Golden.close(
                golden.number("fid"), FrechetDistance.of(fit("fid.a", 200, 24, 0), fit("fid.b", 150, 24, 0.2)), EXACT);
    }

    @Test
    void agreesWithScipyWhereMatricesTakeSeveralPanels() {
        Gaussian a = fit("wide.a", 400, 128, 0);
        Gaussian b = fit("wide.b", 300, 128, 0.1);
        Golden.close(golden.number("fid_wide"), FrechetDistance.of(a, b), EXACT);
        assertEquals(FrechetDistance.of(a, b), FrechetDistance.of(b, a), 1e-9);
    }

    @Test
    void singularCovariancesAreNoSpecialCase() {
        Gaussian few = fit("few.a", 10, 24, 0);
        assertTrue(few.singular());
        assertFalse(fit("fid.a", 200, 24, 0).singular());
        Golden.close(golden.number("fid_few_samples"), FrechetDistance.of(few, fit("few.b", 12, 24, 0.2)), EXACT);
        Golden.close(golden.number("fid_one_singular"), FrechetDistance.of(few, fit("fid.b", 150, 24, 0.2)), EXACT);
        Golden.close(golden.number("fid_one_singular"), FrechetDistance.of(fit("fid.b", 150, 24, 0.2), few), EXACT);
    }

    private static Gaussian random(int rows, int dimension, long seed) {
        java.util.Random random = new java.util.Random(seed);
        Statistics s = new Statistics(dimension);
        for (int i = 0; i < rows; i++) {
            float[] row = new float[dimension];
            for (int j = 0; j < dimension; j++) {
                row[j] = (float) random.nextGaussian();
            }
            s.add(row);
        }
        return s.gaussian();
    }

    /** From the few's side the product has full rank, from the other nearly all of its eigenvalues are zero. */
    @Test
    void fewSamplesOfManyDimensionsConverge() {
        for (int dimension : new int[] {48, 64, 200}) {
            for (int few = 2; few < 40; few += 9) {
                Gaussian many = random(2 * dimension, dimension, 1);
                Gaussian singular = random(few, dimension, few);
                Golden.close(FrechetDistance.of(singular, many), FrechetDistance.of(many, singular), EXACT);
            }
        }
    }

    @Test
    void zeroFromItself() {
        Gaussian a = fit("fid.a", 200, 24, 0);
        assertEquals(0, FrechetDistance.of(a, a), 1e-9);
        Gaussian point = new Gaussian(new double[3], new double[3][3], 0);
        assertEquals(0, FrechetDistance.of(point, point));
    }

    @Test
    void refusesWhatDoesNotFit() {
        Gaussian a = new Gaussian(new double[2], new double[2][2], 0);
        Gaussian b = new Gaussian(new double[3], new double[3][3], 0);
        assertThrows(IllegalArgumentException.class, () -> FrechetDistance.of(a, b));
        assertThrows(
                IllegalArgumentException.class, () -> new Gaussian(new double[] {Double.NaN}, new double[1][1], 0));
        assertThrows(IllegalArgumentException.class, () -> new Gaussian(new double[2], new double[1][1], 0));
        assertThrows(IllegalArgumentException.class, () -> new Gaussian(new double[1], new double[][] {{-1}}, 0));
    }

    /** Diagonal covariances have an exact answer; the bound is far above what it takes, and far below minutes. */
    @Test
    void aLargeDimensionTakesSeconds() {
        int n = 768;
        double[][] a = new double[n][n];
        double[][] b = new double[n][n];
        double expected = 0;
        for (int i = 0; i < n; i++) {
            a[i][i] = 1 + i % 7;
            b[i][i] = 2 + i % 5;
            expected += Math.pow(Math.sqrt(a[i][i]) - Math.sqrt(b[i][i]), 2);
        }
        rotate(a);
        rotate(b);
        Gaussian left = new Gaussian(new double[n], a, 0);
        Gaussian right = new Gaussian(new double[n], b, 0);
        double distance = Assertions.assertTimeout(Duration.ofSeconds(30), () -> FrechetDistance.of(left, right));
        Golden.close(expected, distance, EXACT);
    }

    /** H·A·H with one Householder reflection, which makes a diagonal matrix dense and leaves its eigenvalues. */
    private static void rotate(double[][] a) {
        int n = a.length;
        double[] v = new double[n];
        for (int i = 0; i < n; i++) {
            v[i] = 1 + i % 3;
        }
        double square = Products.dot(v, v, 0, n);
        for (int pass = 0; pass < 2; pass++) {
            for (double[] row : a) {
                double factor = 2 * Products.dot(row, v, 0, n) / square;
                for (int i = 0; i < n; i++) {
                    row[i] -= factor * v[i];
                }
            }
            double[][] turned = Products.transpose(a);
            System.arraycopy(turned, 0, a, 0, n);
        }
    }

    @Test
    void aCovarianceThatIsNotSymmetricIsRefused() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> new Gaussian(new double[2], new double[][] {{1, 1}, {0, 1}}, 0))
                .getMessage();
        assertEquals("the covariance is not symmetric: 0.0 at 1, 0 and 1.0 at 0, 1", message);
    }
}
