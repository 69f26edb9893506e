package dev.tandem.image;

import dev.tandem.npy.NpyReader;
import dev.tandem.npy.NpzFile;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import java.io.IOException;
import java.util.Arrays;

/** The labels that an npz file has beside its pictures, as {@link Npz} writes them. */
public final class NpzLabels {
    private NpzLabels() {}

    /**
     * One label per picture; null where the file has none.
     *
     * @throws FormatException where the array of that name is something else
     */
    public static long[] read(NpzFile file, long pictures) throws IOException {
        if (!file.has(Npz.LABELS)) {
            return null;
        }
        try (NpyReader reader = file.open(Npz.LABELS)) {
            DType dtype = reader.header().dtype();
            if (dtype.floating()
                    || dtype == DType.BOOL
                    || !reader.header().shape().equals(Shape.of(pictures))) {
                throw new FormatException(
                        reader.where(),
                        "holds " + dtype + " of the shape " + reader.header().shape()
                                + "; labels are integers, one for each of " + pictures + " pictures");
            }
            return Arrays.stream(reader.readAll()).mapToLong(v -> (long) v).toArray();
        }
    }
}
