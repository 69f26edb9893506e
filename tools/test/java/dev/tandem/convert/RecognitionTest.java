package dev.tandem.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.convert.format.TorchFiles;
import dev.tandem.folder.ModelConfig;
import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** What a checkpoint is must be told from its tensors, whatever its dimensions. */
class RecognitionTest {
    private Path folder;

    @BeforeTry
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory("tandem");
    }

    @AfterTry
    void deleteFolder() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(f -> f.toFile().delete());
        }
    }

    private ModelConfig convert(Hints hints, Path... files) throws IOException {
        ModelNotes notes = new ModelNotes(null, null, null, hints);
        return new Converter(new Converter.Options(null, notes, false), (done, total, part) -> {})
                .convert(List.of(files), folder.resolve("out"))
                .config();
    }

    @Provide
    Arbitrary<VarConfig> transformers() {
        Arbitrary<List<Integer>> patchNums = Arbitraries.integers()
                .between(1, 6)
                .list()
                .ofMinSize(2)
                .ofMaxSize(7)
                .map(l -> l.stream().sorted().toList());
        Arbitrary<Integer> small = Arbitraries.integers().between(1, 5);
        return Combinators.combine(
                        small,
                        small,
                        small,
                        small,
                        small,
                        small,
                        patchNums,
                        Arbitraries.integers().between(0, 3))
                .as((depth, heads, headSize, hidden, codes, classes, pn, flags) -> new VarConfig(
                        depth,
                        heads * headSize,
                        heads,
                        13 * hidden,
                        3 * codes,
                        codes,
                        classes,
                        new Scales(pn),
                        (flags & 1) != 0,
                        (flags & 2) != 0,
                        1e-6f));
    }

    @Property(tries = 60)
    void transformersOfAnyShape(@ForAll("transformers") VarConfig config) throws IOException {
        Path file = RandomModels.write(folder.resolve("any.safetensors"), RandomModels.tensors(config));
        Hints heads = new Hints(null, config.attnL2Norm() ? null : config.heads(), null, null, null, null, null);
        assertEquals(config, convert(heads, file).transformer("any", "").config());
    }

    @Example
    void headsWithoutScaleMul() throws IOException {
        VarConfig wide = new VarConfig(1, 128, 2, 16, 5, 2, 3, new Scales(List.of(1, 2)), false, false, 1e-6f);
        Path file = RandomModels.write(folder.resolve("wide.safetensors"), RandomModels.tensors(wide));
        assertEquals(wide, convert(Hints.NONE, file).transformer("wide", "").config());
        VarConfig odd = new VarConfig(1, 30, 2, 16, 5, 2, 3, new Scales(List.of(1, 2)), false, false, 1e-6f);
        Path other = RandomModels.write(folder.resolve("odd.safetensors"), RandomModels.tensors(odd));
        String message = assertThrows(FormatException.class, () -> convert(Hints.NONE, other))
                .getMessage();
        assertTrue(message.contains("--heads"), message);
    }

    @Property(tries = 12)
    void tokenizersOfAnyShape(
            @ForAll("multipliers") List<Integer> multipliers,
            @ForAll("sharing") int sharing,
            @ForAll("blocks") int blocks)
            throws IOException {
        Scales scales = new Scales(List.of(1, 2, 5));
        VqVaeConfig vae = new VqVaeConfig(9, 3, 32, multipliers, blocks, scales, sharing, 0.5f, 32, 1e-6f, false);
        Path file = RandomModels.write(folder.resolve("v.safetensors"), RandomModels.tensors(vae));
        Hints known = new Hints(List.of(1, 2, 5), null, null, null, null, null, null);
        assertEquals(
                vae, convert(known, file).tokenizer().orElseThrow().getValue().config());
    }

    @Provide
    Arbitrary<List<Integer>> multipliers() {
        return Arbitraries.integers().between(1, 2).list().ofMinSize(1).ofMaxSize(3);
    }

    @Provide
    Arbitrary<Integer> sharing() {
        return Arbitraries.integers().between(0, 5);
    }

    @Provide
    Arbitrary<Integer> blocks() {
        return Arbitraries.integers().between(1, 2);
    }

    @Example
    void tokenizersTakeTheScalesOfTheirTransformers() throws IOException {
        List<Integer> pn = List.of(1, 3, 4);
        Path vae = RandomModels.write(folder.resolve("vae.safetensors"), RandomModels.tensors(RandomModels.vae(pn)));
        Path var = RandomModels.write(
                folder.resolve("var.safetensors"), RandomModels.tensors(RandomModels.var(1, 8, 2, pn)));
        ModelConfig config = convert(Hints.NONE, vae, var);
        assertEquals(
                pn,
                config.tokenizer().orElseThrow().getValue().config().scales().patchNums());
        Files.delete(folder.resolve("out/config.json"));
        String message = assertThrows(FormatException.class, () -> convert(Hints.NONE, vae))
                .getMessage();
        assertTrue(message.contains("--patch-nums"), message);
    }

    @Example
    void tenScalesAreThoseOf256Pixels() throws IOException {
        VqVaeConfig usual = RandomModels.vae(PatchNums.PIXELS_256);
        Path vae = RandomModels.write(folder.resolve("vae.safetensors"), RandomModels.tensors(usual));
        assertEquals(
                usual,
                convert(Hints.NONE, vae).tokenizer().orElseThrow().getValue().config());
        // a transformer that comes later may have ten others
        List<Integer> pn = List.of(1, 1, 2, 2, 3, 3, 4, 4, 5, 6);
        Path var = RandomModels.write(
                folder.resolve("var.safetensors"), RandomModels.tensors(RandomModels.var(1, 8, 2, pn)));
        ModelConfig config = convert(Hints.NONE, var);
        assertEquals(
                pn,
                config.tokenizer().orElseThrow().getValue().config().scales().patchNums());
    }

    @Example
    void nestedAndPrefixed() throws IOException {
        List<Integer> pn = List.of(1, 2);
        Map<String, Tensor> var = RandomModels.tensors(RandomModels.var(2, 8, 2, pn));
        Map<String, Tensor> vae = RandomModels.tensors(RandomModels.vae(pn));
        Map<String, Object> trainer = new HashMap<>();
        trainer.put("var_wo_ddp", RandomModels.prefixed("_orig_mod.", var));
        trainer.put("vae_local", vae);
        trainer.put(
                "var_opt", Map.of("optimizer", Map.of("state", Map.of(0L, Map.of("exp_avg", var.get("pos_start"))))));
        Path file = folder.resolve("ar-ckpt-last.pth");
        TorchFiles.zip(file, Map.of("epoch", 1, "trainer", trainer));
        ModelConfig config = convert(Hints.NONE, file);
        assertEquals(
                List.of("ar-ckpt-last_vae", "ar-ckpt-last"),
                List.copyOf(config.parts().keySet()));
        assertEquals(
                Fixtures.sums(RandomModels.write(folder.resolve("plain.safetensors"), var)),
                Fixtures.sums(folder.resolve("out/ar-ckpt-last.safetensors")));

        Map<String, Tensor> flat = new LinkedHashMap<>(RandomModels.prefixed("module.var.", var));
        flat.putAll(RandomModels.prefixed("module.vae.", vae));
        Path one = folder.resolve("flat.pth");
        TorchFiles.legacy(one, Map.of("model", flat));
        Files.delete(folder.resolve("out/config.json"));
        assertEquals(
                List.of("flat_vae", "flat"),
                List.copyOf(convert(Hints.NONE, one).parts().keySet()));

        Path twice = folder.resolve("twice.pth");
        TorchFiles.zip(twice, Map.of("student", var, "teacher", var));
        Files.delete(folder.resolve("out/config.json"));
        assertEquals(2, convert(Hints.NONE, twice).transformers().size());
        assertTrue(Files.exists(folder.resolve("out/twice_teacher.safetensors")));
    }

    @Example
    void nothingToRecognise() throws IOException {
        Path file = RandomModels.write(
                folder.resolve("x.safetensors"),
                Map.of("q", Tensor.ofInts("q", dev.tandem.tensor.Shape.of(1), new int[1])));
        String message = assertThrows(FormatException.class, () -> convert(Hints.NONE, file))
                .getMessage();
        assertTrue(message.contains("neither a VQ-VAE nor a VAR transformer nor an Inception-v3"), message);
    }
}
