package dev.tandem.analysis;

/**
 * Mean and covariance of features as they come, in double and in constant memory. Rows are gathered into chunks; each
 * chunk is centred on its own mean before it is squared, so that a large mean costs no digits.
 *
 * @see "Chan, Golub, LeVeque, Updating formulae and a pairwise algorithm for computing sample variances, 1979"
 */
public final class Statistics {
    private static final int CHUNK = 256;

    private final int dimension;
    private final double[] mean;
    private final double[][] squares;
    private final double[][] chunk;
    private int gathered;
    private long count;

    public Statistics(int dimension) {
        this.dimension = dimension;
        mean = new double[dimension];
        squares = new double[dimension][dimension];
        chunk = new double[CHUNK][dimension];
    }

    public int dimension() {
        return dimension;
    }

    /** Rows added so far. */
    public long count() {
        return count + gathered;
    }

    /** Adds rows of features that lie one after the other. */
    public void add(float[] features) {
        if (features.length % dimension != 0) {
            throw new IllegalArgumentException(features.length + " values are no rows of " + dimension);
        }
        for (int at = 0; at < features.length; at += dimension) {
            double[] row = chunk[gathered];
            for (int i = 0; i < dimension; i++) {
                row[i] = features[at + i];
            }
            if (++gathered == CHUNK) {
                flush();
            }
        }
    }

    private void flush() {
        if (gathered == 0) {
            return;
        }
        double[] chunkMean = new double[dimension];
        for (int r = 0; r < gathered; r++) {
            for (int i = 0; i < dimension; i++) {
                chunkMean[i] += chunk[r][i];
            }
        }
        for (int i = 0; i < dimension; i++) {
            chunkMean[i] /= gathered;
        }
        // centring leaves no row of an older chunk behind: rows past the gathered ones are not read
        double[][] centred = java.util.Arrays.copyOf(chunk, gathered);
        for (double[] row : centred) {
            for (int i = 0; i < dimension; i++) {
                row[i] -= chunkMean[i];
            }
        }
        Products.addSquare(centred, squares);
        shift(chunkMean, gathered);
        gathered = 0;
    }

    /** Takes in {@code more} samples of another mean, whose squares about it have been added already. */
    private void shift(double[] otherMean, long more) {
        double[][] difference = new double[1][dimension];
        double total = (double) count + more;
        double weight = Math.sqrt(count * (more / total));
        for (int i = 0; i < dimension; i++) {
            double d = otherMean[i] - mean[i];
            mean[i] += d * (more / total);
            difference[0][i] = d * weight;
        }
        if (count > 0) {
            Products.addSquare(difference, squares);
        }
        count += more;
    }

    /** Adds all samples of another accumulator, which stays as it is but for rows that it had still gathered. */
    public void merge(Statistics other) {
        if (other.dimension != dimension) {
            throw new IllegalArgumentException(other.dimension + " dimensions do not fit " + dimension);
        }
        flush();
        other.flush();
        if (other.count == 0) {
            return;
        }
        for (int i = 0; i < dimension; i++) {
            for (int j = i; j < dimension; j++) {
                squares[i][j] += other.squares[i][j];
            }
        }
        shift(other.mean, other.count);
    }

    /** The distribution of what was added, at least two rows. */
    public Gaussian gaussian() {
        flush();
        if (count < 2) {
            throw new IllegalStateException(
                    "a covariance needs at least 2 samples, there " + (count == 1 ? "is 1" : "are none"));
        }
        double[][] covariance = new double[dimension][dimension];
        for (int i = 0; i < dimension; i++) {
            for (int j = i; j < dimension; j++) {
                covariance[i][j] = squares[i][j] / (count - 1);
                covariance[j][i] = covariance[i][j];
            }
        }
        return new Gaussian(mean.clone(), covariance, count);
    }
}
