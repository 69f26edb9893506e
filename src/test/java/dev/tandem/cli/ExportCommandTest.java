package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.fixture.TinyModel;
import dev.tandem.image.Npz;
import dev.tandem.image.NpzLabels;
import dev.tandem.image.PngWriter;
import dev.tandem.image.RgbImage;
import dev.tandem.npy.NpyReader;
import dev.tandem.npy.NpzFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
    @TempDir
    private Path dir;

    /** Pictures of 3×2 pixels, the i-th of the grey i. */
    private Path npz(String name, long... labels) throws IOException {
        Path file = dir.resolve(name);
        try (Npz npz = new Npz(file, new Npz.Shape(labels.length, 2, 3))) {
            for (int i = 0; i < labels.length; i++) {
                npz.write(RgbImage.filled(3, 2, i));
            }
            npz.finish(labels);
        }
        return file;
    }

    private void png(String name, int width, int grey) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file)) {
            PngWriter.write(out, RgbImage.filled(width, 2, grey), Map.of());
        }
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(f -> folder.relativize(f).toString())
                    .sorted()
                    .toList();
        }
    }

    private static long[] labels(Path npz, int pictures) throws IOException {
        try (NpzFile file = NpzFile.open(npz)) {
            return NpzLabels.read(file, pictures);
        }
    }

    /** The first byte of each picture. */
    private static int[] greys(Path npz) throws IOException {
        try (NpzFile file = NpzFile.open(npz);
                NpyReader reader = file.open(Npz.PICTURES)) {
            int count = reader.header().shape().size(0);
            double[] all = reader.readAll();
            int[] out = new int[count];
            for (int i = 0; i < count; i++) {
                out[i] = (int) all[i * (all.length / count)];
            }
            return out;
        }
    }

    @Test
    void anArrayBecomesClassFoldersAndComesBackToTheByte() throws IOException {
        Path npz = npz("a.npz", 7, 1003, 7, 0);
        Path folder = dir.resolve("a");
        assertTrue(Cli.run("export", npz, "-o", folder).ok().out().contains("4 pictures of 3 classes"));
        assertEquals(
                List.of("0000/000003.png", "0007/000000.png", "0007/000002.png", "1003/000001.png"), files(folder));
        Map<String, Object> said =
                JSON.std.mapFrom(Cli.run("export", folder + "/", "-o", dir.resolve("b.npz"), "--json")
                        .ok()
                        .out());
        assertEquals(3, said.get("classes"));
        assertArrayEquals(Files.readAllBytes(npz), Files.readAllBytes(dir.resolve("b.npz")));
    }

    @Test
    void foldersThatAreNotCalledByNumbersAreCounted() throws IOException {
        png("in/n02/b.png", 3, 2);
        png("in/n01/c.png", 3, 1);
        png("in/3/a.png", 3, 5);
        Cli.run("export", dir.resolve("in"), "-o", dir.resolve("in.npz")).ok();
        assertArrayEquals(new int[] {5, 2, 1}, greys(dir.resolve("in.npz")));
        assertArrayEquals(new long[] {0, 2, 1}, labels(dir.resolve("in.npz"), 3));
    }

    @Test
    void aFlatFolderHasNoClasses() throws IOException {
        png("flat/x.png", 3, 1);
        png("flat/deep/y.png", 3, 2);
        Cli.run("export", dir.resolve("flat"), "-o", dir.resolve("flat.npz")).ok();
        assertNull(labels(dir.resolve("flat.npz"), 2));
        Cli.run("export", dir.resolve("flat.npz"), "-o", dir.resolve("out")).ok();
        assertEquals(List.of("000000.png", "000001.png"), files(dir.resolve("out")));
    }

    @Test
    void aSampledFolderGivesTheBytesOfASampledArray() throws IOException {
        Path model = TinyModel.write(dir.resolve("model"));
        Cli.run("sample", "-m", model, "--per-class", 2, "-o", dir.resolve("s.npz"))
                .ok();
        Cli.run("sample", "-m", model, "--per-class", 2, "-o", dir.resolve("s")).ok();
        for (int i = 1; i <= 2; i++) {
            Cli.run("sample", "-m", model, "--per-class", 2, "-o", dir.resolve("t"), "--shard", i + "/2")
                    .ok();
        }
        for (String folder : List.of("s", "t")) {
            Path out = dir.resolve(folder + "-again.npz");
            Cli.run("export", dir.resolve(folder), "-o", out).ok();
            assertArrayEquals(Files.readAllBytes(dir.resolve("s.npz")), Files.readAllBytes(out));
        }
        // a picture that nobody drew: the index does not tell of this set
        png("s/other.png", TinyModel.SIDE, 1);
        Cli.run("export", dir.resolve("s"), "-o", dir.resolve("x"), "--side", 8).ok();
        assertEquals(11, files(dir.resolve("x")).size());
    }

    @Test
    void picturesOfSeveralSizesNeedOneForAnArray() throws IOException {
        png("sizes/a.png", 3, 1);
        png("sizes/b.png", 5, 2);
        Cli.run("export", dir.resolve("sizes"), "-o", dir.resolve("x.npz"))
                .refused(ExitCode.FAILURE, "b has 5×2 pixels, a has 3×2", "--side");
        assertFalse(Files.exists(dir.resolve("x.npz")));
        Cli.run("export", dir.resolve("sizes"), "-o", dir.resolve("x.npz"), "--side", 4)
                .ok();
        assertArrayEquals(new int[] {1, 2}, greys(dir.resolve("x.npz")));
    }

    @Test
    void whatCannotBeExportedIsRefused() throws IOException {
        Path npz = npz("a.npz", 1, 2);
        png("full/old.png", 3, 1);
        Cli.run("export", npz, "-o", dir.resolve("full"))
                .refused(ExitCode.FAILURE, "pictures of another set", "old.png");
        assertEquals(List.of("old.png"), files(dir.resolve("full")));
        Cli.run("export", npz, "-o", npz).refused(ExitCode.FAILURE, "a.npz", "the set that is read");
        Cli.run("export", dir.resolve("none"), "-o", dir.resolve("x.npz")).refused(ExitCode.FAILURE, "none");
        Cli.run("export", dir.resolve("full/old.png"), "-o", dir.resolve("x.npz"))
                .refused(ExitCode.FAILURE, "neither");
        Cli.run("export", npz, "-o", dir.resolve("y"), "--side", 0).refused(ExitCode.USAGE, "--side");
        Files.writeString(dir.resolve("full/new.png"), "no picture");
        Cli.run("export", dir.resolve("full"), "-o", dir.resolve("x.npz")).refused(ExitCode.FAILURE, "new.png");
        assertFalse(Files.exists(dir.resolve("x.npz")));
    }
}
