package dev.tandem.convert.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.SafetensorsWriter;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files, folders, shards and indices. */
class CheckpointFilesTest {
    private static final String INDEX = "m.safetensors.index.json";

    @TempDir
    private Path folder;

    private Path first;
    private Path second;

    @BeforeEach
    void shards() throws IOException {
        first = write("m-00001-of-00002.safetensors", "a", "b");
        second = write("m-00002-of-00002.safetensors", "c");
    }

    private Path write(String file, String... tensors) throws IOException {
        Path path = folder.resolve(file);
        List<Tensor> all = java.util.Arrays.stream(tensors)
                .map(n -> Tensor.ofFloats(n, Shape.of(1), new float[] {n.charAt(0)}))
                .toList();
        SafetensorsWriter.write(path, Map.of(), all);
        return path;
    }

    private Path index(String map) throws IOException {
        return Files.writeString(folder.resolve(INDEX), "{\"weight_map\": {" + map.replace('\'', '"') + "}}");
    }

    private static Checkpoint open(Path path) throws IOException {
        return CheckpointFiles.open(path, Arena.ofAuto());
    }

    private void refused(String map, String said) throws IOException {
        Path index = index(map);
        String message = assertThrows(FormatException.class, () -> open(index)).getMessage();
        assertTrue(message.contains(said), message);
    }

    private static final String FIRST = "'a': 'm-00001-of-00002.safetensors', 'b': 'm-00001-of-00002.safetensors'";

    @Test
    void anIndex() throws IOException {
        Path index = index("'c': 'm-00002-of-00002.safetensors', " + FIRST);
        Checkpoint checkpoint = open(index);
        assertEquals("m", checkpoint.stem());
        assertEquals("shards of one checkpoint", checkpoint.format());
        Checkpoint.Tensors tensors = checkpoint.dicts().getFirst().tensors();
        assertEquals(List.of("c", "a", "b"), List.copyOf(tensors.names()));
        assertArrayEquals(new float[] {'b'}, tensors.get("b").toFloats());
        assertEquals(List.of(index), CheckpointFiles.expand(List.of(folder)));
        assertEquals(List.of(index), CheckpointFiles.expand(List.of(second, first, index)));
    }

    @Test
    void shardsWithoutIndex() throws IOException {
        assertEquals(List.of(first), CheckpointFiles.expand(List.of(second, first)));
        Checkpoint checkpoint = open(first);
        assertEquals("m", checkpoint.stem());
        assertEquals(3, checkpoint.dicts().getFirst().tensors().names().size());
        Files.delete(second);
        String message = assertThrows(FormatException.class, () -> open(first)).getMessage();
        assertTrue(message.contains("'m-00002-of-00002.safetensors' is missing"), message);
        write("m-00002-of-00002.safetensors", "a");
        message = assertThrows(FormatException.class, () -> open(first)).getMessage();
        assertTrue(message.contains("'a' is in another shard"), message);
    }

    @Test
    void indicesThatDoNotFit() throws IOException {
        refused("'a': 'm-00001-of-00002.safetensors'", "'b' of the shards is not in the index");
        refused("", "no 'weight_map'");
        refused("'a': 7", "beside the index");
        refused("'a': '../x.safetensors'", "beside the index");
        refused("'a': '..'", "beside the index");
        refused("'a': ''", "beside the index");
        refused("'a': 'x.safetensors'", "'x.safetensors' is missing");
        refused(FIRST + ", 'c': 'm-00001-of-00002.safetensors'", "'c' is not in");
        refused(FIRST + ", 'c': 'm-00002-of-00002.safetensors', 'd': 'm-00002-of-00002.safetensors'", "'d' is not in");
        for (String text : List.of("", "null", "[]", "{\"weight_map\": []}", "{")) {
            Path index = Files.writeString(folder.resolve(INDEX), text);
            assertThrows(FormatException.class, () -> open(index));
        }
        Path index = Files.write(folder.resolve(INDEX), new byte[] {'{', (byte) 0xff});
        assertThrows(FormatException.class, () -> open(index));
    }

    @Test
    void folders() throws IOException {
        Path other = folder.resolve("other.pth");
        TorchFiles.zip(other, Map.of());
        Files.writeString(folder.resolve("README.md"), "text");
        assertEquals(List.of(first, other), CheckpointFiles.expand(List.of(folder)));
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThrows(FormatException.class, () -> CheckpointFiles.expand(List.of(empty)));
        assertThrows(FormatException.class, () -> CheckpointFiles.expand(List.of(folder.resolve("none"))));
        assertThrows(FormatException.class, () -> open(empty));
    }

    @Test
    void stems() throws IOException {
        assertEquals("var.f16", open(write("var.f16.safetensors", "a")).stem());
        for (String name : List.of("x.pth", "x.pt", "x.bin", "x.ckpt", "x.pth.tar", "x.PTH", "x")) {
            Path file = folder.resolve(name);
            TorchFiles.zip(file, Map.of());
            assertEquals("x", open(file).stem(), name);
        }
    }
}
