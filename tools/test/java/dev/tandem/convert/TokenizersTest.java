package dev.tandem.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.convert.format.TorchFiles;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A trainer's checkpoint brings a copy of the tokenizer with it: equal content is one tokenizer. */
class TokenizersTest {
    private static final List<Integer> PN = List.of(1, 2, 3);

    @TempDir
    private Path folder;

    private final Map<String, Tensor> vae = RandomModels.tensors(RandomModels.vae(PN));
    private final Map<String, Tensor> var = RandomModels.tensors(RandomModels.var(2, 8, 2, PN));

    private Path alone(Map<String, Tensor> tensors) throws IOException {
        return RandomModels.write(folder.resolve("vae.safetensors"), tensors);
    }

    private Path trainer(Map<String, Tensor> tensors) throws IOException {
        Path file = folder.resolve("last.pth");
        TorchFiles.zip(file, Map.of("trainer", Map.of("vae_local", tensors, "var_wo_ddp", var)));
        return file;
    }

    private ConversionResult convert(TargetType type, Path... files) throws IOException {
        return new Converter(new Converter.Options(type, ModelNotes.NONE, false), (d, t, p) -> {})
                .convert(List.of(files), folder.resolve("out"));
    }

    @Test
    void givenTogether() throws IOException {
        // hits are counted in training and change nothing
        Map<String, Tensor> copy = RandomModels.changed(vae, SourcePart.HITS);
        ConversionResult result = convert(null, trainer(copy), alone(vae));
        assertEquals(List.of("vae", "last"), List.copyOf(result.config().parts().keySet()));
        assertTrue(
                result.notes().toString().contains("the same as 'vae'"),
                result.notes().toString());
    }

    @Test
    void thatDiffer() throws IOException {
        Path other = trainer(RandomModels.changed(vae, "post_quant_conv.bias"));
        String message = assertThrows(FormatException.class, () -> convert(null, other, alone(vae)))
                .getMessage();
        assertTrue(message.contains("differ in 'post_quant_conv.bias'"), message);
    }

    @ParameterizedTest
    @EnumSource(TargetType.class)
    void oneAfterTheOther(TargetType type) throws IOException {
        ModelNotes notes = new ModelNotes(null, null, null, new Hints(PN, null, null, null, null, null, null));
        new Converter(new Converter.Options(type, notes, false), (d, t, p) -> {})
                .convert(List.of(alone(vae)), folder.resolve("out"));
        ConversionResult result = convert(TargetType.FP32, trainer(vae));
        assertEquals(List.of("vae", "last"), List.copyOf(result.config().parts().keySet()));
        assertEquals(1, result.written().size());
        Path other = trainer(RandomModels.changed(vae, "encoder.conv_out.weight"));
        assertTrue(assertThrows(FormatException.class, () -> convert(null, other))
                .getMessage()
                .contains("--force"));
    }

    @Test
    void hitsMayBeMissing() throws IOException {
        Map<String, Tensor> bare = new LinkedHashMap<>(vae);
        bare.remove(SourcePart.HITS);
        ConversionResult result = convert(null, trainer(bare), alone(vae));
        assertEquals(2, result.config().parts().size());
    }

    @Test
    void scalesThatNothingTellsAreSaidToBeAssumed() throws IOException {
        Map<String, Tensor> bare = new LinkedHashMap<>(vae);
        bare.remove(SourcePart.HITS);
        ConversionResult result = convert(null, alone(bare));
        assertEquals(
                PatchNums.PIXELS_256,
                result.config()
                        .tokenizer()
                        .orElseThrow()
                        .getValue()
                        .config()
                        .scales()
                        .patchNums());
        assertTrue(
                result.notes().getFirst().contains("--patch-nums"),
                result.notes().toString());
        // a transformer tells them
        result = convert(null, trainer(vae));
        assertEquals(
                PN,
                result.config()
                        .tokenizer()
                        .orElseThrow()
                        .getValue()
                        .config()
                        .scales()
                        .patchNums());
    }
}
