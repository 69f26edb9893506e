package dev.tandem.analysis;

/**
 * The distance of two normal distributions: |μ₁ − μ₂|² + tr Σ₁ + tr Σ₂ − 2·tr (Σ₁Σ₂)^½.
 *
 * @see "Heusel et al., GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium, 2017, eq. 6"
 */
public final class FrechetDistance {
    private FrechetDistance() {}

    /** At least 0; both of one dimension. */
    public static double of(Gaussian a, Gaussian b) {
        if (a.dimension() != b.dimension()) {
            throw new IllegalArgumentException(a.dimension() + " dimensions against " + b.dimension());
        }
        double means = 0;
        for (int i = 0; i < a.dimension(); i++) {
            double d = a.mean()[i] - b.mean()[i];
            means += d * d;
        }
        double distance = means + a.trace() + b.trace() - 2 * traceOfRoot(a.covariance(), b.covariance());
        return Math.max(0, distance);
    }

    /**
     * tr (A·B)^½. With A = L·Lᵀ the product has the eigenvalues of the symmetric Lᵀ·B·L, and zeros: no root of a matrix
     * is needed, and singular matrices are no special case.
     */
    static double traceOfRoot(double[][] a, double[][] b) {
        double[][] transposed = PivotedCholesky.factor(a);
        if (transposed.length == 0) {
            return 0;
        }
        double[][] product = Products.multiply(Products.multiply(transposed, b), Products.transpose(transposed));
        for (int i = 0; i < product.length; i++) {
            for (int j = 0; j < i; j++) {
                double mean = (product[i][j] + product[j][i]) / 2;
                product[i][j] = mean;
                product[j][i] = mean;
            }
        }
        double sum = 0;
        for (double eigenvalue : SymmetricEigenvalues.of(product)) {
            sum += Math.sqrt(Math.max(0, eigenvalue));
        }
        return sum;
    }
}
