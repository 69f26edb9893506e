package dev.tandem.analysis;

import java.util.ArrayList;
import java.util.List;

/**
 * Factors a positive semidefinite matrix, A = L·Lᵀ, taking the largest remaining diagonal element at each step and
 * stopping where nothing but rounding remains: so L has as many columns as A has rank. What a panel of columns explains
 * is subtracted from A at once, as a product.
 *
 * @see "Higham, Analysis of the Cholesky decomposition of a semi-definite matrix, 1990"
 */
final class PivotedCholesky {
    private static final int PANEL = 32;

    private final int n;
    /** What the panels before do not explain of A. */
    private final double[][] rest;
    /** What nothing explains of A's diagonal; −∞ where a row was pivot. */
    private final double[] diagonal;

    private final List<double[]> columns = new ArrayList<>();

    private PivotedCholesky(double[][] a) {
        n = a.length;
        rest = new double[n][];
        diagonal = new double[n];
        for (int i = 0; i < n; i++) {
            rest[i] = a[i].clone();
            diagonal[i] = a[i][i];
        }
    }

    /** Lᵀ: as many rows as A has rank. */
    static double[][] factor(double[][] a) {
        return new PivotedCholesky(a).run();
    }

    private double[][] run() {
        double negligible = n * Math.ulp(1.0) * Math.max(0, n == 0 ? 0 : diagonal[largest()]);
        int panel = 0;
        while (columns.size() < n) {
            int pivot = largest();
            if (diagonal[pivot] <= negligible) {
                break;
            }
            double[] column = column(pivot, panel);
            columns.add(column);
            for (int i = 0; i < n; i++) {
                diagonal[i] -= column[i] * column[i];
            }
            diagonal[pivot] = Double.NEGATIVE_INFINITY;
            if (columns.size() - panel == PANEL) {
                subtract(columns.subList(panel, columns.size()).toArray(double[][]::new));
                panel = columns.size();
            }
        }
        return columns.toArray(double[][]::new);
    }

    private int largest() {
        int best = 0;
        for (int i = 1; i < n; i++) {
            if (diagonal[i] > diagonal[best]) {
                best = i;
            }
        }
        return best;
    }

    private double[] column(int pivot, int panel) {
        double[] out = rest[pivot].clone();
        for (double[] earlier : columns.subList(panel, columns.size())) {
            double factor = earlier[pivot];
            for (int i = 0; i < n; i++) {
                out[i] -= factor * earlier[i];
            }
        }
        double root = Math.sqrt(diagonal[pivot]);
        for (int i = 0; i < n; i++) {
            out[i] = diagonal[i] == Double.NEGATIVE_INFINITY ? 0 : out[i] / root;
        }
        out[pivot] = root;
        return out;
    }

    private void subtract(double[][] panel) {
        double[][] factors = Products.transpose(panel);
        for (double[] row : factors) {
            for (int i = 0; i < row.length; i++) {
                row[i] = -row[i];
            }
        }
        Products.addProduct(factors, panel, rest);
    }
}
