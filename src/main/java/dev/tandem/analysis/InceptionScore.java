package dev.tandem.analysis;

/**
 * exp of the mean divergence of each picture's class probabilities from the mean over the pictures, per split.
 *
 * @param mean over the splits
 * @param deviation standard deviation over the splits
 * @see "Salimans et al., Improved Techniques for Training GANs, 2016, section 4"
 */
public record InceptionScore(double mean, double deviation) {
    /** Splits of the original's evaluation. */
    public static final int SPLITS = 10;

    /**
     * Splits the rows as the original does: rows i·n/splits … (i + 1)·n/splits − 1.
     *
     * @param probabilities one row per picture, in a mixed order: each split stands for all classes
     */
    public static InceptionScore of(float[][] probabilities, int splits) {
        int n = probabilities.length;
        if (splits < 1 || n < splits) {
            throw new IllegalArgumentException(n + " pictures can't be split into " + splits);
        }
        double sum = 0;
        double squares = 0;
        for (int s = 0; s < splits; s++) {
            int from = Math.toIntExact((long) s * n / splits);
            int to = Math.toIntExact((s + 1L) * n / splits);
            double score = Math.exp(meanDivergence(probabilities, from, to));
            sum += score;
            squares += score * score;
        }
        double mean = sum / splits;
        return new InceptionScore(mean, Math.sqrt(Math.max(0, squares / splits - mean * mean)));
    }

    /** mean of Σ p·ln p − p·ln p̄, as Σ p·ln p per row less that of the mean row. */
    private static double meanDivergence(float[][] rows, int from, int to) {
        double[] mean = new double[rows[from].length];
        double entropies = 0;
        for (int i = from; i < to; i++) {
            for (int c = 0; c < mean.length; c++) {
                mean[c] += rows[i][c];
                entropies += timesLog(rows[i][c]);
            }
        }
        double ofMean = 0;
        for (double m : mean) {
            ofMean += timesLog(m / (to - from));
        }
        return entropies / (to - from) - ofMean;
    }

    private static double timesLog(double p) {
        return p == 0 ? 0 : p * Math.log(p);
    }
}
