package dev.tandem.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    @TempDir
    private Path folder;

    private Path file(String header, int data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text);
        return Files.write(folder.resolve("x.safetensors"), bytes.array());
    }

    private static Safetensors open(Path file) throws IOException {
        return Safetensors.open(file, Arena.ofAuto());
    }

    private static String refused(Path file) {
        String message = assertThrows(FormatException.class, () -> open(file)).getMessage();
        assertTrue(message.startsWith(file.toString()), message);
        assertFalse(message.contains("\n"), message);
        return message;
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Tensor a = Tensor.ofFloats("a", Shape.of(2, 2), new float[] {1, 2, 3, 4});
        Tensor b = Tensor.ofInts("b \"é\n", Shape.of(), new int[] {5});
        Tensor none = Tensor.ofFloats("none", Shape.of(0, 7), new float[0]);
        Path file = folder.resolve("y.safetensors");
        SafetensorsWriter.write(file, Map.of("k", "v"), List.of(a, b, none));
        Safetensors read = open(file);
        assertEquals(List.of("a", "b \"é\n", "none"), List.copyOf(read.names()));
        assertArrayEquals(a.toFloats(), read.get("a").toFloats());
        assertArrayEquals(b.toInts(), read.get("b \"é\n").toInts());
        assertEquals(Shape.of(0, 7), read.get("none").shape());
        assertEquals(Map.of("k", "v"), read.metadata());
        assertEquals(0, (Files.size(file) - 20) % 64);
    }

    @Test
    void pieces() throws IOException {
        Path file = folder.resolve("y.safetensors");
        var entry = new SafetensorsWriter.Entry("a", DType.U8, Shape.of(3));
        try (SafetensorsWriter out = new SafetensorsWriter(file, Map.of(), List.of(entry))) {
            out.begin(entry);
            out.append(ByteBuffer.wrap(new byte[] {1, 2}));
            assertThrows(IllegalArgumentException.class, () -> out.begin(entry));
            assertThrows(IllegalArgumentException.class, () -> out.append(ByteBuffer.allocate(2)));
            out.append(ByteBuffer.wrap(new byte[] {3}));
        }
        assertArrayEquals(new int[] {1, 2, 3}, open(file).get("a").toInts());
        SafetensorsWriter incomplete = new SafetensorsWriter(file, Map.of(), List.of(entry));
        assertThrows(IOException.class, incomplete::close);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | 1 | describes 0 bytes",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 4 | offsets outside",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 12 | the file has 12",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,8]}} | 8 | needs 4 bytes",
                "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,8]}} | 8 | negative",
                "{'a':{'dtype':'F32','shape':[4611686018427387904,8],'data_offsets':[0,8]}} | 8 | 'a'",
                "{'a':{'dtype':'F32','shape':[2.5],'data_offsets':[0,8]}} | 8 | whole numbers",
                "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}} | 8 | whole numbers",
                "{'a':{'dtype':'F32','data_offsets':[0,8]}} | 8 | lacks a shape",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}} | 8 | offsets",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | 8 | offsets",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}} | 8 | offsets",
                "{'a':{'dtype':'F33','shape':[2],'data_offsets':[0,8]}} | 8 | 'F33'",
                "{'a':{'shape':[2],'data_offsets':[0,8]}} | 8 | unknown dtype",
                "{'a':{'dtype':'U8','shape':[8],'data_offsets':[0,8]},'b':{'dtype':'U8','shape':[2],'data_offsets':[7,9]}} | 9 | overlaps",
                "{'a':{'dtype':'U8','shape':[4],'data_offsets':[0,4]},'b':{'dtype':'U8','shape':[4],'data_offsets':[5,9]}} | 9 | hole",
                "{'a':{'dtype':'U8','shape':[0],'data_offsets':[0,0]},'a':{'dtype':'U8','shape':[0],'data_offsets':[0,0]}} | 0 | the header has 'a' twice",
                "{'a':7} | 0 | not an object",
                "{'__metadata__':{'a':7}} | 0 | not a text",
                "[] | 0 | JSON",
                "null | 0 | JSON",
                "{{} | 0 | JSON",
                "{'a' | 0 | JSON",
                "{} {} | 0 | JSON",
            })
    void headers(String header, int data, String said) throws IOException {
        String message = refused(file(header.replace('\'', '"'), data));
        assertTrue(message.contains(said), message);
    }

    @Test
    void deepHeaders() throws IOException {
        refused(file("{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000), 0));
        refused(file("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}", 0));
    }

    @Test
    void lengths() throws IOException {
        Path file = folder.resolve("x.safetensors");
        for (long length : new long[] {-1, Long.MIN_VALUE, 0, 1, 3, 1L << 40}) {
            ByteBuffer bytes = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
            Files.write(
                    file, bytes.putLong(length).put((byte) '{').put((byte) '}').array());
            assertTrue(refused(file).contains("header length"));
        }
        for (int size = 0; size < 8; size++) {
            Files.write(file, new byte[size]);
            assertTrue(refused(file).contains("too short"));
        }
        ByteBuffer bytes = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(2).put((byte) 0xff).put((byte) 0xfe).array());
        assertTrue(refused(file).contains("JSON"));
        assertTrue(refused(folder).contains("folder"));
        assertTrue(refused(folder.resolve("none")).contains("no such file"));
    }

    @Test
    void messagesAreOneLine() {
        String message = new FormatException("a\nb", "tensor '\u001b[31m\u2028' " + "x".repeat(9999)).getMessage();
        assertTrue(message.startsWith("a\\u000ab: tensor '\\u001b[31m\\u2028'"));
        assertTrue(message.length() < 2100);
    }
}
