package dev.tandem.evaluate;

import dev.tandem.analysis.Gaussian;
import dev.tandem.npy.NpyReader;
import dev.tandem.npy.NpzFile;
import dev.tandem.npy.NpzWriter;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Mean and covariance in an npz file, as pytorch-fid and the guided-diffusion evaluator name them. */
public final class StatisticsFile {
    /** Names of a mean and its covariance. */
    enum Of {
        FEATURES("mu", "sigma"),
        SPATIAL_FEATURES("mu_s", "sigma_s");

        private final String mean;
        private final String covariance;

        Of(String mean, String covariance) {
            this.mean = mean;
            this.covariance = covariance;
        }

        boolean in(NpzFile npz) {
            return npz.has(mean) && npz.has(covariance);
        }
    }

    /** Ours: how many samples they were computed from. */
    private static final String SAMPLES = "n";

    private StatisticsFile() {}

    static Gaussian read(NpzFile npz, Of of, String where) throws IOException {
        double[] mean = array(npz, of.mean);
        double[] flat;
        try (NpyReader reader = npz.open(of.covariance)) {
            Shape expected = Shape.of(mean.length, mean.length);
            if (!reader.header().shape().equals(expected)) {
                throw new FormatException(
                        reader.where(),
                        "has the shape " + reader.header().shape() + ", but a mean of " + mean.length + " values needs "
                                + expected);
            }
            flat = reader.readAll();
        }
        double[][] covariance = new double[mean.length][];
        for (int i = 0; i < mean.length; i++) {
            covariance[i] = Arrays.copyOfRange(flat, i * mean.length, (i + 1) * mean.length);
        }
        long samples = npz.has(SAMPLES) ? (long) array(npz, SAMPLES)[0] : 0;
        try {
            return new Gaussian(mean, covariance, samples);
        } catch (IllegalArgumentException e) {
            throw new FormatException(where, e.getMessage(), e);
        }
    }

    private static double[] array(NpzFile npz, String name) throws IOException {
        try (NpyReader reader = npz.open(name)) {
            double[] values = reader.readAll();
            if (values.length == 0) {
                throw new FormatException(reader.where(), "is empty");
            }
            return values;
        }
    }

    /** @param spatial null where there are none */
    public static void write(Path file, Gaussian features, Gaussian spatial) throws IOException {
        try (NpzWriter writer = new NpzWriter(file)) {
            write(writer, Of.FEATURES, features);
            if (spatial != null) {
                write(writer, Of.SPATIAL_FEATURES, spatial);
            }
            writer.write(SAMPLES, new long[] {features.samples()});
        }
    }

    private static void write(NpzWriter writer, Of of, Gaussian g) throws IOException {
        int n = g.dimension();
        double[] flat = new double[n * n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(g.covariance()[i], 0, flat, i * n, n);
        }
        writer.write(of.mean, g.mean(), n);
        writer.write(of.covariance, flat, n, n);
    }
}
