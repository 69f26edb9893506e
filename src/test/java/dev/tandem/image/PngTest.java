package dev.tandem.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.image.file.ImageFiles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PngTest {
    @TempDir
    Path dir;

    private static RgbImage noise(int width, int height) {
        RgbImage image = RgbImage.filled(width, height, 0);
        new Random(width).nextBytes(image.rgb());
        return image;
    }

    private static RgbImage slope(int width, int height) {
        RgbImage image = RgbImage.filled(width, height, 0);
        for (int i = 0; i < image.rgb().length; i++) {
            image.rgb()[i] = (byte) (i / 3 % width + 2 * (i / 3 / width) + 40 * (i % 3));
        }
        return image;
    }

    private Path write(String name, RgbImage image, Map<String, String> text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PngWriter.write(out, image, text);
        return Files.write(dir.resolve(name), out.toByteArray());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 7", "5, 3", "64, 64", "257, 31"})
    void anotherReaderSeesTheSamePixels(int width, int height) throws IOException {
        for (RgbImage image : new RgbImage[] {noise(width, height), slope(width, height)}) {
            RgbImage again = ImageFiles.read(write("a.png", image, Map.of()));
            assertEquals(width, again.width());
            assertEquals(height, again.height());
            assertArrayEquals(image.rgb(), again.rgb());
        }
    }

    @Test
    void slopesAreFilteredSoThatTheyDeflate() throws IOException {
        assertTrue(Files.size(write("slope.png", slope(256, 256), Map.of())) < 256 * 256 / 10);
    }

    @Test
    void textComesBackInItsOrder() throws IOException {
        Map<String, String> text = new LinkedHashMap<>();
        text.put("Software", "Tandem 1");
        text.put("tandem:class", "3,7,12..20");
        text.put("Description", "Übermut → ✓");
        text.put("empty", "");
        Path file = write("t.png", noise(4, 4), text);
        PngText read = PngText.read(file);
        assertEquals(text, read.text());
        assertEquals(
                text.keySet().stream().toList(), read.text().keySet().stream().toList());
        assertEquals(4, read.width());
        assertTrue(PngText.isPng(file));
        assertEquals(4, ImageIO.read(file.toFile()).getWidth());
    }

    @Test
    void everyCutIsNoticed() throws IOException {
        byte[] whole = Files.readAllBytes(write("w.png", noise(3, 3), Map.of("key", "value")));
        for (int length = 0; length < whole.length; length++) {
            Path cut = Files.write(dir.resolve("cut.png"), Arrays.copyOf(whole, length));
            assertThrows(IOException.class, () -> PngText.read(cut));
            assertThrows(IOException.class, () -> ImageFiles.read(cut));
        }
        Path other = Files.writeString(dir.resolve("text.png"), "not a picture");
        assertFalse(PngText.isPng(other));
        assertThrows(IOException.class, () -> ImageFiles.read(other));
    }

    @Test
    void greyStaysGreyAndTransparencyBecomesWhite() throws IOException {
        BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSample(0, 0, 0, 100);
        grey.getRaster().setSample(1, 0, 0, 7);
        ImageIO.write(grey, "png", dir.resolve("grey.png").toFile());
        assertArrayEquals(
                new byte[] {100, 100, 100, 7, 7, 7},
                ImageFiles.read(dir.resolve("grey.png")).rgb());

        BufferedImage clear = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        clear.setRGB(0, 0, 0x00ff0000);
        clear.setRGB(1, 0, 0x800000ff);
        ImageIO.write(clear, "png", dir.resolve("clear.png").toFile());
        assertArrayEquals(
                new byte[] {-1, -1, -1, 127, 127, -1},
                ImageFiles.read(dir.resolve("clear.png")).rgb());
    }
}
