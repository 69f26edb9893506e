package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.fixture.TinyModel;
import dev.tandem.image.PngText;
import dev.tandem.image.RgbImage;
import dev.tandem.image.ScaleStrip;
import dev.tandem.image.file.ImageFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FramesTest {
    @TempDir
    private Path dir;

    @Test
    void aFramePerScaleAndTheLastIsThePicture() throws IOException {
        Path model = TinyModel.write(dir.resolve("model"));
        Path frames = dir.resolve("frames");
        Cli.run(
                        "generate",
                        "--model",
                        model,
                        "--class",
                        "bee,cat",
                        "-n",
                        3,
                        "--seed",
                        5,
                        "--batch",
                        4,
                        "--frames",
                        frames,
                        "-o",
                        dir.resolve("out") + "/")
                .ok();
        try (Stream<Path> files = Files.list(frames)) {
            assertEquals(6 * (TinyModel.SCALES + 2), files.count());
        }
        RgbImage picture = ImageFiles.read(dir.resolve("out/002-cat-6.png"));
        RgbImage last = ImageFiles.read(frames.resolve("002-cat-6-scale-04.png"));
        assertEquals(TinyModel.SIDE + ScaleStrip.height(TinyModel.SIDE), last.height());
        assertArrayEquals(picture.rgb(), Arrays.copyOf(last.rgb(), picture.rgb().length));
        RgbImage before = ImageFiles.read(frames.resolve("002-cat-6-scale-03.png"));
        assertFalse(Arrays.equals(last.rgb(), before.rgb()));
        assertEquals(
                "big",
                PngText.read(frames.resolve("002-cat-6-scale-03.png")).text().get("Model"));
        assertEquals(
                "small",
                PngText.read(frames.resolve("002-cat-6-scale-04.png")).text().get("Model"));

        Path growing = frames.resolve("002-cat-6-growing.png");
        assertEquals("big:1-3,small:4", PngText.read(growing).text().get("Model"));
        String bytes = new String(Files.readAllBytes(growing), StandardCharsets.ISO_8859_1);
        assertEquals(TinyModel.SCALES, bytes.split("fcTL", -1).length - 1);
        assertTrue(bytes.indexOf("acTL") < bytes.indexOf("IDAT"));
        RgbImage row = ImageFiles.read(frames.resolve("002-cat-6-strip.png"));
        assertEquals(TinyModel.SCALES * (TinyModel.SIDE / 2 + 4) - 4, row.width());
        // a reader without animation shows the first frame
        assertArrayEquals(
                ImageFiles.read(frames.resolve("002-cat-6-scale-01.png")).rgb(),
                ImageFiles.read(growing).rgb());
    }
}
