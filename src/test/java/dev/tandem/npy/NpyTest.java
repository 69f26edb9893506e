package dev.tandem.npy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.image.Npz;
import dev.tandem.image.RgbImage;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
    @TempDir
    private Path folder;

    private Path file(byte[]... pieces) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            out.write(piece);
        }
        return Files.write(folder.resolve("a.npy"), out.toByteArray());
    }

    /** A header as some version of NumPy writes it. */
    private static byte[] header(int version, String fields) {
        byte[] text = (fields + "\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(12 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) version)
                .put((byte) 0);
        if (version == 1) {
            out.putShort((short) text.length);
        } else {
            out.putInt(text.length);
        }
        out.put(text);
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    private static ByteBuffer bytes(ByteOrder order) {
        return ByteBuffer.allocate(24).order(order);
    }

    private static byte[] elements(String type) {
        return switch (type) {
            case "<f8" ->
                bytes(ByteOrder.LITTLE_ENDIAN)
                        .putDouble(1)
                        .putDouble(2)
                        .putDouble(3)
                        .array();
            case ">f4" ->
                java.util.Arrays.copyOf(
                        bytes(ByteOrder.BIG_ENDIAN)
                                .putFloat(1)
                                .putFloat(2)
                                .putFloat(3)
                                .array(),
                        12);
            case "<f2" -> new byte[] {0, 0x3c, 0, 0x40, 0, 0x42};
            case "<i8" ->
                bytes(ByteOrder.LITTLE_ENDIAN).putLong(1).putLong(2).putLong(3).array();
            case ">i2" -> new byte[] {0, 1, 0, 2, 0, 3};
            default -> new byte[] {1, 2, 3};
        };
    }

    @ParameterizedTest
    @CsvSource({"<f8, 1", ">f4, 1", "<f2, 2", "<i8, 3", ">i2, 1", "|u1, 1", "|i1, 2"})
    void readsElementsOfAllTypes(String type, int version) throws IOException {
        Path file = file(
                header(version, "{'descr': '" + type + "', 'fortran_order': False, 'shape': (3,), }"), elements(type));
        try (NpyReader reader = NpyReader.open(file)) {
            assertEquals(Shape.of(3), reader.header().shape());
            assertArrayEquals(new double[] {1, 2, 3}, reader.readAll());
        }
    }

    @Test
    void turnsMatricesInFortransOrder() throws IOException {
        Path file = file(
                header(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }"), new byte[] {1, 4, 2, 5, 3, 6});
        try (NpyReader reader = NpyReader.open(file)) {
            assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, reader.readAll());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'descr': '<c16', 'fortran_order': False, 'shape': (3,), }",
                "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }",
                "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999), }",
                "{'descr': '<f4', 'shape': (3,), }",
                ""
            })
    void refusesOtherHeaders(String fields) throws IOException {
        Path file = file(header(1, fields), new byte[12]);
        FormatException e = assertThrows(FormatException.class, () -> NpyReader.open(file));
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    }

    @Test
    void refusesWhatIsCutOffOrNoArray() throws IOException {
        Path cut = file(header(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"), new byte[11]);
        try (NpyReader reader = NpyReader.open(cut)) {
            assertThrows(FormatException.class, reader::readAll);
        }
        Path text = file("no array at all".getBytes(StandardCharsets.US_ASCII));
        assertThrows(FormatException.class, () -> NpyReader.open(text));
        Path empty = file();
        assertThrows(FormatException.class, () -> NpyReader.open(empty));
        byte[] huge = header(2, "{}");
        huge[11] = 0x7f;
        Path claims = file(huge);
        assertThrows(FormatException.class, () -> NpyReader.open(claims));
        assertThrows(FormatException.class, () -> NpzFile.open(claims));
        assertThrows(NoSuchFileException.class, () -> NpzFile.open(folder.resolve("none.npz")));
    }

    @Test
    void writtenArchivesReadBackAndAreReproducible() throws IOException {
        Path a = folder.resolve("a.npz");
        Path b = folder.resolve("b.npz");
        double[] many = new double[30_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = Math.sqrt(i);
        }
        for (Path path : List.of(a, b)) {
            try (NpzWriter writer = new NpzWriter(path)) {
                writer.write("mu", new double[] {1, Math.PI}, 2);
                writer.write("sigma", many, 100, 300);
                writer.write("n", new long[] {7});
            }
        }
        assertArrayEquals(Files.readAllBytes(a), Files.readAllBytes(b));
        try (NpzFile npz = NpzFile.open(a)) {
            assertEquals(List.of("mu", "sigma", "n"), npz.names());
            assertTrue(npz.has("mu"));
            assertFalse(npz.has("nu"));
            try (NpyReader sigma = npz.open("sigma")) {
                assertEquals(Shape.of(100, 300), sigma.header().shape());
                assertArrayEquals(many, sigma.readAll());
            }
            try (NpyReader n = npz.open("n")) {
                assertArrayEquals(new double[] {7}, n.readAll());
            }
            FormatException e = assertThrows(FormatException.class, () -> npz.open("nu"));
            assertTrue(e.getMessage().contains("mu, sigma, n"), e.getMessage());
        }
    }

    @Test
    void readsTheSamplesThatWeWrite() throws IOException {
        Path path = folder.resolve("samples.npz");
        try (Npz npz = new Npz(path, new Npz.Shape(2, 1, 2))) {
            npz.write(new RgbImage(2, 1, new byte[] {1, 2, 3, 4, 5, 6}));
            npz.write(new RgbImage(2, 1, new byte[] {-1, -2, -3, -4, -5, -6}));
            npz.finish();
        }
        try (NpzFile npz = NpzFile.open(path);
                NpyReader samples = npz.open("arr_0")) {
            assertEquals(DType.U8, samples.header().dtype());
            assertEquals(Shape.of(2, 1, 2, 3), samples.header().shape());
            byte[] first = new byte[6];
            samples.read(first);
            assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6}, first);
            float[] second = new float[6];
            samples.read(second);
            assertArrayEquals(new float[] {255, 254, 253, 252, 251, 250}, second);
        }
    }

    /** An archive of one array of two-byte integers [5, 2, 3], the element at (i, j, k) is 100·i + 10·j + k. */
    private Path archive(boolean columnsFirst, boolean deflated) throws IOException {
        ByteBuffer elements = ByteBuffer.allocate(2 * 30).order(ByteOrder.BIG_ENDIAN);
        for (int at = 0; at < 30; at++) {
            int i = columnsFirst ? at % 5 : at / 6;
            int j = columnsFirst ? at / 5 % 2 : at / 3 % 2;
            int k = columnsFirst ? at / 10 : at % 3;
            elements.putShort((short) (100 * i + 10 * j + k));
        }
        Path file = folder.resolve("rows.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.setLevel(deflated ? 9 : 0);
            zip.putNextEntry(new ZipEntry("arr_0.npy"));
            zip.write(header(
                    1,
                    "{'descr': '>i2', 'fortran_order': " + (columnsFirst ? "True" : "False")
                            + ", 'shape': (5, 2, 3), }"));
            zip.write(elements.array());
        }
        return file;
    }

    @ParameterizedTest
    @CsvSource({"false, false, 99", "true, false, 99", "true, true, 24", "true, true, 30", "true, false, 1"})
    void slicesComeInOrderWhateverOrderAnArrayLiesIn(boolean columnsFirst, boolean deflated, long room)
            throws IOException {
        try (NpzFile file = NpzFile.open(archive(columnsFirst, deflated));
                NpyRows rows = NpyRows.open(file, "arr_0", room)) {
            for (int i = 0; i < 5; i++) {
                ByteBuffer row =
                        ByteBuffer.wrap(rows.next()).order(rows.header().order());
                for (int expected : new int[] {0, 1, 2, 10, 11, 12}) {
                    assertEquals(100 * i + expected, rows.header().element(row));
                }
                assertEquals(0, row.remaining());
            }
            assertThrows(FormatException.class, rows::next);
        }
    }

    @Test
    void whatGitLeavesInAFilesPlaceIsNamed() throws IOException {
        Path file = Files.writeString(
                folder.resolve("set.npz"), "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 3\n");
        FormatException e = assertThrows(FormatException.class, () -> NpzFile.open(file));
        assertTrue(e.getMessage().contains("set.npz") && e.getMessage().contains("git lfs pull"), e.getMessage());
        e = assertThrows(FormatException.class, () -> NpyReader.open(file));
        assertTrue(e.getMessage().contains("git lfs pull"), e.getMessage());
    }
}
