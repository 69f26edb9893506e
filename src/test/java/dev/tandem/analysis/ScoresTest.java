package dev.tandem.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.fixture.Formula;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScoresTest {
    private final Golden golden = new Golden();

    @Test
    void inceptionScoreAgreesWithNumpy() {
        float[] logits = Formula.values("quality/logits", 95 * 20, 3, 0);
        float[][] p = new float[95][];
        for (int i = 0; i < 95; i++) {
            p[i] = Divergence.softmax(logits, i * 20, 20);
        }
        InceptionScore score = InceptionScore.of(p, InceptionScore.SPLITS);
        Golden.close(golden.numbers("inception_score"), new double[] {score.mean(), score.deviation()}, 1e-5);
    }

    @Test
    void inceptionScoreIsOneForOneAnswerAndTheNumberOfClassesForSureAndEvenOnes() {
        float[][] same = new float[40][];
        float[][] sure = new float[40][4];
        for (int i = 0; i < 40; i++) {
            same[i] = new float[] {0.25f, 0.75f};
            sure[i][i % 4] = 1;
        }
        assertEquals(1, InceptionScore.of(same, 10).mean(), 1e-9);
        assertEquals(4, InceptionScore.of(sure, 10).mean(), 1e-9);
        assertThrows(IllegalArgumentException.class, () -> InceptionScore.of(Arrays.copyOf(same, 9), 10));
    }

    @Test
    void precisionAndRecallAgreeWithBruteForce() {
        PrecisionRecall pr = PrecisionRecall.of(
                Formula.features("pr.a", 300, 6, 0), Formula.features("pr.b", 250, 6, 0.5), PrecisionRecall.NEIGHBOURS);
        Golden.close(golden.numbers("precision_recall"), new double[] {pr.precision(), pr.recall()}, 1e-12);
    }

    @Test
    void aSetCoversItselfAndNothingThatIsFarAway() {
        float[][] a = Formula.features("pr.a", 300, 6, 0);
        assertEquals(new PrecisionRecall(1, 1), PrecisionRecall.of(a, a, 3));
        assertEquals(new PrecisionRecall(0, 0), PrecisionRecall.of(a, Formula.features("pr.b", 20, 6, 90), 3));
        assertThrows(IllegalArgumentException.class, () -> PrecisionRecall.of(Arrays.copyOf(a, 3), a, 3));
    }

    @Test
    void divergence() {
        float[] p = Formula.values("quality/p", 50, 4, 0);
        float[] q = Formula.values("quality/q", 50, 4, 0);
        Golden.close(golden.number("kl"), Divergence.klOfLogits(p, 0, q, 0, 50), 1e-5);
        assertEquals(0, Divergence.klOfLogits(p, 0, p, 0, 50));
        float none = Float.NEGATIVE_INFINITY;
        assertEquals(Math.log(2), Divergence.klOfLogits(new float[] {9, 1, none}, 1, new float[] {1, 1}, 0, 2), 1e-12);
        assertEquals(
                Double.POSITIVE_INFINITY, Divergence.klOfLogits(new float[] {1, 1}, 0, new float[] {1, none}, 0, 2));
        assertEquals(Math.log(2), Divergence.kl(new double[] {1, 0}, new double[] {0.5, 0.5}), 1e-12);
    }
}
