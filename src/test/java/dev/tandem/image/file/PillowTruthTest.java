package dev.tandem.image.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.image.RgbImage;
import dev.tandem.npy.NpyReader;
import dev.tandem.npy.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Pictures of every kind give the pixels that Pillow gives: see tools/test_pictures.py, which made them. */
class PillowTruthTest {
    static final Path PICTURES = Path.of("src/test/resources/pictures");

    static List<Path> pictures() throws IOException {
        try (Stream<Path> all = Files.list(PICTURES)) {
            return all.filter(file -> !file.toString().endsWith(".npz"))
                    .sorted()
                    .toList();
        }
    }

    @TestFactory
    List<DynamicTest> asStored() throws IOException {
        return tests("stored", Reading.AS_STORED);
    }

    @TestFactory
    List<DynamicTest> asSeen() throws IOException {
        return tests("seen", Reading.AS_SEEN);
    }

    private static List<DynamicTest> tests(String array, Reading reading) throws IOException {
        List<Path> files = pictures();
        byte[] truth;
        try (NpzFile npz = NpzFile.open(PICTURES.resolve("truth.npz"));
                NpyReader rows = npz.open(array)) {
            truth = new byte[Math.toIntExact(rows.header().shape().elements())];
            assertEquals(files.size(), rows.header().shape().size(0));
            rows.read(truth);
        }
        int size = truth.length / files.size();
        List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            int from = i * size;
            tests.add(DynamicTest.dynamicTest(
                    file.getFileName().toString(),
                    () -> compare(ImageFiles.read(file, reading), truth, from, size, file)));
        }
        return tests;
    }

    private static void compare(RgbImage image, byte[] truth, int from, int size, Path file) {
        assertEquals(size, image.rgb().length);
        String name = file.getFileName().toString();
        // whole turns leave sides as they are; all pictures are 13×11 in their files
        boolean lying = name.matches("turn[5-8].*") && image.width() < image.height();
        assertEquals(lying ? 11 : 13, image.width());
        int most = 0;
        for (int i = 0; i < size; i++) {
            most = Math.max(most, Math.abs((truth[from + i] & 0xff) - (image.rgb()[i] & 0xff)));
        }
        int allowed = name.contains("jpeg") || name.endsWith(".jpg") ? 2 : 0;
        assertTrue(most <= allowed, name + " is off by up to " + most);
    }
}
