package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.fixture.TinyModel;
import dev.tandem.host.FolderLock;
import dev.tandem.image.file.ImageFiles;
import dev.tandem.job.OutputLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code reconstruct} of a whole set: more pictures than are written down at a time, and no multiple of that. */
class ReconstructSetTest {
    private static final int PICTURES = 35;
    private static final int PIXELS = 3 * TinyModel.SIDE * TinyModel.SIDE;
    private static final int HEADERS = 30 + 9 + 20 + 128;

    @TempDir
    static Path shared;

    @TempDir
    private Path dir;

    private static Path model;
    private static Path set;
    private static byte[] whole;
    private static Map<String, Object> said;

    @BeforeAll
    static void prepare() throws IOException {
        model = TinyModel.write(shared.resolve("model"));
        set = shared.resolve("set.npz");
        Cli.run("sample", "-m", model, "--per-class", 7, "-o", set).ok();
        said = JSON.std.mapFrom(
                reconstruct(set, shared.resolve("whole.npz"), "--json").ok().out());
        whole = Files.readAllBytes(shared.resolve("whole.npz"));
    }

    private static Cli reconstruct(Path from, Path to, Object... more) {
        List<Object> words = new ArrayList<>(List.of("reconstruct", from, "-m", model, "--backend", "vector"));
        if (to != null) {
            words.addAll(List.of("-o", to));
        }
        words.addAll(Arrays.asList(more));
        return Cli.run(words.toArray());
    }

    private static double number(Map<String, Object> json, String key) {
        return ((Number) json.get(key)).doubleValue();
    }

    private static void assertSameNumbers(Map<String, Object> json) {
        for (String key : List.of("mean_psnr", "mean_ssim", "without_difference")) {
            assertEquals(said.get(key), json.get(key), key);
        }
    }

    @Test
    void aSetIsWhatItsPicturesAreOneByOne() throws IOException {
        Path originals = dir.resolve("originals");
        Cli.run("export", set, "-o", originals).ok();
        List<Path> files;
        try (Stream<Path> all = Files.walk(originals)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        List<Object> words = new ArrayList<>(List.of("reconstruct", "-m", model, "--backend", "vector", "--json"));
        words.addAll(files);
        words.addAll(List.of("-o", dir.resolve("single") + "/"));
        Map<String, Object> single =
                JSON.std.mapFrom(Cli.run(words.toArray()).ok().out());
        assertEquals(number(single, "mean_psnr"), number(said, "mean_psnr"), 1e-9);
        assertEquals(number(single, "mean_ssim"), number(said, "mean_ssim"), 1e-9);
        for (Path file : files) {
            String name = file.getFileName().toString();
            int at = HEADERS + Integer.parseInt(name.substring(0, 6)) * PIXELS;
            assertArrayEquals(
                    ImageFiles.read(dir.resolve("single").resolve(name)).rgb(),
                    Arrays.copyOfRange(whole, at, at + PIXELS));
        }
    }

    @Test
    void classesStayWithThePictures() throws IOException {
        Path folder = dir.resolve("again");
        reconstruct(set, folder).ok();
        assertTrue(Files.exists(folder.resolve("004")), "a folder per class");
        Cli.run("export", folder, "-o", dir.resolve("again.npz")).ok();
        assertArrayEquals(whole, Files.readAllBytes(dir.resolve("again.npz")));
    }

    @Test
    void aRunInPiecesIsTheSame() throws IOException {
        for (String name : List.of("pieces.npz", "pieces")) {
            Path out = dir.resolve(name);
            assertTrue(reconstruct(set, out, "--stop-after", 19).ok().out().contains("19 of 35 pictures"));
            assertFalse(Files.exists(dir.resolve("pieces.npz")) && name.endsWith("npz"));
            Map<String, Object> json =
                    JSON.std.mapFrom(reconstruct(set, out, "--json").ok().out());
            assertEquals(19, json.get("done_before"));
            assertSameNumbers(json);
            String again = reconstruct(set, out).ok().out();
            assertTrue(again.contains("was complete already") && again.contains("mean of 35: "), again);
        }
        assertArrayEquals(whole, Files.readAllBytes(dir.resolve("pieces.npz")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 32})
    void whatAKillLeftIsContinued(int done) throws IOException {
        Path out = dir.resolve("killed.npz");
        reconstruct(set, out).ok();
        Files.delete(out);
        Files.write(dir.resolve("killed.npz.part"), Arrays.copyOf(whole, HEADERS + done * PIXELS + PIXELS / 2));
        List<String> lines = Files.readAllLines(dir.resolve("killed.npz.index"));
        assertEquals(1 + 3, lines.size(), "a line after 16, 32 and 35 pictures");
        Files.writeString(dir.resolve("killed.npz.index"), String.join("\n", lines.subList(0, 1 + done / 16)) + "\n3");
        assertSameNumbers(JSON.std.mapFrom(reconstruct(set, out, "--json").ok().out()));
        assertArrayEquals(whole, Files.readAllBytes(out));
    }

    @Test
    void withoutAPlaceItOnlyMeasures() throws IOException {
        Map<String, Object> json =
                JSON.std.mapFrom(reconstruct(set, null, "--json").ok().out());
        assertSameNumbers(json);
        assertEquals(PICTURES, json.get("pictures"));
        assertNull(json.get("output"));
        assertTrue(reconstruct(set, null, "--stop-after", 2).ok().out().startsWith("mean of 2: PSNR "));
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() throws IOException {
        Path out = dir.resolve("x.npz");
        reconstruct(set, dir.resolve("x.png")).refused(ExitCode.USAGE, "FILE.npz or a folder");
        reconstruct(set, out, "--side-by-side").refused(ExitCode.USAGE, "one by one");
        reconstruct(set, out, set).refused(ExitCode.USAGE, "one in a run");
        reconstruct(set, set).refused(ExitCode.FAILURE, "the set that is read");
        reconstruct(dir, out).refused(ExitCode.FAILURE, "no pictures");
        reconstruct(set, out, "--stop-after", 1).ok();
        Path other = dir.resolve("other.npz");
        Cli.run("sample", "-m", model, "--per-class", 7, "--class", "0..3", "-o", other)
                .ok();
        reconstruct(other, out).refused(ExitCode.USAGE, "belongs to another job", "--fresh");
        try (FolderLock _ = OutputLock.take(Path.of(out + ".index"), out)) {
            reconstruct(set, out).refused(ExitCode.FAILURE, "another run is at work on it");
        }
        reconstruct(other, out, "--fresh").ok();
        Path folder = dir.resolve("folder");
        reconstruct(other, folder).ok();
        Files.delete(folder.resolve("000/" + first(folder.resolve("000"))));
        reconstruct(other, folder).refused(ExitCode.FAILURE, "is missing", "--fresh");
        reconstruct(other, folder, "--fresh").ok();
        reconstruct(set, folder, "--fresh").refused(ExitCode.FAILURE, "pictures of another set");
        assertTrue(Files.exists(dir.resolve("folder.index")), "what was refused has thrown away nothing");
    }

    private static String first(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findFirst().orElseThrow().getFileName().toString();
        }
    }
}
