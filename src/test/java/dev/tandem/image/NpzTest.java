package dev.tandem.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.npy.NpyReader;
import dev.tandem.npy.NpzFile;
import dev.tandem.tensor.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpzTest {
    @TempDir
    Path dir;

    @Test
    void isAZipOfAnArray() throws IOException {
        Path file = dir.resolve("a.npz");
        try (Npz npz = new Npz(file, new Npz.Shape(2, 3, 5))) {
            npz.write(RgbImage.filled(5, 3, 7));
            npz.write(RgbImage.filled(5, 3, 250));
            npz.finish();
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertEquals(1, zip.size());
            ZipEntry entry = zip.getEntry("arr_0.npy");
            assertEquals(ZipEntry.STORED, entry.getMethod());
            // reading to the end checks the sum
            byte[] all = zip.getInputStream(entry).readAllBytes();
            ByteBuffer bytes = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
            byte[] magic = new byte[8];
            bytes.get(magic);
            assertArrayEquals(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, magic);
            int length = bytes.getShort();
            assertEquals(0, (10 + length) % 64);
            String header = new String(all, 10, length, StandardCharsets.US_ASCII);
            assertEquals("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 5, 3), }", header.strip());
            byte[] data = Arrays.copyOfRange(all, 10 + length, all.length);
            assertEquals(2 * 3 * 5 * 3, data.length);
            assertEquals(7, data[0]);
            assertEquals((byte) 250, data[45]);
        }
    }

    @Test
    void anIncompleteArrayIsNoFile() throws IOException {
        try (Npz npz = new Npz(dir.resolve("b.npz"), new Npz.Shape(2, 3, 5))) {
            npz.write(RgbImage.filled(5, 3, 7));
            assertThrows(IOException.class, npz::finish);
            assertThrows(IllegalArgumentException.class, () -> npz.write(RgbImage.filled(3, 5, 7)));
        }
    }

    @Test
    void labelsFollowThePictures() throws IOException {
        Path file = dir.resolve("labelled.npz");
        long[] labels = {999, -1, 7};
        try (Npz npz = new Npz(file, new Npz.Shape(3, 2, 1))) {
            for (int i = 0; i < 3; i++) {
                npz.write(RgbImage.filled(1, 2, i));
            }
            assertThrows(IllegalArgumentException.class, () -> npz.finish(new long[2]));
        }
        try (Npz npz = Npz.resume(file, new Npz.Shape(3, 2, 1), 2)) {
            npz.write(RgbImage.filled(1, 2, 2));
            npz.finish(labels);
        }
        try (NpzFile npz = NpzFile.open(file);
                NpyReader pictures = npz.open(Npz.PICTURES)) {
            assertArrayEquals(labels, NpzLabels.read(npz, 3));
            assertThrows(FormatException.class, () -> NpzLabels.read(npz, 4));
            byte[] all = new byte[18];
            pictures.read(all);
            assertEquals(2, all[17]);
        }
        // the checksums are right, or reading to the end would fail
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertEquals(128 + 24, zip.getInputStream(zip.getEntry("arr_1.npy")).readAllBytes().length);
        }
    }
}
