package dev.tandem.image.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not a whole picture is refused, in every format. */
class DamagedPicturesTest {
    @TempDir
    private Path dir;

    static List<Path> pictures() throws IOException {
        return PillowTruthTest.pictures();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 30, 50, 60, 70, 90})
    void picturesThatAreCutOff(int percent) throws IOException {
        for (Path file : pictures()) {
            byte[] whole = Files.readAllBytes(file);
            // of an animation only the first picture counts
            if (!file.toString().endsWith("frames.gif") || percent <= 30) {
                refused(file, Arrays.copyOf(whole, whole.length * percent / 100), "cut at " + percent + " %");
            }
        }
    }

    /** Nearly whole is not whole either where the format says how long a picture is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sub0.jpg",
                "progressive.jpg",
                "l.jpg",
                "cmyk.jpg",
                "rgb.png",
                "la.png",
                "rgb.bmp",
                "runs.bmp",
                "rgb.ppm",
                "lossy.webp"
            })
    void everyCutOf(String name) throws IOException {
        byte[] whole = Files.readAllBytes(PillowTruthTest.PICTURES.resolve(name));
        for (int length = 0; length < whole.length; length++) {
            refused(Path.of(name), Arrays.copyOf(whole, length), "cut to " + length + " of " + whole.length);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".jpg", ".png", ".gif", "runs.bmp"})
    void picturesWhoseTailIsZero(String ending) throws IOException {
        for (Path file : pictures()) {
            if (file.toString().endsWith(ending)) {
                byte[] whole = Files.readAllBytes(file);
                int from = whole.length - whole.length / 8;
                Arrays.fill(whole, from, whole.length, (byte) 0);
                if (!file.toString().contains("frames")) {
                    refused(file, whole, "zero from " + from);
                }
            }
        }
    }

    @Test
    void whatFollowsAWholePictureDoesNotMatter() throws IOException {
        for (Path file : pictures()) {
            byte[] whole = Files.readAllBytes(file);
            byte[] more = Arrays.copyOf(whole, whole.length + 40);
            Arrays.fill(more, whole.length, more.length, (byte) 'j');
            if (!file.getFileName().toString().startsWith("text")) {
                assertArrayEquals(
                        ImageFiles.read(file).rgb(),
                        ImageFiles.read(Files.write(dir.resolve("more"), more)).rgb(),
                        file.toString());
            }
        }
    }

    /** The pixels of a JPEG that lost a part in its middle are there, but not those of the picture. */
    @Test
    void aHoleInAJpeg() throws IOException {
        byte[] whole = Files.readAllBytes(PillowTruthTest.PICTURES.resolve("restart.jpg"));
        int scan = new String(whole, StandardCharsets.ISO_8859_1).indexOf("\u00ff\u00da");
        Arrays.fill(whole, scan + 20, whole.length - 4, (byte) 0);
        refused(Path.of("hole.jpg"), whole, "hole");
    }

    @ParameterizedTest
    @CsvSource({
        "version https://git-lfs.github.com/spec/v1, Git LFS",
        "<html>, no picture of a known format",
        "....ftypavif, AVIF or HEIC",
        "....ftypheic, AVIF or HEIC",
        "8BPS, Photoshop",
        "'', is empty"
    })
    void whatIsNoPictureIsNamed(String content, String what) throws IOException {
        Path file = Files.write(dir.resolve("x.png"), content.getBytes(StandardCharsets.ISO_8859_1));
        String message =
                assertThrows(IOException.class, () -> ImageFiles.read(file)).getMessage();
        assertTrue(message.startsWith(file + ": ") && message.contains(what), message);
    }

    @Test
    void sizesThatNoPictureHasDontAskForMemory() throws IOException {
        byte[] png = Files.readAllBytes(PillowTruthTest.PICTURES.resolve("rgb.ppm"));
        String huge = "P6 100000 100000 255\n" + new String(png, StandardCharsets.ISO_8859_1);
        refused(Path.of("huge.ppm"), huge.getBytes(StandardCharsets.ISO_8859_1), "100000×100000");
    }

    @Test
    void aBmpOfRunsCantBeLargerThanItsRuns() throws IOException {
        byte[] bmp = Files.readAllBytes(PillowTruthTest.PICTURES.resolve("runs.bmp"));
        bmp[20] = 100; // its width: 6 553 613
        refused(Path.of("runs.bmp"), bmp, "6553613×11");
    }

    private void refused(Path file, byte[] content, String how) throws IOException {
        Path damaged = Files.write(dir.resolve("damaged"), content);
        IOException e = assertThrows(IOException.class, () -> ImageFiles.read(damaged), file + " " + how);
        assertTrue(e.getMessage().startsWith(damaged + ": ") && !e.getMessage().contains("null"), e.getMessage());
    }
}
