package dev.tandem.convert.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.convert.format.PickleWriter.Root;
import dev.tandem.convert.format.PickleWriter.View;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The zip and the legacy container. */
class TorchFormatTest {
    @TempDir
    private Path folder;

    private static final Tensor W = Tensor.ofFloats("w", Shape.of(2, 3), new float[] {1, 2, 3, 4, 5, 6});
    private static final Tensor B = Tensor.ofInts("b", Shape.of(2), new int[] {7, 8});

    private static byte[] floats(float... values) {
        ByteBuffer bytes = PickleWriter.little(4 * values.length);
        for (float v : values) {
            bytes.putFloat(v);
        }
        return bytes.array();
    }

    private Path zip(Object pickled, Map<String, byte[]> data) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        data.forEach((k, v) -> entries.put("data/" + k, v));
        entries.put("data.pkl", PickleWriter.pickle(pickled));
        Path file = folder.resolve("x.pth");
        TorchFiles.zipOf(file, "archive", entries);
        return file;
    }

    private static FormatException refused(Path file) {
        return assertThrows(FormatException.class, () -> readAll(file));
    }

    private static Checkpoint readAll(Path file) throws IOException {
        Checkpoint checkpoint = CheckpointFiles.open(file, Arena.ofAuto());
        for (Checkpoint.Dict dict : checkpoint.dicts()) {
            for (String name : dict.tensors().names()) {
                dict.tensors().header(name);
                dict.tensors().verify(name);
                dict.tensors().get(name);
            }
        }
        return checkpoint;
    }

    private static Tensor one(Path file, String name) throws IOException {
        return readAll(file).dicts().getFirst().tensors().get(name);
    }

    @Test
    void bothContainersHoldTheSame() throws IOException {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("epoch", 3);
        root.put("lr", 0.5);
        root.put("list", List.of(Map.of("w", W)));
        root.put("state_dict", Map.of("module.w", W, "module.b", B));
        root.put("optimizer", Map.of(0L, W));
        Path zip = folder.resolve("z.pth");
        Path legacy = folder.resolve("l.pth");
        TorchFiles.zip(zip, root);
        TorchFiles.legacy(legacy, root);
        for (Path file : List.of(zip, legacy)) {
            Checkpoint checkpoint = readAll(file);
            assertEquals(
                    List.of("list.0", "state_dict"),
                    checkpoint.dicts().stream().map(Checkpoint.Dict::path).toList());
            Tensor w = checkpoint.dicts().get(1).tensors().get("module.w");
            assertEquals(W.shape(), w.shape());
            assertArrayEquals(W.toFloats(), w.toFloats());
            assertArrayEquals(
                    B.toInts(),
                    checkpoint.dicts().get(1).tensors().get("module.b").toInts());
        }
        assertEquals("torch zip", readAll(zip).format());
        assertEquals("torch legacy", readAll(legacy).format());
        assertEquals("l", readAll(legacy).stem());
    }

    @Test
    void windowsOnOneStorage() throws IOException {
        byte[] data = floats(0, 1, 2, 3, 4, 5, 6, 7);
        Map<String, Object> views = new LinkedHashMap<>();
        views.put("tail", new View(DType.F32, "k", 8, 5, new long[] {3}, new long[] {1}, null));
        views.put("transposed", new View(DType.F32, "k", 8, 1, new long[] {3, 2}, new long[] {1, 3}, null));
        views.put("column", new View(DType.F32, "k", 8, 1, new long[] {4, 1}, new long[] {2, 77}, null));
        views.put("scalar", new View(DType.F32, "k", 8, 7, new long[0], new long[0], null));
        views.put("empty", new View(DType.F32, "k", 8, 8, new long[] {0, 4}, new long[] {4, 1}, null));
        Checkpoint.Tensors t =
                readAll(zip(views, Map.of("k", data))).dicts().getFirst().tensors();
        assertArrayEquals(new float[] {5, 6, 7}, t.get("tail").toFloats());
        assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, t.get("transposed").toFloats());
        assertEquals(Shape.of(3, 2), t.header("transposed").shape());
        assertArrayEquals(new float[] {1, 3, 5, 7}, t.get("column").toFloats());
        assertArrayEquals(new float[] {7}, t.get("scalar").toFloats());
        assertEquals(0, t.get("empty").toFloats().length);
    }

    @Test
    void legacyStoragesMayBeViews() throws IOException {
        View view = new View(DType.F32, "k", 8, 1, new long[] {2}, new long[] {1}, new Root(4, 3));
        Path file = folder.resolve("l.pth");
        byte[] pickle = PickleWriter.pickle(Map.of("w", view));
        TorchFiles.legacyOf(file, true, pickle, Map.of("k", floats(0, 1, 2, 3, 4, 5, 6, 7)), Map.of("k", 8L));
        assertArrayEquals(new float[] {5, 6}, one(file, "w").toFloats());
        TorchFiles.legacyOf(file, false, pickle, Map.of("k", floats(0, 1, 2, 3, 4, 5, 6, 7)), Map.of("k", 8L));
        // torch writes the elements little-endian whatever machine it says it ran on
        assertArrayEquals(new float[] {5, 6}, one(file, "w").toFloats());
        TorchFiles.legacyOf(file, true, pickle, Map.of("k", floats(0, 1, 2, 3)), Map.of("k", 4L));
        assertTrue(refused(file).getMessage().contains("elements"));
        TorchFiles.legacyOf(file, true, pickle, Map.of("k", floats(0, 1, 2, 3)), Map.of("k", 8L));
        assertTrue(refused(file).getMessage().contains("cut off"));
    }

    @Test
    void impossibleWindows() throws IOException {
        byte[] data = floats(0, 1, 2, 3);
        Map<String, View> wrong = new LinkedHashMap<>();
        wrong.put("beyond", new View(DType.F32, "k", 4, 2, new long[] {3}, new long[] {1}, null));
        wrong.put("claims more", new View(DType.F32, "k", 8, 0, new long[] {8}, new long[] {1}, null));
        wrong.put("negative offset", new View(DType.F32, "k", 4, -1, new long[] {1}, new long[] {1}, null));
        wrong.put("negative size", new View(DType.F32, "k", 4, 0, new long[] {-1}, new long[] {1}, null));
        wrong.put("negative stride", new View(DType.F32, "k", 4, 3, new long[] {2}, new long[] {-1}, null));
        wrong.put("overflow", new View(DType.F32, "k", 4, 0, new long[] {1L << 40, 1L << 40}, new long[] {0, 0}, null));
        wrong.put("expanded", new View(DType.F32, "k", 4, 0, new long[] {1L << 40}, new long[] {0}, null));
        wrong.put("ranks", new View(DType.F32, "k", 4, 0, new long[] {1}, new long[] {1, 1}, null));
        wrong.put("no such storage", new View(DType.F32, "q", 4, 0, new long[] {1}, new long[] {1}, null));
        wrong.put("huge storage", new View(DType.F32, "k", Long.MAX_VALUE, 0, new long[] {1}, new long[] {1}, null));
        wrong.forEach((name, view) -> {
            try {
                String message =
                        refused(zip(Map.of("w", view), Map.of("k", data))).getMessage();
                assertTrue(message.contains("x.pth"), message);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void zipsThatAreNoCheckpoints() throws IOException {
        Path file = folder.resolve("x.pth");
        TorchFiles.zipOf(file, "a", Map.of("b.npy", new byte[3]));
        assertTrue(refused(file).getMessage().contains("no torch checkpoint"));
        byte[] pickle = PickleWriter.pickle(Map.of());
        TorchFiles.zipOf(file, "a", Map.of("data.pkl", pickle, "constants.pkl", pickle));
        assertTrue(refused(file).getMessage().contains("TorchScript"));
        TorchFiles.zipOf(file, "a", Map.of("data.pkl", pickle, "byteorder", "odd".getBytes(StandardCharsets.US_ASCII)));
        assertTrue(refused(file).getMessage().contains("'odd'"));
        TorchFiles.zipOf(file, "a", Map.of("weights/var.pth", pickle));
        assertTrue(refused(file).getMessage().contains("unpack it, it has 'a/weights/var.pth'"));
    }

    @Test
    void otherFiles() throws IOException {
        Path file = folder.resolve("x.pth");
        Map<String, String> said = Map.ofEntries(
                Map.entry("", "is empty"),
                Map.entry("hello", "is a text, not a checkpoint (a failed download?): 'hello'"),
                Map.entry("Entry not found\n", "'Entry not found'"),
                Map.entry(
                        "{\"error\":\"Repository not found\"}",
                        "is JSON, not a checkpoint (a failed download?): '{\"error\""),
                Map.entry("\u0000\u0000\u0000", "zeros"),
                Map.entry("GGUF\u0003\u0000", "GGUF"),
                Map.entry("version https://git-lfs.github.com/spec/v1\noid", "Git LFS"),
                Map.entry("<!DOCTYPE html>", "web page"),
                Map.entry("PK\u0003\u0004", "cut off"),
                Map.entry("\u0080\u0002K\u0001.", "no torch checkpoint"),
                Map.entry("\u0080\u0002cos\nsystem\n)R.", "'os.system'"));
        for (Map.Entry<String, String> e : said.entrySet()) {
            Files.write(file, e.getKey().getBytes(StandardCharsets.ISO_8859_1));
            String message = refused(file).getMessage();
            assertTrue(message.contains(e.getValue()), message);
        }
    }

    @Test
    void damagedDataIsFound() throws IOException {
        Path file = folder.resolve("x.pth");
        TorchFiles.zip(file, Map.of("w", W));
        byte[] bytes = Files.readAllBytes(file);
        byte[] six = floats(6);
        int at = 0;
        while (!Arrays.equals(Arrays.copyOfRange(bytes, at, at + 4), six)) {
            at++;
        }
        bytes[at] ^= 1;
        Files.write(file, bytes);
        assertTrue(refused(file).getMessage().contains("checksum"));
    }

    /** Turns a small archive into one with zip64 fields everywhere, as files above 4 GiB have. */
    @Test
    void zip64() throws IOException {
        Path file = folder.resolve("x.pth");
        TorchFiles.zip(file, Map.of("w", W));
        ByteBuffer plain = ByteBuffer.wrap(Files.readAllBytes(file)).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        int end = plain.capacity() - 22;
        int count = plain.getShort(end + 10);
        int directory = plain.getInt(end + 16);
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        out.write(plain.array(), 0, directory);
        Consumer<ByteBuffer> put = b -> out.writeBytes(b.array());
        for (int i = 0, at = directory; i < count; i++) {
            int name = plain.getShort(at + 28);
            long size = plain.getInt(at + 24);
            long header = plain.getInt(at + 42);
            byte[] head = Arrays.copyOfRange(plain.array(), at, at + 46);
            ByteBuffer h = ByteBuffer.wrap(head).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            h.putInt(20, -1).putInt(24, -1).putInt(42, -1).putShort(30, (short) 34);
            put.accept(h);
            out.write(plain.array(), at + 46, name);
            put.accept(PickleWriter.little(6).putShort((short) 0x4246).putShort((short) 2));
            put.accept(PickleWriter.little(28)
                    .putShort((short) 1)
                    .putShort((short) 24)
                    .putLong(size)
                    .putLong(size)
                    .putLong(header));
            at += 46 + name + plain.getShort(at + 30) + plain.getShort(at + 32);
        }
        long size = out.size() - directory;
        long end64 = out.size();
        put.accept(PickleWriter.little(56)
                .putInt(0x06064b50)
                .putLong(44)
                .putShort((short) 45)
                .putShort((short) 45)
                .putInt(0)
                .putInt(0)
                .putLong(count)
                .putLong(count)
                .putLong(size)
                .putLong(directory));
        put.accept(PickleWriter.little(20)
                .putInt(0x07064b50)
                .putInt(0)
                .putLong(end64)
                .putInt(1));
        put.accept(PickleWriter.little(22)
                .putInt(0x06054b50)
                .putInt(0)
                .putShort((short) -1)
                .putShort((short) -1)
                .putInt(-1)
                .putInt(-1));
        Files.write(file, out.toByteArray());
        assertArrayEquals(W.toFloats(), one(file, "w").toFloats());
    }
}
