package dev.tandem.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.model.Params;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.SafetensorsWriter;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Int8Test {
    @TempDir
    private Path folder;

    private Safetensors convert(Map<String, Tensor> tensors, Arena arena) throws IOException {
        Path file = RandomModels.write(folder.resolve("m.safetensors"), tensors);
        Hints hints = new Hints(List.of(1, 2), null, null, null, null, null, null);
        ModelNotes notes = new ModelNotes(null, null, null, hints);
        new Converter(new Converter.Options(TargetType.INT8, notes, false), (done, total, part) -> {})
                .convert(List.of(file), folder.resolve("out"));
        return Safetensors.open(folder.resolve("out/m.safetensors"), arena);
    }

    @Test
    void matricesAndConvolutionsInEightBits() throws IOException {
        Map<String, Tensor> var = RandomModels.tensors(RandomModels.var(1, 8, 2, List.of(1, 2)));
        float[] w = var.get("blocks.0.attn.proj.weight").toFloats();
        for (int i = 0; i < 8; i++) {
            w[i] = 0; // a row of zeros
            w[8 + i] *= 1e-7f; // a row whose factor is subnormal
            w[16 + i] *= 1e4f;
        }
        var.put("blocks.0.attn.proj.weight", Tensor.ofFloats("blocks.0.attn.proj.weight", Shape.of(8, 8), w));
        try (Arena arena = Arena.ofConfined()) {
            Safetensors out = convert(var, arena);
            Set<String> eight = var.keySet().stream()
                    .filter(n -> out.get(n).dtype() == DType.I8)
                    .collect(Collectors.toSet());
            assertEquals(
                    Set.of(
                            "word_embed.weight",
                            "head_nm.ada_lin.1.weight",
                            "head.weight",
                            "blocks.0.attn.mat_qkv.weight",
                            "blocks.0.attn.proj.weight",
                            "blocks.0.ffn.fc1.weight",
                            "blocks.0.ffn.fc2.weight",
                            "blocks.0.ada_lin.1.weight"),
                    eight);
            assertEquals(var.size() + eight.size(), out.names().size());
            assertEquals(DType.I64, out.get("lvl_1L").dtype());
            assertEquals(DType.F16, out.get("class_emb.weight").dtype());
            eight.forEach(n -> checkRows(var.get(n), out.get(n), out.get(n + Params.SCALE_SUFFIX)));
        }
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Tensor> vae = RandomModels.tensors(RandomModels.vae(List.of(1, 2)));
            folder = folder.resolve("vae");
            java.nio.file.Files.createDirectory(folder);
            Safetensors out = convert(vae, arena);
            vae.forEach((name, tensor) -> {
                boolean conv = tensor.shape().rank() == 4;
                assertEquals(conv, out.get(name).dtype() == DType.I8, name);
                if (conv) {
                    checkRows(tensor, out.get(name), out.get(name + Params.SCALE_SUFFIX));
                }
            });
            assertEquals(DType.F32, out.get("quantize.ema_vocab_hit_SV").dtype());
        }
    }

    private static void checkRows(Tensor from, Tensor steps, Tensor factors) {
        int rows = from.shape().size(0);
        int length = (int) (from.shape().elements() / rows);
        assertEquals(Shape.of(rows), factors.shape());
        assertEquals(DType.F16, factors.dtype());
        assertEquals(from.shape(), steps.shape());
        for (int row = 0; row < rows; row++) {
            float factor = factors.floatAt(row);
            float largest = 0;
            for (int i = row * length; i < (row + 1) * length; i++) {
                float value = from.floatAt(i);
                largest = Math.max(largest, Math.abs(value));
                assertTrue(Math.abs(steps.longAt(i)) <= 127);
                // rounding the factor to fp16 can cost the largest value a little more than half a step
                assertEquals(value, steps.longAt(i) * factor, 0.51f * factor + 0.0005f * Math.abs(value));
            }
            // a normal fp16 factor uses the range fully
            if (largest > 0.01f) {
                assertEquals(largest / 127, factor, largest / 127 / 1024);
            }
        }
    }

    /** Rows longer than what is converted at a time give the same as short ones. */
    @Test
    void longRows() throws IOException {
        int length = FloatChunk.CAPACITY + 1000;
        float[] values = new float[2 * length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i % 255) - 127;
        }
        values[length - 1] = 254;
        Tensor tensor = Tensor.ofFloats("w", Shape.of(2, length), values);
        Path file = folder.resolve("w.safetensors");
        short[] factors;
        try (SafetensorsWriter out = new SafetensorsWriter(
                file, Map.of(), List.of(new SafetensorsWriter.Entry("w", DType.I8, tensor.shape())))) {
            long[] read = {0};
            factors = new TensorEncoder("test", out, new FloatChunk(), b -> read[0] += b).int8(tensor);
            assertEquals(values.length * 4L, read[0]);
        }
        assertEquals(2, Float.float16ToFloat(factors[0]));
        assertEquals(1, Float.float16ToFloat(factors[1]));
        try (Arena arena = Arena.ofConfined()) {
            Tensor w = Safetensors.open(file, arena).get("w");
            assertEquals(127, w.longAt(length - 1));
            assertEquals(-127 / 2, w.longAt(0));
            assertEquals(values[length + 5], w.longAt(length + 5L));
        }
    }

    @Test
    void alreadyInEightBits() throws IOException {
        Map<String, Tensor> out = new LinkedHashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            Safetensors converted = convert(RandomModels.tensors(RandomModels.var(1, 8, 2, List.of(1, 2))), arena);
            converted.names().forEach(n -> out.put(n, converted.get(n)));
            folder = folder.resolve("again");
            java.nio.file.Files.createDirectory(folder);
            String message = org.junit.jupiter.api.Assertions.assertThrows(
                            dev.tandem.tensor.FormatException.class, () -> convert(out, arena))
                    .getMessage();
            assertTrue(message.contains("int8 already"), message);
        }
    }
}
