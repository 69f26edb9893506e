package dev.tandem.analysis;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How many of the samples lie on the manifold of the reference (fidelity), and how many of the reference on that of the
 * samples (diversity). A set's manifold is the union of balls about its points, each reaching to its point's k-th
 * nearest neighbour in the set.
 *
 * @see "Kynkäänniemi et al., Improved Precision and Recall Metric for Assessing Generative Models, 2019, section 2"
 */
public record PrecisionRecall(double precision, double recall) {
    /** Neighbours that the paper and the evaluators take. */
    public static final int NEIGHBOURS = 3;

    /** Each row is one picture's features; both sets need more than k rows. */
    public static PrecisionRecall of(float[][] reference, float[][] samples, int k) {
        double[] ofReference = radii(reference, k);
        double[] ofSamples = radii(samples, k);
        boolean[] recalled = new boolean[reference.length];
        AtomicIntegerArray precise = new AtomicIntegerArray(samples.length);
        Distances.between(reference, samples, (row, first, squared, count) -> {
            for (int j = 0; j < count; j++) {
                if (squared[j] <= ofReference[row]) {
                    precise.set(first + j, 1);
                }
                if (squared[j] <= ofSamples[first + j]) {
                    recalled[row] = true;
                }
            }
        });
        int hits = 0;
        for (int i = 0; i < samples.length; i++) {
            hits += precise.get(i);
        }
        int found = 0;
        for (boolean r : recalled) {
            found += r ? 1 : 0;
        }
        return new PrecisionRecall((double) hits / samples.length, (double) found / reference.length);
    }

    /** Squared distance of each row to its k-th nearest other row. */
    static double[] radii(float[][] rows, int k) {
        if (rows.length <= k) {
            throw new IllegalArgumentException(
                    "a manifold of " + k + " neighbours needs more than " + k + " samples, there are " + rows.length);
        }
        double[][] nearest = new double[rows.length][k];
        for (double[] n : nearest) {
            Arrays.fill(n, Double.POSITIVE_INFINITY);
        }
        Distances.between(rows, rows, (row, first, squared, count) -> {
            for (int j = 0; j < count; j++) {
                if (first + j != row) {
                    insert(nearest[row], squared[j]);
                }
            }
        });
        return Arrays.stream(nearest).mapToDouble(n -> n[k - 1]).toArray();
    }

    /** Keeps the smallest values, in order. */
    private static void insert(double[] smallest, double value) {
        int at = smallest.length - 1;
        if (value >= smallest[at]) {
            return;
        }
        for (; at > 0 && smallest[at - 1] > value; at--) {
            smallest[at] = smallest[at - 1];
        }
        smallest[at] = value;
    }
}
