package dev.tandem.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.tensor.DType;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every tensor of a checkpoint must be what it should; an error names the one that is not, and leaves no file. */
class ValidationTest {
    private static final List<Integer> PATCH_NUMS = List.of(1, 2, 3);

    @TempDir
    private Path folder;

    private final Map<String, Tensor> var = RandomModels.tensors(RandomModels.var(3, 8, 2, PATCH_NUMS));
    private final Map<String, Tensor> vae = RandomModels.tensors(RandomModels.vae(PATCH_NUMS));

    private void convert(Map<String, Tensor> tensors, TargetType dtype, List<Integer> patchNums) throws IOException {
        Path file = RandomModels.write(folder.resolve("m.safetensors"), tensors);
        Hints hints = new Hints(patchNums, null, null, null, null, null, null);
        new Converter(
                        new Converter.Options(dtype, new ModelNotes(null, null, null, hints), true),
                        (done, total, part) -> {})
                .convert(List.of(file), folder.resolve("out"));
    }

    private void refused(Map<String, Tensor> tensors, String... said) {
        refused(null, tensors, said);
    }

    private void refused(TargetType dtype, Map<String, Tensor> tensors, String... said) {
        boolean tokenizer = tensors.containsKey("quant_conv.bias") || tensors.containsKey("quant_conv.weight");
        String message = assertThrows(
                        FormatException.class, () -> convert(tensors, dtype, tokenizer ? PATCH_NUMS : null))
                .getMessage();
        for (String s : said) {
            assertTrue(message.contains(s), message);
        }
        assertTrue(message.contains("m.safetensors"), message);
        assertFalse(Files.exists(folder.resolve("out")), "something was left behind");
    }

    private static Map<String, Tensor> without(Map<String, Tensor> tensors, String name) {
        Map<String, Tensor> out = new LinkedHashMap<>(tensors);
        out.remove(name);
        return out;
    }

    private static Map<String, Tensor> with(Map<String, Tensor> tensors, Tensor tensor) {
        Map<String, Tensor> out = new LinkedHashMap<>(tensors);
        out.put(tensor.name(), tensor);
        return out;
    }

    private static Tensor zeros(String name, long... shape) {
        return Tensor.ofFloats(
                name, Shape.of(shape), new float[(int) Shape.of(shape).elements()]);
    }

    @Test
    void everyTensorIsMissed() {
        for (String name : var.keySet()) {
            refused(without(var, name), "'" + name + "'", "missing");
        }
        for (String name : vae.keySet()) {
            if (!name.equals("quantize.ema_vocab_hit_SV")) {
                refused(without(vae, name), "'" + name + "'", "missing");
            }
        }
    }

    @Test
    void everyShapeIsChecked() {
        var.forEach((name, tensor) -> {
            long[] dims = tensor.shape().dims();
            // a dimension that a single tensor has makes another model, not a wrong tensor
            if (!List.of("class_emb.weight", "lvl_1L").contains(name)) {
                dims[0]++;
                refused(with(var, zeros(name, dims)), "'" + name + "'", "shape");
            }
        });
        refused(
                with(vae, zeros("encoder.mid.attn_1.qkv.weight", 64, 64, 1, 1)),
                "encoder.mid.attn_1.qkv.weight",
                "192×64×1×1");
        refused(with(vae, zeros("decoder.conv_in.weight", 64, 4, 1, 1)), "decoder.conv_in.weight", "64×4×3×3");
    }

    @Test
    void extraTensors() {
        refused(with(var, zeros("blocks.0.attn.extra", 1)), "'blocks.0.attn.extra'", "--ignore 'blocks.0.attn.extra'");
        refused(with(var, zeros("blocks.07.attn.q_bias", 1)), "'blocks.07.attn.q_bias'");
        refused(with(var, zeros("blocks.999999999.x", 1)), "'blocks.999999999.x'");
        refused(with(var, zeros("blocks.5.x", 1)), "blocks.3");
        refused(with(vae, zeros("other", 2)), "'other'");
        refused(with(RandomModels.prefixed("net.", var), zeros("other", 2)), "'other'", "--ignore 'other'");
    }

    @Test
    void types() {
        Tensor q = var.get("blocks.0.attn.q_bias");
        refused(with(var, Tensor.ofInts(q.name(), q.shape(), new int[8])), "'blocks.0.attn.q_bias'", "dtype I32");
        refused(with(var, zeros("lvl_1L", 1, 14)), "'lvl_1L'", "no list of square scales");
        Tensor head = var.get("head.weight");
        Tensor bytes = new Tensor(
                head.name(),
                DType.I8,
                head.shape(),
                head.data().asSlice(0, head.shape().elements()));
        refused(with(var, bytes), "'head.weight'", "dtype I8");
    }

    @Test
    void valuesAreFinite() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (TargetType dtype : TargetType.values()) {
                float[] values = var.get("blocks.1.ffn.fc1.weight").toFloats();
                values[17] = bad;
                Tensor tensor = Tensor.ofFloats("blocks.1.ffn.fc1.weight", Shape.of(32, 8), values);
                refused(dtype, with(var, tensor), "'blocks.1.ffn.fc1.weight'", String.valueOf(bad), "17");
            }
        }
        float[] large = new float[8];
        large[3] = 65520;
        Tensor bias = Tensor.ofFloats("blocks.2.attn.v_bias", Shape.of(8), large);
        refused(TargetType.FP16, with(var, bias), "'blocks.2.attn.v_bias'", "65520", "F16");
        refused(TargetType.INT8, with(var, bias), "'blocks.2.attn.v_bias'", "65520", "F16");
        large[3] = Float.MAX_VALUE;
        Tensor huge = Tensor.ofFloats("blocks.2.attn.v_bias", Shape.of(8), large);
        refused(TargetType.BF16, with(var, huge), "'blocks.2.attn.v_bias'", "BF16");
    }

    @Test
    void buffersFitTheScales() throws IOException {
        Tensor levels = var.get("lvl_1L");
        int[] ints = levels.toInts();
        ints[1] = 0;
        refused(with(var, Tensor.ofInts("lvl_1L", levels.shape(), ints)), "'lvl_1L'");
        float[] mask = var.get("attn_bias_for_masking").toFloats();
        mask[1] = 0;
        refused(
                with(var, Tensor.ofFloats("attn_bias_for_masking", Shape.of(1, 1, 14, 14), mask)),
                "masking",
                "-Infinity");
        float[] k = new float[8];
        k[2] = 1e-9f;
        refused(with(var, Tensor.ofFloats("blocks.2.attn.zero_k_bias", Shape.of(8), k)), "'blocks.2.attn.zero_k_bias'");
        String message = assertThrows(FormatException.class, () -> convert(var, null, List.of(1, 3, 2)))
                .getMessage();
        assertTrue(message.contains("fall"), message);
    }

    @Test
    void hitCountsOfOtherScalesAreIgnored() throws IOException {
        convert(with(vae, zeros("quantize.ema_vocab_hit_SV", 9, 20)), TargetType.FP16, PATCH_NUMS);
        assertTrue(Files.exists(folder.resolve("out/m.safetensors")));
    }

    @Test
    void buffersMayBeMissingWherePatchNumbersAreGiven() throws IOException {
        Map<String, Tensor> bare = new LinkedHashMap<>(var);
        bare.keySet().removeIf(n -> n.equals("lvl_1L") || n.endsWith("masking") || n.endsWith("zero_k_bias"));
        refused(bare, "'lvl_1L' is missing");
        convert(bare, null, PATCH_NUMS);
        assertEquals(
                bare.keySet().size(),
                Fixtures.sums(folder.resolve("out/m.safetensors")).size());
    }
}
