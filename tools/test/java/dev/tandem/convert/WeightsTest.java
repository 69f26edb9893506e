package dev.tandem.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.convert.format.TorchFiles;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A checkpoint with averaged weights means these, and says so; whatever the trainer called them. */
class WeightsTest {
    private static final List<Integer> PN = List.of(1, 2, 3);
    private static final String CHANGED = "word_embed.bias";

    @TempDir
    private Path folder;

    private final Map<String, Tensor> raw = RandomModels.tensors(RandomModels.var(2, 8, 2, PN));
    private final Map<String, Tensor> ema = RandomModels.changed(raw, CHANGED);
    private float rawValue;

    @BeforeEach
    void value() {
        rawValue = raw.get(CHANGED).floatAt(0);
    }

    private ConversionResult convert(Weights weights, Object root) throws IOException {
        Path file = folder.resolve("c.pth");
        TorchFiles.zip(file, root);
        return new Converter(new Converter.Options(null, ModelNotes.NONE, true, weights, List.of()), (d, t, p) -> {})
                .convert(List.of(file), folder.resolve("out"));
    }

    private float written(String part) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return Safetensors.open(folder.resolve("out/" + part + ".safetensors"), arena)
                    .get(CHANGED)
                    .floatAt(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "model, model_ema",
        "state_dict, state_dict_ema",
        "model, ema",
        "module, ema_model",
        "model, modelEMA",
        "var, averaged_model",
        "net_g, net_g_ema",
        "model, swa_model",
        "model, EMA-0.9999"
    })
    void theAverageIsMeant(String rawKey, String emaKey) throws IOException {
        for (Map<String, Object> root : List.<Map<String, Object>>of(
                Map.of(rawKey, raw, emaKey, ema), Map.of("t", Map.of(emaKey, ema, rawKey, raw)))) {
            ConversionResult result = convert(null, root);
            assertEquals(
                    List.of("c"), List.copyOf(result.config().transformers().keySet()));
            assertNull(result.config().pair());
            assertEquals(rawValue + 1, written("c"));
            assertTrue(
                    result.notes().toString().contains("--weights raw"),
                    result.notes().toString());
            assertEquals(1, convert(Weights.EMA, root).written().size());
            assertEquals(rawValue + 1, written("c"));
            result = convert(Weights.RAW, root);
            assertEquals(1, result.written().size());
            assertEquals(rawValue, written("c"));
        }
    }

    @Test
    void flatPrefixesTellToo() throws IOException {
        Map<String, Tensor> flat = new LinkedHashMap<>(RandomModels.prefixed("model.", raw));
        flat.putAll(RandomModels.prefixed("model_ema.module.", ema));
        assertEquals(1, convert(null, flat).written().size());
        assertEquals(rawValue + 1, written("c"));
    }

    @Test
    void anAverageNeedNotHaveBuffers() throws IOException {
        Map<String, Tensor> parameters = new LinkedHashMap<>(ema);
        parameters.keySet().removeIf(SourcePart::isBuffer);
        convert(null, Map.of("model", raw, "model_ema", parameters));
        assertEquals(rawValue + 1, written("c"));
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(
                    raw.size(),
                    Safetensors.open(folder.resolve("out/c.safetensors"), arena)
                            .names()
                            .size());
        }
    }

    @Test
    void namesWithoutDots() throws IOException {
        for (String prefix : List.of("", "model.")) {
            Map<String, Tensor> flat = new LinkedHashMap<>(RandomModels.prefixed(prefix, raw));
            ema.forEach((name, tensor) -> {
                if (!SourcePart.isBuffer(name)) {
                    flat.put("model_ema." + name.replace(".", ""), tensor);
                }
            });
            flat.put("model_ema.num_updates", Tensor.ofInts("n", Shape.of(), new int[] {3}));
            flat.put("model_ema.decay", Tensor.ofFloats("d", Shape.of(), new float[] {0.999f}));
            convert(null, flat);
            assertEquals(rawValue + 1, written("c"));
            convert(Weights.RAW, flat);
            assertEquals(rawValue, written("c"));
        }
    }

    @Test
    void anAverageWithoutNamesIsNotPassedOver() throws IOException {
        Map<String, Object> root =
                Map.of("model", raw, "ema", Map.of("decay", 0.9, "shadow_params", new ArrayList<>(ema.values())));
        String message =
                assertThrows(FormatException.class, () -> convert(null, root)).getMessage();
        assertTrue(message.contains("ema.shadow_params") && message.contains("--weights raw"), message);
        convert(Weights.RAW, root);
        assertEquals(rawValue, written("c"));
    }

    @Test
    void pairsKeepTheirOwnAverages() throws IOException {
        Map<String, Tensor> other = RandomModels.changed(ema, CHANGED);
        Map<String, Tensor> otherEma = RandomModels.changed(other, CHANGED);
        ConversionResult result =
                convert(null, Map.of("drafter", raw, "drafter_ema", ema, "refiner", other, "refiner_ema", otherEma));
        assertEquals(2, result.written().size());
        assertEquals(rawValue + 1, written("c_drafter_ema"));
        assertEquals(rawValue + 3, written("c_refiner_ema"));
        assertNull(result.config().pair());
    }

    @Test
    void whatIsNotThereIsSaid() {
        String message = assertThrows(FormatException.class, () -> convert(Weights.EMA, Map.of("model", raw)))
                .getMessage();
        assertTrue(message.contains("has no averaged weights"), message);
    }

    @Test
    void anOptimizersAverageIsNone() throws IOException {
        Map<String, Object> root =
                Map.of("model", raw, "optimizer", Map.of("state", Map.of("exp_avg", new ArrayList<>(raw.values()))));
        assertEquals(List.of(), convert(null, root).notes());
    }
}
