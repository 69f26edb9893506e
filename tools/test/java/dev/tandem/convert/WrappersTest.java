package dev.tandem.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.convert.format.TorchFiles;
import dev.tandem.folder.ModelFolder;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints as training frameworks leave them, masks of truth values, and conversions side by side. */
class WrappersTest {
    private static final List<Integer> PN = List.of(1, 2, 3);

    @TempDir
    private Path folder;

    private final Map<String, Tensor> var = RandomModels.tensors(RandomModels.var(2, 8, 2, PN));

    private Map<String, List<Object>> convert(Map<String, Tensor> tensors) throws IOException {
        Path file = folder.resolve("m.pth");
        TorchFiles.zip(file, tensors);
        new Converter(new Converter.Options(null, ModelNotes.NONE, true), (d, t, p) -> {})
                .convert(List.of(file), folder.resolve("out"));
        return Fixtures.sums(folder.resolve("out/m.safetensors"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module"})
    void wrappersAtAnyPlace(String wrapper) throws IOException {
        Map<String, List<Object>> plain = convert(var);
        for (int place = 0; place < 3; place++) {
            Map<String, Tensor> wrapped = new LinkedHashMap<>();
            for (Map.Entry<String, Tensor> e : var.entrySet()) {
                List<String> segments = new ArrayList<>(List.of(e.getKey().split("\\.")));
                segments.add(Math.min(place, segments.size() - 1), wrapper);
                wrapped.put(String.join(".", segments), e.getValue());
            }
            assertEquals(plain, convert(wrapped));
        }
    }

    @Test
    void theSameTensorTwiceIsRefused() {
        Map<String, Tensor> both = new LinkedHashMap<>(var);
        both.put("module.head.bias", var.get("head.bias"));
        String message =
                assertThrows(FormatException.class, () -> convert(both)).getMessage();
        assertTrue(message.contains("'module.head.bias'") && message.contains("'head.bias'"), message);
    }

    @Test
    void masksOfTruthValues() throws IOException {
        Map<String, List<Object>> plain = convert(var);
        Tensor mask = var.get("attn_bias_for_masking");
        long elements = mask.shape().elements();
        MemorySegment seen = Arena.ofAuto().allocate(elements);
        for (long i = 0; i < elements; i++) {
            seen.set(ValueLayout.JAVA_BYTE, i, (byte) (mask.floatAt(i) == 0 ? 1 : 0));
        }
        Map<String, Tensor> truth = new LinkedHashMap<>(var);
        truth.put(mask.name(), new Tensor(mask.name(), DType.BOOL, mask.shape(), seen));
        assertEquals(plain, convert(truth));
        seen.set(ValueLayout.JAVA_BYTE, 1, (byte) 1);
        assertTrue(assertThrows(FormatException.class, () -> convert(truth))
                .getMessage()
                .contains("masking"));
    }

    @Test
    void levelsOfAnyType() throws IOException {
        Map<String, List<Object>> plain = convert(var);
        Map<String, Tensor> floats = new LinkedHashMap<>(var);
        floats.put(
                "lvl_1L",
                Tensor.ofFloats("lvl_1L", Shape.of(1, 14), var.get("lvl_1L").toFloats()));
        assertEquals(plain, convert(floats));
        floats.put(
                "lvl_1L",
                Tensor.ofFloats("lvl_1L", Shape.of(1, 14), new float[] {0, 1, 1, 1, 1.5f, 2, 2, 2, 2, 2, 2, 2, 2, 2}));
        assertThrows(FormatException.class, () -> convert(floats));
    }

    /** Each adds its part to what the others have left. */
    @Test
    void conversionsIntoOneFolderWaitForEachOther() throws Exception {
        Path out = folder.resolve("models/shared");
        List<Future<ConversionResult>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                Path file = RandomModels.write(folder.resolve("part" + i + ".safetensors"), var);
                all.add(threads.submit(
                        () -> new Converter(new Converter.Options(null, ModelNotes.NONE, false), (d, t, p) -> {})
                                .convert(List.of(file), out)));
            }
            for (Future<ConversionResult> one : all) {
                one.get();
            }
        }
        try (ModelFolder model = ModelFolder.open(out);
                Stream<Path> files = Files.list(out)) {
            assertEquals(4, model.config().transformers().size());
            assertEquals(5, files.count(), "parts, config and nothing else");
        }
    }
}
