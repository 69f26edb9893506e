package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.fixture.TinyModel;
import dev.tandem.image.PngText;
import dev.tandem.image.PngWriter;
import dev.tandem.image.RgbImage;
import dev.tandem.image.file.ImageFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EditCommandTest {
    private static final int SIDE = TinyModel.SIDE;

    @TempDir
    static Path dir;

    private static Path model;
    private static Path photo;

    @BeforeAll
    static void prepare() throws IOException {
        model = TinyModel.write(dir.resolve("model"));
        byte[] noise = new byte[3 * SIDE * SIDE];
        new Random(1).nextBytes(noise);
        photo = save("photo.png", new RgbImage(SIDE, SIDE, noise));
    }

    private static Path save(String name, RgbImage image) throws IOException {
        Path file = dir.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            PngWriter.write(out, image, Map.of());
        }
        return file;
    }

    /** Black, with a white upper half. */
    private static RgbImage upperHalf(int side) {
        RgbImage mask = RgbImage.filled(side, side, 0);
        Arrays.fill(mask.rgb(), 0, mask.rgb().length / 2, (byte) 255);
        return mask;
    }

    private static Cli edit(String out, Object... more) {
        Object[] words = {"edit", photo, "--model", model, "--seed", 5, "-o", dir.resolve(out)};
        Object[] all = Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return Cli.run(all);
    }

    private static byte[] pixels(String name) throws IOException {
        return ImageFiles.read(dir.resolve(name)).rgb();
    }

    @Test
    void drawingAllAnewIsGenerating() throws IOException {
        edit("all.png", "--rect", "-5,0,100,100", "--class", "cat").ok();
        Cli.run("generate", "--model", model, "--class", "cat", "--seed", 5, "-o", dir.resolve("generated.png"))
                .ok();
        assertArrayEquals(pixels("generated.png"), pixels("all.png"));
        assertTrue(
                PngText.read(dir.resolve("all.png")).text().get("Comment").contains("--rect -5,0,100,100 --class 2"));
        Cli told = Cli.run("inspect", dir.resolve("all.png")).ok();
        assertTrue(told.out().contains("made by: tandem edit ") && told.out().contains(" -o all.png"), told.out());
    }

    @Test
    void blendingPastesTheUntouchedPixelsBack() throws IOException {
        Path mask = save("mask.png", upperHalf(SIDE));
        Cli said = edit("blended.png", "--mask", mask, "--class", "bee", "--blend", 3)
                .ok();
        assertTrue(said.out().contains("8 of 16 places drawn anew"), said.out());
        byte[] edited = pixels("blended.png");
        byte[] original = ImageFiles.read(photo).rgb();
        // the edge reaches two pixels into the lower half
        int from = 3 * SIDE * (SIDE / 2 + 2);
        assertArrayEquals(
                Arrays.copyOfRange(original, from, original.length), Arrays.copyOfRange(edited, from, edited.length));
        assertFalse(Arrays.equals(original, edited));
    }

    @Test
    void aMaskOfAnotherSizeIsResizedAndThatIsSaid() throws IOException {
        Path small = save("small.png", upperHalf(8));
        Cli said = edit("resized.png", "--mask", small).ok();
        assertTrue(said.err().contains("the mask is 8×8 and the picture 16×16; the mask is resized"), said.err());
        edit("plain.png", "--mask", save("full.png", upperHalf(SIDE))).ok();
        assertArrayEquals(pixels("plain.png"), pixels("resized.png"));
        edit("outside.png", "--rect", "0,8,16,8", "--outside").ok();
        assertArrayEquals(pixels("plain.png"), pixels("outside.png"));
    }

    @Test
    void severalEditsInAFolderAndInJson() throws IOException {
        Cli said = edit(
                        "edits/",
                        "--rect",
                        "4,4,8,8",
                        "--class",
                        "ant,bee",
                        "-n",
                        2,
                        "--batch",
                        3,
                        "--side-by-side",
                        "--json")
                .ok();
        assertEquals(5, dir.resolve("edits").toFile().list().length);
        assertTrue(said.out().contains("\"places_redrawn\" : 4"), said.out());
        assertTrue(said.out().contains("\"tokenizer_psnr\""), said.out());
        edit("one.png", "--rect", "4,4,8,8", "--class", "bee").ok();
        assertArrayEquals(pixels("one.png"), pixels("edits/001-bee-5.png"));
        assertArrayEquals(ImageFiles.read(photo).rgb(), pixels("edits/original.png"));
    }

    /** The same photo in each of EXIF's orientations is edited at the same place, by a rectangle and by a mask. */
    @Test
    void photosThatLieOnTheirSideAreEditedUpright() throws IOException {
        for (String lying : List.of("turn6.jpg", "turn3.png", "turn8.tif", "turn5.webp")) {
            Path file = Path.of("src/test/resources/pictures", lying);
            Path upright = save("upright.png", ImageFiles.read(file));
            for (Object[] where : new Object[][] {{"--rect", "0,0,5,4"}, {"--mask", file}}) {
                Cli.run(
                                "edit",
                                upright,
                                "--model",
                                model,
                                "--seed",
                                5,
                                "-o",
                                dir.resolve("u.png"),
                                where[0],
                                where[1] == file ? upright : where[1])
                        .ok();
                Cli.run("edit", file, "--model", model, "--seed", 5, "-o", dir.resolve("l.png"), where[0], where[1])
                        .ok();
                assertArrayEquals(pixels("u.png"), pixels("l.png"), lying + " " + where[0]);
            }
        }
        Cli said = Cli.run("inspect", Path.of("src/test/resources/pictures/turn6.jpg"))
                .ok();
        assertTrue(said.out().contains("JPEG picture, 13×11") && said.out().contains("EXIF orientation 6"), said.out());
    }

    @Test
    void whatCannotBeIsRefused() throws IOException {
        edit("no.png").refused(ExitCode.USAGE, "--mask or with --rect");
        edit("no.png", "--rect", "1,2,3").refused(ExitCode.USAGE, "X,Y,WIDTH,HEIGHT");
        edit("no.png", "--rect", "20,20,5,5").refused(ExitCode.USAGE, "marks nothing");
        edit("no.png", "--rect", "1,1,2,2").refused(ExitCode.USAGE, "too small", "4×4 pixels");
        Path black = save("black.png", RgbImage.filled(SIDE, SIDE, 0));
        edit("no.png", "--mask", black).refused(ExitCode.USAGE, "black.png marks nothing");
        Path text = Files.writeString(dir.resolve("text.png"), "no picture");
        edit("no.png", "--mask", text).refused(ExitCode.FAILURE, "text.png");
        edit("no.png", "--mask", dir).refused(ExitCode.FAILURE, "is a folder, not a picture");
        edit("no.png", "--mask", dir.resolve("missing.png"))
                .refused(ExitCode.FAILURE, "missing.png: there is no such file");
        edit("no.png", "--rect", "0,0,8,8", "--blend", "-1").refused(ExitCode.USAGE, "--blend takes");
        assertFalse(Files.exists(dir.resolve("no.png")));
    }
}
