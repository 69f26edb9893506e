package dev.tandem.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.convert.CheckpointInspector;
import dev.tandem.convert.Converter;
import dev.tandem.convert.ModelNotes;
import dev.tandem.engine.Backends;
import dev.tandem.engine.SessionOptions;
import dev.tandem.fixture.FormulaInception;
import dev.tandem.folder.ModelFolder;
import dev.tandem.image.RgbImage;
import dev.tandem.model.InceptionConfig.Pooling;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.SafetensorsWriter;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From a checkpoint to the features of pictures, as pytorch-fid computes them. */
class InceptionExtractorTest {
    private static final int CLASSES = 1008;
    private static final int EVERY = 8;

    @TempDir
    private Path folder;

    private final Safetensors expected = golden();

    private static Safetensors golden() {
        try {
            return Safetensors.open(Path.of("src/test/resources/quality/inception.safetensors"), Arena.ofAuto());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static RgbImage picture(String name) {
        return new RgbImage(48, 64, FormulaInception.picture(name, 64, 48));
    }

    /** As training leaves it: in a wrapper, with an auxiliary classifier and counters. */
    private Path checkpoint() throws IOException {
        FormulaInception weights = new FormulaInception(CLASSES);
        List<Tensor> tensors = new ArrayList<>();
        for (String name : weights.names()) {
            Tensor t = weights.get(name);
            tensors.add(new Tensor("module." + name, t.dtype(), t.shape(), t.data()));
        }
        tensors.add(Tensor.ofInts("module.Conv2d_1a_3x3.bn.num_batches_tracked", Shape.of(), new int[] {7}));
        tensors.add(Tensor.ofFloats("module.AuxLogits.fc.bias", Shape.of(2), new float[2]));
        Path file = folder.resolve("inception.safetensors");
        SafetensorsWriter.write(file, Map.of(), tensors);
        return file;
    }

    @Test
    void aConvertedNetworkGivesPyTorchsFeatures() throws IOException {
        Path checkpoint = checkpoint();
        assertEquals(
                "Inception-v3",
                CheckpointInspector.inspect(checkpoint).models().getFirst().what());
        Path out = folder.resolve("fid");
        new Converter(new Converter.Options(null, ModelNotes.NONE, false), (d, t, p) -> {})
                .convert(List.of(checkpoint), out);
        try (ModelFolder model = ModelFolder.open(out);
                FeatureExtractor extractor = FeatureExtractors.open(
                        model,
                        Backends.choose("vector").provider().open(SessionOptions.defaults()),
                        Preprocessing.PYTORCH,
                        2)) {
            assertEquals(
                    FormulaInception.config(Pooling.FID, CLASSES),
                    model.config().inceptions().get("inception").config());
            assertEquals(2048, extractor.dimension());
            // three pictures in batches of two
            FeatureExtractor.Rows rows =
                    extractor.extract(List.of(picture("small0"), picture("small1"), picture("small0")));
            float[][] features = rows.features();
            assertEquals(17 * 17 * 7, extractor.spatialDimension());
            assertEquals(17 * 17 * 7, rows.spatial()[2].length);
            compare(expected.get("fid.299.spatial"), rows.spatial());
            assertEquals(3, features.length);
            assertArrayEquals(features[0], features[2]);
            compare(expected.get("fid.299.features"), features);
            for (float[] p : extractor.probabilities(features)) {
                double sum = 0;
                for (float v : p) {
                    sum += v;
                }
                assertEquals(1, sum, 1e-5);
            }
        }
    }

    private static void compare(Tensor expected, float[][] features) {
        int row = expected.shape().size(1);
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < row; j++) {
                float e = expected.floatAt((long) i * row + j);
                assertTrue(
                        Math.abs(e - features[i][j * EVERY]) < 2e-5 * Math.max(1, e), e + " " + features[i][j * EVERY]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"PYTORCH, torch", "TENSORFLOW, tensorflow"})
    void resizesAsTheOriginals(Preprocessing preprocessing, String name) {
        float[] actual = new float[75 * 75 * 3 + 4];
        preprocessing.apply(picture("small0"), 75, actual, 4);
        Tensor t = expected.get("resize." + name);
        for (int line = 0; line < 15; line++) {
            for (int i = 0; i < 75 * 3; i++) {
                assertEquals(t.floatAt(line * 75L * 3 + i), actual[4 + line * 5 * 75 * 3 + i], 2e-6);
            }
        }
    }
}
