package dev.tandem.tornado.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FixedPointTest {
    private static long weight(float below, float temperature) {
        float scale = FixedPoint.scale(temperature);
        long rate = FixedPoint.rate(temperature * scale);
        long weight = FixedPoint.weight(below * scale, rate, 1, 1);
        assertEquals(weight, FixedPoint.weight(below * scale, rate, 0, 1), "without shifts");
        return weight;
    }

    @ParameterizedTest
    @ValueSource(floats = {1e-6f, 0.1f, 0.7f, 1, 1.1f, 1.9999999f, 2, 3, 50, 1e6f, 3e38f})
    void weightsAreExponentials(float temperature) {
        Random random = new Random(3);
        for (int i = 0; i < 200_000; i++) {
            float below = (float) (temperature * 35 * Math.pow(random.nextDouble(), 3));
            double exact = Math.exp(-(double) below / temperature) * FixedPoint.ONE;
            long actual = weight(below, temperature);
            assertTrue(Math.abs(actual - exact) <= 2e-9 * exact + 1, () -> below + ": " + actual + ", not " + exact);
        }
        assertEquals(FixedPoint.ONE, weight(0, temperature));
    }

    @Test
    void weightsOfTheFarAndOfWhatIsNoNumberAreNothing() {
        for (float below : new float[] {29, 63.9f, 64, 1e30f, Float.POSITIVE_INFINITY, Float.NaN}) {
            assertEquals(0, weight(below, 1));
        }
    }

    @Test
    void partsOfSumsAreExact() {
        Random random = new Random(5);
        for (int i = 0; i < 100_000; i++) {
            long total = random.nextLong(1L << 62) >> random.nextInt(62);
            long n = random.nextInt((1 << 24) + 1);
            BigInteger product = BigInteger.valueOf(total).multiply(BigInteger.valueOf(n));
            for (int shifts = 0; shifts < 2; shifts++) {
                assertEquals(product.shiftRight(24).longValueExact(), FixedPoint.part(total, n, shifts, 1));
                assertEquals(
                        product.negate().shiftRight(24).negate().longValueExact(),
                        FixedPoint.partUp(total, n, shifts, 1));
            }
        }
    }

    @Test
    void uniformNumbersAreTheSameAsWholes() {
        Random random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
            int word = random.nextInt();
            assertEquals(RandomNumbers.uniform(word) * 0x1p24, (double) RandomNumbers.uniform24(word));
        }
    }
}
