package dev.tandem.analysis;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Eigenvalues of a large symmetric matrix: Householder reflections to tridiagonal form in panels, so that half of the
 * work is a matrix product, then implicit QL. Commons Math has the same without panels and always with vectors, which
 * takes minutes where this takes seconds.
 *
 * @see "Golub, Van Loan, Matrix Computations, 8.3; Dongarra, Sorensen, Hammarling, Block reduction, 1989"
 */
final class SymmetricEigenvalues {
    private static final int PANEL = 32;
    private static final int MOST_SWEEPS = 60;
    private static final int SMALLEST_BLOCK = 64;

    private final double[][] a;
    private final int n;
    private final double[] diagonal;
    private final double[] beside;

    private SymmetricEigenvalues(double[][] a) {
        this.a = a;
        n = a.length;
        diagonal = new double[n];
        beside = new double[n];
    }

    /** All eigenvalues, ascending. The matrix is overwritten. */
    static double[] of(double[][] symmetric) {
        SymmetricEigenvalues e = new SymmetricEigenvalues(symmetric);
        e.tridiagonalise();
        e.iterate();
        Arrays.sort(e.diagonal);
        return e.diagonal;
    }

    private void tridiagonalise() {
        int last = Math.max(0, n - 2);
        for (int start = 0; start < last; start += PANEL) {
            int end = Math.min(last, start + PANEL);
            // v and w of the panel's reflections, in pairs: A − Σ v·wᵀ + w·vᵀ is the matrix so far
            double[][] pairs = new double[2 * (end - start)][];
            double[][] swapped = new double[pairs.length][];
            for (int j = start; j < end; j++) {
                int known = 2 * (j - start);
                double[] v = reflect(j, pairs, swapped, known);
                double[] w = companion(j, v, pairs, swapped, known);
                pairs[known] = v;
                pairs[known + 1] = w;
                swapped[known] = w;
                swapped[known + 1] = v;
            }
            subtract(end, pairs, swapped);
        }
        if (n > 1) {
            diagonal[n - 2] = a[n - 2][n - 2];
            beside[n - 2] = a[n - 2][n - 1];
        }
        if (n > 0) {
            diagonal[n - 1] = a[n - 1][n - 1];
        }
    }

    /** Element {@code at} of the first {@code count} rows, negated. */
    private static double[] negated(double[][] rows, int count, int at) {
        double[] out = new double[count];
        for (int i = 0; i < count; i++) {
            out[i] = -rows[i][at];
        }
        return out;
    }

    /** Finishes row j and gives v of the reflection I − 2·v·vᵀ/(v·v) that zeroes what stands beyond its neighbour. */
    private double[] reflect(int j, double[][] pairs, double[][] swapped, int known) {
        double[] row = a[j].clone();
        Products.addRow(negated(swapped, known, j), pairs, 0, known, row, j, n);
        diagonal[j] = row[j];
        double[] v = new double[n];
        double beyond = 0;
        for (int i = j + 2; i < n; i++) {
            beyond += row[i] * row[i];
        }
        if (beyond == 0) {
            beside[j] = row[j + 1];
            return v;
        }
        double norm = Math.sqrt(row[j + 1] * row[j + 1] + beyond);
        beside[j] = row[j + 1] > 0 ? -norm : norm;
        System.arraycopy(row, j + 1, v, j + 1, n - j - 1);
        v[j + 1] -= beside[j];
        return v;
    }

    /** w with which the reflected matrix is A − v·wᵀ − w·vᵀ. */
    private double[] companion(int j, double[] v, double[][] pairs, double[][] swapped, int known) {
        double square = Products.dot(v, v, j + 1, n);
        double[] w = new double[n];
        if (square == 0) {
            return w;
        }
        double[] dots = new double[known];
        for (int i = 0; i < known; i++) {
            dots[i] = -Products.dot(swapped[i], v, j + 1, n);
        }
        int width = Math.max(SMALLEST_BLOCK, (n - j - 1) / Runtime.getRuntime().availableProcessors() + 1);
        IntStream.range(0, (n - j - 1 + width - 1) / width).parallel().forEach(block -> {
            int from = j + 1 + block * width;
            int to = Math.min(n, from + width);
            Products.addRow(v, a, j + 1, n, w, from, to);
            Products.addRow(dots, pairs, 0, known, w, from, to);
        });
        double beta = 2 / square;
        double half = beta * beta * Products.dot(w, v, j + 1, n) / 2;
        for (int i = j + 1; i < n; i++) {
            w[i] = beta * w[i] - half * v[i];
        }
        return w;
    }

    private void subtract(int end, double[][] pairs, double[][] swapped) {
        double[][] factors = new double[n][];
        for (int i = end; i < n; i++) {
            factors[i] = negated(swapped, pairs.length, i);
        }
        Products.addProduct(factors, pairs, a, end, end);
    }

    /** Implicit QL with Wilkinson's shifts on the tridiagonal matrix; the diagonal becomes the eigenvalues. */
    private void iterate() {
        double negligible = Math.ulp(1.0) / 2 * size();
        for (int l = 0; l < n; l++) {
            int sweeps = 0;
            for (int m = smallFrom(l, negligible); m != l; m = smallFrom(l, negligible)) {
                if (sweeps++ == MOST_SWEEPS) {
                    throw new ArithmeticException("the eigenvalues of a " + n + "×" + n + " matrix do not converge");
                }
                sweep(l, m);
            }
        }
    }

    /** How large the matrix is: its largest row sum. */
    private double size() {
        double most = 0;
        for (int i = 0; i < n; i++) {
            double row = Math.abs(diagonal[i]) + Math.abs(beside[i]) + (i == 0 ? 0 : Math.abs(beside[i - 1]));
            most = Math.max(most, row);
        }
        return most;
    }

    /**
     * The first index from l on whose neighbour's element is negligible: beside what stands next to it, or beside the
     * whole matrix, since that much the reflections have left as rounding. The eigenvalues that are zero in a matrix of
     * few samples would not come apart otherwise.
     */
    private int smallFrom(int l, double negligible) {
        int m = l;
        while (m < n - 1) {
            double size = Math.abs(diagonal[m]) + Math.abs(diagonal[m + 1]);
            if (Math.abs(beside[m]) <= Math.max(negligible, Math.ulp(1.0) / 2 * size)) {
                break;
            }
            m++;
        }
        return m;
    }

    private void sweep(int l, int m) {
        double[] d = diagonal;
        double[] e = beside;
        double g = (d[l + 1] - d[l]) / (2 * e[l]);
        double r = Math.hypot(g, 1);
        g = d[m] - d[l] + e[l] / (g + Math.copySign(r, g));
        double s = 1;
        double c = 1;
        double p = 0;
        for (int i = m - 1; i >= l; i--) {
            double f = s * e[i];
            double b = c * e[i];
            r = Math.hypot(f, g);
            e[i + 1] = r;
            if (r == 0) {
                // the rotation is undefined: the matrix falls apart here
                d[i + 1] -= p;
                e[m] = 0;
                return;
            }
            s = f / r;
            c = g / r;
            g = d[i + 1] - p;
            r = (d[i] - g) * s + 2 * c * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
        }
        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }
}
