package dev.tandem.convert.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.convert.format.PickleWriter.View;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.FormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What torch says of a tensor beyond its elements is honoured, or the tensor is refused where it is needed. */
class TensorKindsTest {
    private static final View W = new View(DType.F32, "k", 4, 0, new long[] {4}, new long[] {1}, null);
    private static final float[] VALUES = {1, -2, 0, 0.5f};

    @TempDir
    private Path folder;

    private static byte[] floats(ByteOrder order) {
        ByteBuffer bytes = ByteBuffer.allocate(16).order(order);
        for (float v : VALUES) {
            bytes.putFloat(v);
        }
        return bytes.array();
    }

    private Checkpoint read(byte[] pickle) throws IOException {
        Path file = folder.resolve("x.pth");
        TorchFiles.zipOf(file, "a", Map.of("data.pkl", pickle, "data/k", floats(ByteOrder.LITTLE_ENDIAN)));
        return CheckpointFiles.open(file, Arena.ofAuto());
    }

    private float[] w(byte[] pickle) throws IOException {
        return read(pickle).dicts().getFirst().tensors().get("w").toFloats();
    }

    private String refused(byte[] pickle) {
        return assertThrows(FormatException.class, () -> w(pickle)).getMessage();
    }

    @Test
    void signs() throws IOException {
        assertArrayEquals(new float[] {-1, 2, -0f, -0.5f}, w(TorchPickles.withMarks(W, Map.of("neg", true))));
        assertArrayEquals(VALUES, w(TorchPickles.withMarks(W, Map.of("neg", false, "conj", false))));
        assertTrue(refused(TorchPickles.withMarks(W, Map.of("conj", true))).contains("'w' is marked 'conj'"));
        assertTrue(refused(TorchPickles.withMarks(W, Map.of("other", 1))).contains("'other'"));
        assertTrue(refused(TorchPickles.withMarks(W, List.of(1L))).contains("marks that are not understood"));
    }

    @Test
    void parametersAndClasses() throws IOException {
        assertArrayEquals(VALUES, w(TorchPickles.parameter(W)));
        assertArrayEquals(VALUES, w(TorchPickles.subclass(W, "torch.nn.parameter", "Parameter", Map.of("tag", W))));
        assertArrayEquals(VALUES, w(TorchPickles.subclass(W, "mine", "P", Map.of("tag", "x"))));
        assertTrue(refused(TorchPickles.subclass(W, "mine", "P", Map.of("scale", W)))
                .contains("the class 'mine.P'"));
    }

    @Test
    void whatHasNoElementsIsNoHindranceElsewhere() throws IOException {
        for (String kind : List.of(
                "_rebuild_sparse_tensor",
                "_rebuild_qtensor",
                "_rebuild_meta_tensor_no_storage",
                "_rebuild_nested_tensor",
                "_rebuild_wrapper_subclass",
                "_rebuild_device_tensor_from_numpy")) {
            byte[] pickle = TorchPickles.reduced("torch._utils", kind, W);
            assertArrayEquals(VALUES, w(pickle));
            Checkpoint.Tensors tensors = read(pickle).dicts().getFirst().tensors();
            String message = assertThrows(FormatException.class, () -> tensors.header("x"))
                    .getMessage();
            assertTrue(message.contains("tensor 'x' "), message);
        }
        Checkpoint.Tensors beside = read(TorchPickles.foreign("argparse", "Namespace", Map.of("a", 1L), W))
                .dicts()
                .getFirst()
                .tensors();
        assertArrayEquals(VALUES, beside.get("w").toFloats());
        assertEquals(
                "is an object of 'argparse.Namespace', not a tensor",
                beside.others().get("x"));
    }

    @Test
    void expandedTensors() throws IOException {
        View expanded = new View(DType.F32, "k", 4, 3, new long[] {2, 3}, new long[] {0, 0}, null);
        assertArrayEquals(new float[] {.5f, .5f, .5f, .5f, .5f, .5f}, w(TorchPickles.withMarks(expanded, null)));
        View bomb = new View(DType.F32, "k", 4, 3, new long[] {1 << 20, 1 << 20}, new long[] {0, 0}, null);
        assertTrue(refused(TorchPickles.withMarks(bomb, null)).contains("repeats its elements"));
    }

    @Test
    void bigEndianArchives() throws IOException {
        Path file = folder.resolve("big.pth");
        byte[] big = "big".getBytes(StandardCharsets.US_ASCII);
        TorchFiles.zipOf(
                file,
                "a",
                Map.of(
                        "data.pkl",
                        TorchPickles.parameter(W),
                        "data/k",
                        floats(ByteOrder.BIG_ENDIAN),
                        "byteorder",
                        big));
        assertArrayEquals(
                VALUES,
                CheckpointFiles.open(file, Arena.ofAuto())
                        .dicts()
                        .getFirst()
                        .tensors()
                        .get("w")
                        .toFloats());
    }

    @Test
    void deflatedArchives() throws IOException {
        Path file = folder.resolve("deflated.pth");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new ZipEntry("a/data.pkl"));
            out.write(TorchPickles.parameter(W));
            out.putNextEntry(new ZipEntry("a/data/k"));
            out.write(floats(ByteOrder.LITTLE_ENDIAN));
        }
        Checkpoint.Tensors tensors =
                CheckpointFiles.open(file, Arena.ofAuto()).dicts().getFirst().tensors();
        tensors.verify("w");
        assertArrayEquals(VALUES, tensors.get("w").toFloats());
    }

    @Test
    void modulesThatWerePickledWhole() throws IOException {
        Checkpoint.Dict dict = read(TorchPickles.module(Map.of("w", W))).dicts().getFirst();
        assertEquals(List.of("w", "inner.w"), List.copyOf(dict.tensors().names()));
        assertArrayEquals(VALUES, dict.tensors().get("inner.w").toFloats());
    }

    @Test
    void shardsOfPickles() throws IOException {
        Map<String, byte[]> first = new LinkedHashMap<>();
        first.put("data.pkl", PickleWriter.pickle(Map.of("a", W)));
        first.put("data/k", floats(ByteOrder.LITTLE_ENDIAN));
        Map<String, byte[]> second = new LinkedHashMap<>(first);
        second.put("data.pkl", PickleWriter.pickle(Map.of("b", W)));
        Path one = folder.resolve("pytorch_model-00001-of-00002.bin");
        Path two = folder.resolve("pytorch_model-00002-of-00002.bin");
        TorchFiles.zipOf(one, "a", first);
        TorchFiles.zipOf(two, "a", second);
        assertEquals(List.of(one), CheckpointFiles.expand(List.of(folder)));
        Path index = Files.writeString(
                folder.resolve("pytorch_model.bin.index.json"),
                "{\"weight_map\": {\"a\": \"" + one.getFileName() + "\", \"b\": \"" + two.getFileName() + "\"}}");
        assertEquals(List.of(index), CheckpointFiles.expand(List.of(folder)));
        for (Path path : List.of(one, index)) {
            Checkpoint checkpoint = CheckpointFiles.open(path, Arena.ofAuto());
            assertEquals("pytorch_model", checkpoint.stem());
            Checkpoint.Tensors tensors = checkpoint.dicts().getFirst().tensors();
            assertEquals(List.of("a", "b"), List.copyOf(tensors.names()));
            tensors.verify("b");
            assertArrayEquals(VALUES, tensors.get("b").toFloats());
        }
    }

    @Test
    void foldersOfOtherFormatsAreNamed() throws IOException {
        Files.writeString(folder.resolve(".metadata"), "");
        String message = assertThrows(FormatException.class, () -> CheckpointFiles.expand(List.of(folder)))
                .getMessage();
        assertTrue(message.contains("dcp_to_torch"), message);
    }
}
