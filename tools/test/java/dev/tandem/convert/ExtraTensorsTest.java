package dev.tandem.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counters are passed over with a line; what might change the model's results is refused with the way out. */
class ExtraTensorsTest {
    @TempDir
    private Path folder;

    private final Map<String, Tensor> var = RandomModels.tensors(RandomModels.var(2, 8, 2, List.of(1, 2, 3)));

    private List<String> notes(Map<String, Tensor> tensors, String... ignored) throws IOException {
        Path file = RandomModels.write(folder.resolve("m.safetensors"), tensors);
        ConversionResult result = new Converter(
                        new Converter.Options(null, ModelNotes.NONE, true, null, List.of(ignored)), (d, t, p) -> {})
                .convert(List.of(file), folder.resolve("out"));
        assertEquals(
                var.keySet().size(),
                Fixtures.sums(folder.resolve("out/m.safetensors")).size());
        return result.notes();
    }

    private Map<String, Tensor> with(String... names) {
        Map<String, Tensor> out = new LinkedHashMap<>(var);
        for (String name : names) {
            out.put(name, Tensor.ofFloats(name, Shape.of(2, 2), new float[4]));
        }
        return out;
    }

    @Test
    void countersAreIgnoredWithALine() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>(var);
        tensors.put("step", Tensor.ofInts("step", Shape.of(), new int[] {7}));
        tensors.put("logged", Tensor.ofFloats("logged", Shape.of(1), new float[] {0.5f}));
        tensors.put("blocks.1.attn.seen", Tensor.ofInts("blocks.1.attn.seen", Shape.of(2), new int[2]));
        assertEquals(1, notes(tensors).size());
        for (String name : List.of("'step'", "'logged'", "'blocks.1.attn.seen'", "m.safetensors")) {
            assertTrue(notes(tensors).getFirst().contains(name), notes(tensors).getFirst());
        }
        assertEquals(List.of(), notes(var));
    }

    @Test
    void theRestIsRefusedWithTheWayOut() throws IOException {
        Map<String, Tensor> tensors = with("lora_a", "blocks.0.cross.weight");
        String message =
                assertThrows(FormatException.class, () -> notes(tensors)).getMessage();
        assertTrue(message.contains("--ignore 'lora_a' --ignore 'blocks.0.cross.weight'"), message);
        message = assertThrows(FormatException.class, () -> notes(tensors, "lora_*"))
                .getMessage();
        assertTrue(message.contains("'blocks.0.cross.weight'"), message);
        assertTrue(notes(tensors, "lora_*", "blocks.?.cross.*").getFirst().contains("ignored"));
        Map<String, Tensor> many = with("loss.a", "loss.b", "loss.c", "loss.d.e");
        message = assertThrows(FormatException.class, () -> notes(many)).getMessage();
        assertTrue(message.contains("--ignore 'loss.*'"), message);
        assertTrue(notes(many, "loss.*").getFirst().contains("1 more"));
    }

    @Test
    void nothingOfTheModelCanBeIgnored() throws IOException {
        assertTrue(notes(var, "blocks.*").getFirst().contains("'blocks.*' names no tensor"));
        Map<String, Tensor> less = with("lora_a");
        less.remove("head.bias");
        String message =
                assertThrows(FormatException.class, () -> notes(less, "*")).getMessage();
        assertTrue(message.contains("'head.bias' is missing"), message);
    }

    @Test
    void unmergedAdaptersAreNamedForWhatTheyAre() {
        Map<String, Tensor> tensors = with("blocks.0.attn.proj.lora_A.default.weight");
        tensors.put("blocks.0.attn.proj.base_layer.weight", tensors.remove("blocks.0.attn.proj.weight"));
        Map<String, Tensor> named = new LinkedHashMap<>();
        tensors.forEach((n, t) -> named.put(n, new Tensor(n, t.dtype(), t.shape(), t.data())));
        String message = assertThrows(FormatException.class, () -> notes(named)).getMessage();
        assertTrue(message.contains("LoRA adapters that are not merged"), message);
    }
}
