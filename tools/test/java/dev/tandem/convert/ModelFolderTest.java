package dev.tandem.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.folder.ModelConfig;
import dev.tandem.folder.ModelConfig.Pair;
import dev.tandem.folder.ModelFolder;
import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.tensor.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that grow, pairs that are found, and nothing left where something fails. */
class ModelFolderTest {
    private static final List<Integer> PN = List.of(1, 2, 3, 4);

    @TempDir
    private Path temp;

    private Path out;

    @org.junit.jupiter.api.BeforeEach
    void out() {
        out = temp.resolve("models/out");
    }

    private Path transformer(String name, int depth, List<Integer> pn) throws IOException {
        return RandomModels.write(
                temp.resolve(name + ".safetensors"), RandomModels.tensors(RandomModels.var(depth, 8, 2, pn)));
    }

    private Path tokenizer(String name, List<Integer> pn) throws IOException {
        return RandomModels.write(temp.resolve(name + ".safetensors"), RandomModels.tensors(RandomModels.vae(pn)));
    }

    private ModelConfig convert(Path... files) throws IOException {
        return convert(ModelNotes.NONE, false, files);
    }

    private ModelConfig convert(ModelNotes notes, boolean force, Path... files) throws IOException {
        ConversionResult result = new Converter(
                        new Converter.Options(TargetType.FP16, notes, force), (done, total, part) -> {})
                .convert(List.of(files), out);
        try (ModelFolder folder = ModelFolder.open(out)) {
            assertEquals(result.config(), folder.config());
            folder.config()
                    .parts()
                    .keySet()
                    .forEach(p -> assertFalse(folder.tensors(p).names().isEmpty()));
        }
        assertEquals(result.config().parts().size() + 1, files(out).size());
        return result.config();
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private String refused(Path... files) {
        return assertThrows(FormatException.class, () -> convert(files)).getMessage();
    }

    @Test
    void partsAreAdded() throws IOException {
        assertNull(convert(transformer("small", 1, PN)).pair());
        ModelConfig config = convert(tokenizer("vae", PN), transformer("large", 2, PN));
        assertEquals(
                List.of("vae", "small", "large"), List.copyOf(config.parts().keySet()));
        assertNull(config.pair(), "nobody paired them");
        assertEquals("out", config.name());
        Pair named = new Pair("large", "small", 2);
        assertEquals(
                named,
                convert(paired("large", "small", 2), false, tokenizer("vae", PN))
                        .pair());
        // with a third model the choice stays
        assertEquals(named, convert(transformer("larger", 3, PN)).pair());
        // until there are models made for it
        config = convert(transformer("drafter_2", 2, PN), transformer("refiner_2", 1, PN));
        assertEquals(new Pair("drafter_2", "refiner_2", 2), config.pair());
        assertEquals(2, config.transformer("refiner_2", "").draftSteps());
        assertNull(config.transformer("large", "").draftSteps());
    }

    private static ModelNotes paired(String drafter, String refiner, Integer steps) {
        return new ModelNotes(null, null, null, Hints.NONE, new PairChoice(drafter, refiner, steps));
    }

    @Test
    void thatNobodyPairedIsNoPair() throws IOException {
        assertNull(convert(transformer("one", 1, PN), transformer("two", 2, PN)).pair());
        assertNull(
                convert(transformer("drafter_9", 2, PN), transformer("refiner_9", 1, PN))
                        .pair(),
                "4 scales");
        assertNull(convert(transformer("drafter_1", 2, PN), transformer("refiner_2", 1, PN))
                .pair());
    }

    @Test
    void aPairIsWhatSomebodyNames() throws IOException {
        Path one = transformer("one", 1, PN);
        Path two = transformer("two", 2, PN);
        assertEquals(
                new Pair("two", "one", 3),
                convert(paired("two", "one", null), false, one, two).pair());
        assertEquals(
                new Pair("one", "two", 1),
                convert(paired("one", "two", 1), false, one).pair());
        Path notes = Files.writeString(
                temp.resolve("notes.json"),
                "{\"code\": {\"drafter\": \"two\", \"refiner\": \"one\", \"draft_steps\": 2}}");
        assertEquals(
                new Pair("two", "one", 2),
                convert(ModelNotes.read(notes), false, one).pair());
        String message = assertThrows(FormatException.class, () -> convert(paired("two", "three", null), false, one))
                .getMessage();
        assertTrue(message.contains("no transformer 'three'") && message.contains("one, two"), message);
        message = assertThrows(FormatException.class, () -> convert(paired("two", "one", 4), false, one))
                .getMessage();
        assertTrue(message.contains("4 draft steps"), message);
    }

    @Test
    void theTokenizerIsShared() throws IOException {
        convert(tokenizer("vae", PN), transformer("one", 1, PN));
        String message = refused(transformer("other", 1, List.of(1, 2, 4)));
        assertTrue(message.contains("other.safetensors") && message.contains("patch numbers [1, 2, 4]"), message);
        VarConfig codes = new VarConfig(1, 8, 2, 32, 21, 4, 7, new Scales(PN), false, true, 1e-6f);
        Path more = RandomModels.write(temp.resolve("codes.safetensors"), RandomModels.tensors(codes));
        assertTrue(refused(more).contains("21 codes"));
        Path vae2 = RandomModels.write(
                temp.resolve("vae2.safetensors"),
                RandomModels.changed(RandomModels.tensors(RandomModels.vae(PN)), "quant_conv.bias"));
        assertTrue(refused(vae2).contains("--force"));
        assertEquals(List.of("config.json", "one.safetensors", "vae.safetensors"), files(out));
        convert(ModelNotes.NONE, true, tokenizer("vae", PN));
    }

    @Test
    void transformersAloneMustAgreeToo() throws IOException {
        String message = refused(transformer("one", 1, PN), transformer("other", 1, List.of(1, 2, 4)));
        assertTrue(message.contains("patch numbers"), message);
        assertFalse(Files.exists(temp.resolve("models")));
    }

    @Test
    void theSameModelMayBeConvertedAgain() throws IOException {
        Path file = transformer("one", 1, PN);
        convert(file);
        convert(file);
        Path other = transformer("one", 2, PN);
        assertTrue(refused(other).contains("--force"));
        assertEquals(
                2,
                convert(ModelNotes.NONE, true, other)
                        .transformer("one", "")
                        .config()
                        .depth());
    }

    @Test
    void nothingIsLeftOfAFailure() throws IOException {
        Path good = transformer("good", 1, PN);
        Path bad = temp.resolve("bad.safetensors");
        var tensors = RandomModels.tensors(RandomModels.var(1, 8, 2, PN));
        float[] nan = tensors.get("head.bias").toFloats();
        nan[3] = Float.NaN;
        tensors.put(
                "head.bias",
                dev.tandem.tensor.Tensor.ofFloats(
                        "head.bias", tensors.get("head.bias").shape(), nan));
        RandomModels.write(bad, tensors);
        refused(good, bad);
        assertFalse(Files.exists(temp.resolve("models")));
        convert(good);
        byte[] config = Files.readAllBytes(out.resolve("config.json"));
        refused(bad);
        assertEquals(List.of("config.json", "good.safetensors"), files(out));
        assertArrayEquals(config, Files.readAllBytes(out.resolve("config.json")));
    }

    @Test
    void nothingIsLeftOfAnInterruption() throws IOException {
        Path file = transformer("one", 3, PN);
        Converter[] converter = new Converter[1];
        converter[0] = new Converter(new Converter.Options(null, ModelNotes.NONE, false), (done, total, part) -> {
            if (done > total / 2) {
                converter[0].abort();
            }
        });
        assertThrows(IOException.class, () -> converter[0].convert(List.of(file), out));
        assertFalse(Files.exists(temp.resolve("models")));
    }

    @Test
    void othersFilesStay() throws IOException {
        Files.createDirectories(out);
        Path file = transformer("one", 1, PN);
        Files.writeString(out.resolve("one.safetensors"), "mine");
        assertTrue(refused(file).contains("--force"));
        Files.writeString(out.resolve("config.json"), "{}");
        assertTrue(refused(file).contains("config.json"));
        convert(ModelNotes.NONE, true, file);
        String message = assertThrows(
                        FormatException.class,
                        () -> new Converter(new Converter.Options(null, ModelNotes.NONE, true), (d, t, p) -> {})
                                .convert(List.of(file), temp))
                .getMessage();
        assertTrue(message.contains("own conversion"), message);
        Path plain = Files.writeString(temp.resolve("plain"), "");
        out = plain;
        assertTrue(refused(file).contains("is a file"));
    }

    @Test
    void twoOfOneName() throws IOException {
        Path other = Files.createDirectory(temp.resolve("other"));
        Path one = transformer("one", 1, PN);
        Path two = Files.copy(one, other.resolve("one.safetensors"));
        assertTrue(refused(one, two).contains("part 'one'"));
    }

    @Test
    void notesAreKept() throws IOException {
        Path notes = Files.writeString(temp.resolve("notes.json"), """
                {"name": "demo", "classes": ["a", "b", "c", "d", "e", "f", "g"], "unknown": 1,
                 "sampling": {"cfg": 2, "top_k": [3, 4], "note": "x"}, "vqvae": {"quant_resi": 0.25},
                 "var": {"norm_eps": 1e-5}}
                """);
        ModelConfig config = convert(ModelNotes.read(notes), false, transformer("one", 1, PN));
        assertEquals("demo", config.name());
        assertEquals(7, config.classNames().size());
        assertEquals(List.of(3.0, 4.0), config.sampling().topK());
        assertEquals(1e-5f, config.transformer("one", "").config().normEps());
        config = convert(ModelNotes.read(notes), false, tokenizer("vae", PN));
        assertEquals(0.25f, config.tokenizer().orElseThrow().getValue().config().phiRatio());
        assertEquals(config.sampling(), convert(transformer("two", 2, PN)).sampling());
        Files.writeString(notes, "{\"classes\": [\"a\"]}");
        assertTrue(assertThrows(
                        FormatException.class,
                        () -> convert(ModelNotes.read(notes), false, temp.resolve("two.safetensors")))
                .getMessage()
                .contains("7 classes"));
    }

    @Test
    void aThousandClassesAreImageNets() throws IOException {
        VarConfig imagenet = new VarConfig(1, 8, 2, 32, 20, 4, 1000, new Scales(PN), false, true, 1e-6f);
        Path file = RandomModels.write(temp.resolve("i.safetensors"), RandomModels.tensors(imagenet));
        List<String> names = convert(file).classNames();
        assertEquals(1000, names.size());
        assertEquals("tench", names.getFirst());
        assertEquals("golden retriever", names.get(207));
        assertEquals("toilet tissue", names.get(999));
    }
}
