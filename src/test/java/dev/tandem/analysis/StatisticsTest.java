package dev.tandem.analysis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.fixture.Formula;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private final float[][] rows = Formula.features("fid.a", 200, 24, 0);

    private static Statistics of(float[][] rows, int from, int to, double offset) {
        Statistics s = new Statistics(rows[0].length);
        for (int r = from; r < to; r++) {
            float[] moved = rows[r].clone();
            for (int i = 0; i < moved.length; i++) {
                moved[i] += (float) offset;
            }
            s.add(moved);
        }
        return s;
    }

    @Test
    void agreesWithNumpy() {
        Gaussian g = of(rows, 0, 200, 0).gaussian();
        Golden golden = new Golden();
        Golden.close(golden.numbers("mean"), g.mean(), 1e-9);
        Golden.close(golden.numbers("covariance_row_3"), g.covariance()[3], 1e-9);
        assertEquals(200, g.samples());
    }

    @Test
    void partsMergeIntoTheWhole() {
        Statistics merged = of(rows, 0, 70, 0);
        merged.merge(of(rows, 70, 71, 0));
        merged.merge(new Statistics(24));
        merged.merge(of(rows, 71, 200, 0));
        Gaussian expected = of(rows, 0, 200, 0).gaussian();
        Gaussian actual = merged.gaussian();
        assertEquals(200, actual.samples());
        assertArrayEquals(expected.mean(), actual.mean(), 1e-12);
        for (int i = 0; i < 24; i++) {
            assertArrayEquals(expected.covariance()[i], actual.covariance()[i], 1e-12);
        }
    }

    @Test
    void manyRowsInOneCallAreTheSameAsOneByOne() {
        float[][] many = Formula.features("many", 700, 5, 0);
        float[] flat = new float[700 * 5];
        for (int r = 0; r < 700; r++) {
            System.arraycopy(many[r], 0, flat, r * 5, 5);
        }
        Statistics once = new Statistics(5);
        once.add(flat);
        Gaussian expected = of(many, 0, 700, 0).gaussian();
        Gaussian actual = once.gaussian();
        for (int i = 0; i < 5; i++) {
            assertArrayEquals(expected.covariance()[i], actual.covariance()[i]);
        }
    }

    @Test
    void aLargeMeanCostsNoDigits() {
        float[][] quarters = new float[600][2];
        for (int r = 0; r < 600; r++) {
            quarters[r][0] = r % 4 * 0.25f;
            quarters[r][1] = r % 3 * 0.5f;
        }
        Gaussian plain = of(quarters, 0, 600, 0).gaussian();
        Gaussian moved = of(quarters, 0, 600, 1e5).gaussian();
        for (int i = 0; i < 2; i++) {
            assertArrayEquals(plain.covariance()[i], moved.covariance()[i], 1e-9);
        }
    }

    @Test
    void oneSampleHasNoCovariance() {
        assertThrows(IllegalStateException.class, () -> of(rows, 0, 1, 0).gaussian());
        assertThrows(IllegalStateException.class, () -> new Statistics(4).gaussian());
        assertThrows(IllegalArgumentException.class, () -> new Statistics(4).add(new float[6]));
    }
}
