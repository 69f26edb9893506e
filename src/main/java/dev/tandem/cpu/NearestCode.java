package dev.tandem.cpu;

import dev.tandem.cpu.work.Lanes;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Finds the nearest code of a vector, in double as the scalar back-end does, so that both choose the same one. */
final class NearestCode {
    private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;

    private final int count;
    private final int width;

    /** Distances between rows of {@link #transposed}: the count rounded up to whole vectors. */
    private final int stride;

    /** The codes as [width][stride]. */
    private final double[] transposed;

    /** Per code: its squared norm, or where normalised the divisor of its dot product. */
    private final double[] norms;

    private final boolean normalised;

    NearestCode(float[] codes, int count, int width, boolean normalised) {
        this.count = count;
        this.width = width;
        this.normalised = normalised;
        this.stride = Lanes.roundUp(count, D.length());
        this.transposed = new double[width * stride];
        this.norms = new double[stride];
        for (int v = 0; v < count; v++) {
            double squared = 0;
            for (int c = 0; c < width; c++) {
                double x = codes[v * width + c];
                transposed[c * stride + v] = x;
                squared += x * x;
            }
            norms[v] = normalised ? Math.max(Math.sqrt(squared), ScalarOps.L2_NORM_EPS) : squared;
        }
    }

    /** The lowest index of the least distance. */
    int of(float[] z, int at) {
        DoubleVector least = DoubleVector.broadcast(D, Double.POSITIVE_INFINITY);
        DoubleVector best = DoubleVector.zero(D);
        DoubleVector index = DoubleVector.zero(D).addIndex(1);
        for (int v = 0; v < stride; v += D.length()) {
            // Products of floats are exact in double, so a fused step rounds as two do.
            DoubleVector dot = DoubleVector.zero(D);
            for (int c = 0; c < width; c++) {
                DoubleVector code = DoubleVector.fromArray(D, transposed, c * stride + v);
                dot = code.fma(DoubleVector.broadcast(D, z[at + c]), dot);
            }
            DoubleVector norm = DoubleVector.fromArray(D, norms, v);
            DoubleVector distance = normalised ? dot.neg().div(norm) : norm.sub(dot.mul(2));
            VectorMask<Double> nearer = distance.lt(least).and(D.indexInRange(v, count));
            least = least.blend(distance, nearer);
            best = best.blend(index, nearer);
            index = index.add(D.length());
        }
        double[] distances = least.toArray();
        double[] codes = best.toArray();
        int winner = 0;
        for (int i = 1; i < distances.length; i++) {
            boolean equal = distances[i] == distances[winner];
            if (distances[i] < distances[winner] || equal && codes[i] < codes[winner]) {
                winner = i;
            }
        }
        return (int) codes[winner];
    }
}
