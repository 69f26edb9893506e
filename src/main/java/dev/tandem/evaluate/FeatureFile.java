package dev.tandem.evaluate;

import dev.tandem.npy.NpyReader;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;

/** Features computed elsewhere: an array [pictures, D], or with more dimensions of 1 behind. */
final class FeatureFile {
    private FeatureFile() {}

    static float[][] read(Path file) throws IOException {
        try (NpyReader reader = NpyReader.open(file)) {
            Shape shape = reader.header().shape();
            if (shape.rank() < 2 || shape.elements() == 0 || shape.dim(0) * shape.dim(1) != shape.elements()) {
                throw new FormatException(
                        reader.where(), "has the shape " + shape + "; features are pictures × dimensions");
            }
            int rows = shape.size(0);
            int dimension = shape.size(1);
            float[][] out = new float[rows][dimension];
            if (reader.header().columnsFirst()) {
                fill(out, reader.readAll());
            } else {
                for (float[] row : out) {
                    reader.read(row);
                }
            }
            checkFinite(out, reader.where());
            return out;
        }
    }

    private static void fill(float[][] out, double[] values) {
        for (int r = 0; r < out.length; r++) {
            for (int i = 0; i < out[r].length; i++) {
                out[r][i] = (float) values[r * out[r].length + i];
            }
        }
    }

    private static void checkFinite(float[][] rows, String where) {
        for (int r = 0; r < rows.length; r++) {
            for (float v : rows[r]) {
                if (!Float.isFinite(v)) {
                    throw new FormatException(where, "row " + r + " holds " + v);
                }
            }
        }
    }
}
