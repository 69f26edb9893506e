package dev.tandem.analysis;

/** How far two distributions over the same values are apart. */
public final class Divergence {
    private Divergence() {}

    /** KL(p ‖ q) in nats: Σ p·ln(p/q), infinite where q excludes what p allows. */
    public static double kl(double[] p, double[] q) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            if (p[i] > 0) {
                sum += p[i] * Math.log(p[i] / q[i]);
            }
        }
        return Math.max(0, sum);
    }

    /**
     * KL of the distributions softmax(p) and softmax(q), one row of n logits each; −∞ means excluded.
     *
     * @param pAt where the row begins in {@code p}
     */
    public static double klOfLogits(float[] p, int pAt, float[] q, int qAt, int n) {
        double pNorm = logSumExp(p, pAt, n);
        double qNorm = logSumExp(q, qAt, n);
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double logP = p[pAt + i] - pNorm;
            double probability = Math.exp(logP);
            if (probability > 0) {
                sum += probability * (logP - (q[qAt + i] - qNorm));
            }
        }
        return Math.max(0, sum);
    }

    private static double logSumExp(float[] x, int at, int n) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = at; i < at + n; i++) {
            max = Math.max(max, x[i]);
        }
        double sum = 0;
        for (int i = at; i < at + n; i++) {
            sum += Math.exp(x[i] - max);
        }
        return max + Math.log(sum);
    }

    /** softmax of a row of logits. */
    public static float[] softmax(float[] logits, int at, int n) {
        double norm = logSumExp(logits, at, n);
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = (float) Math.exp(logits[at + i] - norm);
        }
        return out;
    }
}
