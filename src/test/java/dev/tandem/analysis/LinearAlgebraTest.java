package dev.tandem.analysis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tandem.fixture.Formula;
import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against Commons Math, at sizes around those of panels and blocks. */
class LinearAlgebraTest {
    private static double[][] random(String name, int rows, int columns) {
        float[] x = Formula.values(name, rows * columns, 1, 0);
        double[][] out = new double[rows][columns];
        for (int i = 0; i < x.length; i++) {
            out[i / columns][i % columns] = x[i];
        }
        return out;
    }

    private static double[][] square(double[][] a) {
        return Products.multiply(Products.transpose(a), a);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "3, 5, 2", "65, 17, 513", "2, 33, 7", "64, 3, 130"})
    void products(int rows, int depth, int columns) {
        double[][] a = random("a", rows, depth);
        double[][] b = random("b", depth, columns);
        double[][] expected = new Array2DRowRealMatrix(a)
                .multiply(new Array2DRowRealMatrix(b))
                .getData();
        double[][] actual = Products.multiply(a, b);
        for (int i = 0; i < rows; i++) {
            assertArrayEquals(expected[i], actual[i], 1e-12);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 33, 34, 35, 67, 150})
    void eigenvalues(int n) {
        double[][] a = random("e", n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                a[i][j] = a[j][i];
            }
        }
        double[] expected = new EigenDecomposition(new Array2DRowRealMatrix(a)).getRealEigenvalues();
        Arrays.sort(expected);
        assertArrayEquals(expected, SymmetricEigenvalues.of(a), 1e-11);
    }

    @Test
    void eigenvaluesOfMatricesThatFallApart() {
        double[][] diagonal = new double[40][40];
        double[] expected = new double[40];
        for (int i = 0; i < 40; i++) {
            diagonal[i][i] = expected[i] = i / 4;
        }
        assertArrayEquals(expected, SymmetricEigenvalues.of(diagonal), 1e-12);
        assertArrayEquals(new double[5], SymmetricEigenvalues.of(new double[5][5]));
        assertArrayEquals(new double[0], SymmetricEigenvalues.of(new double[0][0]));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "5, 9", "40, 33", "100, 70", "70, 100"})
    void choleskyHasAsManyRowsAsThereIsRank(int rank, int n) {
        double[][] a = square(random("c", rank, n));
        double[][] factor = PivotedCholesky.factor(a);
        assertEquals(Math.min(rank, n), factor.length);
        double[][] back = square(factor);
        for (int i = 0; i < n; i++) {
            assertArrayEquals(a[i], back[i], 1e-11 * rank);
        }
    }
}
