package dev.tandem.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tandem.convert.format.TorchFiles;
import dev.tandem.fixture.TinyModel;
import dev.tandem.folder.ModelConfig;
import dev.tandem.model.Scales;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints written by the original code, converted: the tensors must be those that the original read. */
class ConverterFixturesTest {
    @TempDir
    private Path folder;

    private ModelConfig convert(TargetType dtype, Path... files) throws IOException {
        Converter.Options options = new Converter.Options(dtype, ModelNotes.NONE, false);
        return new Converter(options, (done, total, part) -> {})
                .convert(List.of(files), folder)
                .config();
    }

    @Test
    void zipCheckpoints() throws IOException {
        ModelConfig config = convert(null, Fixtures.own("a/weights/var.pth"), Fixtures.own("a/weights/refiner.pth"));
        for (String part : List.of("var", "refiner")) {
            assertEquals(Fixtures.checksums(part + ".pth"), Fixtures.sums(folder.resolve(part + ".safetensors")));
            assertEquals("fp32", config.parts().get(part).dtype());
        }
        assertNull(config.pair(), "nobody paired them");
        assertEquals(2, config.transformer("var", "").config().heads());
        assertEquals(64, config.transformer("var", "").config().width());
        assertEquals(
                List.of(1, 2, 3, 4),
                config.transformer("var", "").config().scales().patchNums());
    }

    @Test
    void safetensors() throws IOException {
        convert(TargetType.FP32, Fixtures.own("a/weights/refiner.safetensors"));
        assertEquals(Fixtures.checksums("refiner.safetensors"), Fixtures.sums(folder.resolve("refiner.safetensors")));
    }

    @Test
    void sixteenBits() throws IOException {
        convert(TargetType.FP16, Fixtures.own("a/weights/var.pth"));
        assertEquals(Fixtures.checksums("var.f16.safetensors"), Fixtures.sums(folder.resolve("var.safetensors")));
        convert(TargetType.BF16, Fixtures.own("a/weights/var.pth"));
        assertEquals(Fixtures.checksums("var.bf16.safetensors"), Fixtures.sums(folder.resolve("var.safetensors")));
    }

    @Test
    void tokenizer() throws IOException {
        VqVaeConfig written = new VqVaeConfig(
                64, 8, 32, List.of(1, 1, 2, 2, 4), 2, new Scales(List.of(1, 2, 3, 4)), 4, 0.5f, 32, 1e-6f, false);
        Map<String, Tensor> tensors = TinyModel.tokenizer(written, 5);
        tensors.put("quantize.ema_vocab_hit_SV", Tensor.ofFloats("", Shape.of(4, 64), new float[4 * 64]));
        Path checkpoint = folder.resolve("vae.pth");
        TorchFiles.zip(checkpoint, tensors);
        ModelConfig config = convert(null, checkpoint, Fixtures.own("a/weights/var.pth"));
        assertEquals(Fixtures.sums(TinyModel.source("", tensors)), Fixtures.sums(folder.resolve("vae.safetensors")));
        ModelConfig.VaePart vae = config.tokenizer().orElseThrow().getValue();
        assertEquals(written, vae.config());
    }
}
