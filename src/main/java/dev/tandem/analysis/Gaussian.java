package dev.tandem.analysis;

/**
 * A normal distribution fitted to features.
 *
 * @param mean [D]
 * @param covariance [D][D], over n − 1
 * @param samples that it was fitted to, 0 where that is not known
 */
public record Gaussian(double[] mean, double[][] covariance, long samples) {
    private static final double ASYMMETRY = 1e-3;

    public Gaussian {
        if (covariance.length != mean.length) {
            throw new IllegalArgumentException(
                    "a mean of " + mean.length + " values does not fit a covariance of " + covariance.length + " rows");
        }
        requireFinite("mean", mean);
        for (int i = 0; i < covariance.length; i++) {
            if (covariance[i].length != mean.length) {
                throw new IllegalArgumentException("the covariance is not square");
            }
            requireFinite("covariance", covariance[i]);
            if (covariance[i][i] < 0) {
                throw new IllegalArgumentException("the covariance holds a negative variance, " + covariance[i][i]);
            }
        }
        requireSymmetric(covariance);
    }

    /** Rounding aside, which in fp32 is a millionth of the two deviations. */
    private static void requireSymmetric(double[][] covariance) {
        for (int i = 0; i < covariance.length; i++) {
            for (int j = 0; j < i; j++) {
                double deviations = Math.sqrt(covariance[i][i] * covariance[j][j]);
                if (Math.abs(covariance[i][j] - covariance[j][i]) > ASYMMETRY * deviations + Float.MIN_NORMAL) {
                    throw new IllegalArgumentException("the covariance is not symmetric: " + covariance[i][j] + " at "
                            + i + ", " + j + " and " + covariance[j][i] + " at " + j + ", " + i);
                }
            }
        }
    }

    private static void requireFinite(String what, double[] values) {
        for (double v : values) {
            if (!Double.isFinite(v)) {
                throw new IllegalArgumentException("the " + what + " holds " + v);
            }
        }
    }

    public int dimension() {
        return mean.length;
    }

    /** Whether fewer samples than dimensions make the covariance singular. */
    public boolean singular() {
        return samples > 0 && samples <= dimension();
    }

    /** Sum of the variances. */
    double trace() {
        double sum = 0;
        for (int i = 0; i < mean.length; i++) {
            sum += covariance[i][i];
        }
        return sum;
    }
}
