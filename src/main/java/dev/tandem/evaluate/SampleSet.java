package dev.tandem.evaluate;

import dev.tandem.analysis.Gaussian;
import dev.tandem.image.Npz;
import dev.tandem.image.file.Links;
import dev.tandem.image.file.Reading;
import dev.tandem.npy.NpzFile;
import dev.tandem.tensor.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * One of the sets that are compared, as it is named: a folder of pictures, an npz file of samples, of statistics or of
 * both, or features. What it holds is read later, and only what is needed.
 */
public final class SampleSet {
    private enum Form {
        FOLDER,
        SAMPLES,
        STATISTICS,
        SAMPLES_AND_STATISTICS,
        FEATURES
    }

    private final Path path;
    private final Form form;
    private final boolean spatialStatistics;

    private SampleSet(Path path, Form form) {
        this(path, form, false);
    }

    private SampleSet(Path path, Form form, boolean spatialStatistics) {
        this.path = path;
        this.form = form;
        this.spatialStatistics = spatialStatistics;
    }

    /** @throws FormatException where the file is none of these */
    public static SampleSet of(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return new SampleSet(path, Form.FOLDER);
        }
        Links.check(path);
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".npy")) {
            return new SampleSet(path, Form.FEATURES);
        }
        if (!name.endsWith(".npz")) {
            throw new FormatException(
                    path.toString(),
                    "is neither a folder of pictures nor an .npz (samples, statistics) or .npy (features)");
        }
        try (NpzFile npz = NpzFile.open(path)) {
            boolean statistics = StatisticsFile.Of.FEATURES.in(npz);
            boolean spatial = statistics && StatisticsFile.Of.SPATIAL_FEATURES.in(npz);
            if (npz.has(Npz.PICTURES)) {
                return new SampleSet(path, statistics ? Form.SAMPLES_AND_STATISTICS : Form.SAMPLES, spatial);
            }
            if (!statistics) {
                throw new FormatException(
                        path.toString(),
                        "has neither samples ('arr_0') nor statistics ('mu', 'sigma'); it has "
                                + (npz.names().isEmpty() ? "no arrays" : String.join(", ", npz.names())));
            }
            return new SampleSet(path, Form.STATISTICS, spatial);
        }
    }

    public Path path() {
        return path;
    }

    /** Whether mean and covariance stand in the file. */
    public boolean storesStatistics() {
        return form == Form.STATISTICS || form == Form.SAMPLES_AND_STATISTICS;
    }

    /** Whether mean and covariance of spatial features stand in the file, too. */
    public boolean storesSpatialStatistics() {
        return spatialStatistics;
    }

    /** Whether spatial features stand for the same pictures as the others: stored with them, or computed as they are. */
    public boolean tellsOfSpatialFeatures() {
        return spatialStatistics || hasPictures() && !storesStatistics();
    }

    /** Whether it has pictures, whose features must be computed. */
    public boolean hasPictures() {
        return form == Form.FOLDER || form == Form.SAMPLES || form == Form.SAMPLES_AND_STATISTICS;
    }

    /** Whether it has single samples, be they pictures or features. */
    public boolean hasSamples() {
        return form != Form.STATISTICS;
    }

    /** Whether what is needed of it must be computed by a network. */
    public boolean usesNetwork(Summary.Needs needs) {
        boolean features =
                needs.samples() || needs.moments() && !storesStatistics() || needs.spatial() && !spatialStatistics;
        return hasPictures() ? features : needs.probabilities();
    }

    /** What it is, for people. */
    public String what() {
        return switch (form) {
            case FOLDER -> "folder of pictures";
            case SAMPLES -> "samples";
            case STATISTICS -> "statistics";
            case SAMPLES_AND_STATISTICS -> "samples with statistics";
            case FEATURES -> "features";
        };
    }

    Gaussian readStatistics(StatisticsFile.Of of) throws IOException {
        try (NpzFile npz = NpzFile.open(path)) {
            return StatisticsFile.read(npz, of, path.toString());
        }
    }

    float[][] readFeatures() throws IOException {
        return FeatureFile.read(path);
    }

    /** Opens its pictures. */
    PictureSource pictures() throws IOException {
        if (form == Form.FOLDER) {
            return PictureFolder.open(path, Reading.AS_STORED);
        }
        return PictureArray.open(path);
    }
}
