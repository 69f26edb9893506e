package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tandem.fixture.TinyModel;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.SafetensorsWriter;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logits that overflow end a run with one line that names the model, the scale and the picture. */
class OverflowTest {
    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void model() throws IOException {
        model = TinyModel.write(folder.resolve("tiny"));
    }

    @ParameterizedTest
    @CsvSource({"vector, --top-k=5", "scalar, --top-k=5", "vector, --top-k=0", "vector, --smooth", "vector, --top-p=0.9"
    })
    void moreGuidanceThanFloatsHold(String backend, String sampling) {
        Path picture = folder.resolve("p.png");
        // the first scale is not guided, the second is by a third
        Cli.run("generate", "-m", model, "-c", 3, "--seed", 41, "--cfg", "1e38", sampling, "-b", backend, "-o", picture)
                .refused(
                        ExitCode.FAILURE,
                        "'big'",
                        "scale 2 of 4",
                        "class 3 with seed 41",
                        "--precision fp32",
                        "a smaller --cfg");
        assertFalse(Files.exists(picture));
    }

    @Test
    void theOneOfSeveralModelsThatOverflowsIsNamed() throws IOException {
        scale("small", "head.weight", 3e38f);
        Cli.run(
                        "generate",
                        "-m",
                        model,
                        "--drafter",
                        "big",
                        "--refiner",
                        "small",
                        "--draft-steps",
                        2,
                        "-c",
                        1,
                        "-o",
                        folder.resolve("p.png"))
                .refused(ExitCode.FAILURE, "'small'", "scale 3 of 4");
    }

    @ParameterizedTest
    @ValueSource(floats = {3e38f, 1e37f})
    void overflownLogitsAreNotScored(float factor) throws IOException {
        Path picture = folder.resolve("p.png");
        Cli.run("generate", "-m", model, "-c", 1, "-o", picture).ok();
        scale("big", "head.weight", factor);
        Path trace = folder.resolve("trace.safetensors");
        Cli scored = Cli.run("score", picture, "-m", model, "--transformer", "big", "-c", 1, "--trace", trace);
        scored.refused(ExitCode.FAILURE, "'big'", "scale 1 of 4", picture.toString(), "--precision fp32");
        assertEquals("", scored.out());
        assertFalse(Files.exists(trace));
    }

    @Test
    void aTokenizerThatOverflowsMakesNoPicture() throws IOException {
        Path picture = folder.resolve("p.png");
        Cli.run("generate", "-m", model, "-c", 1, "-o", picture).ok();
        scale("vae", "encoder.norm_out.weight", 1e6f);
        scale("vae", "encoder.conv_out.weight", 1e36f);
        Cli.run("reconstruct", picture, "-m", model, "-o", folder.resolve("again.png"))
                .refused(ExitCode.FAILURE, "features", "tokenizer");
        assertFalse(Files.exists(folder.resolve("again.png")));
    }

    private void scale(String part, String name, float factor) throws IOException {
        Path file = model.resolve(part + ".safetensors");
        List<Tensor> tensors = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            Safetensors old = Safetensors.open(file, arena);
            for (String each : old.names()) {
                Tensor t = old.get(each);
                float[] values = t.toFloats();
                if (each.equals(name)) {
                    for (int i = 0; i < values.length; i++) {
                        values[i] *= factor;
                    }
                }
                tensors.add(Tensor.ofFloats(each, t.shape(), values));
            }
        }
        SafetensorsWriter.write(file, Map.of(), tensors);
    }
}
