package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.cli.terminal.SampleProgress;
import dev.tandem.fixture.TinyModel;
import dev.tandem.host.FolderLock;
import dev.tandem.image.file.ImageFiles;
import dev.tandem.job.OutputLock;
import dev.tandem.npy.NpyReader;
import dev.tandem.npy.NpzFile;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleCommandTest {
    private static final int PICTURES = 15;
    private static final int PIXELS = 3 * TinyModel.SIDE * TinyModel.SIDE;
    /** Of a zip entry of that name, and of the array in it. */
    private static final int HEADERS = 30 + 9 + 20 + 128;
    /** Of the labels' entry. */
    private static final int LABELS = HEADERS + 8 * PICTURES;

    @TempDir
    static Path shared;

    @TempDir
    private Path dir;

    private static Path model;
    private static byte[] whole;

    @BeforeAll
    static void prepare() throws IOException {
        model = TinyModel.write(shared.resolve("model"));
        sample(shared.resolve("whole.npz"), "--batch", 4).ok();
        whole = Files.readAllBytes(shared.resolve("whole.npz"));
    }

    private static Cli sample(Path out, Object... more) {
        List<Object> words = new ArrayList<>(List.of("sample", "--model", model, "--per-class", 3, "-o", out));
        words.addAll(Arrays.asList(more));
        return Cli.run(words.toArray());
    }

    private static String index(Path file) throws IOException {
        return Files.readString(Path.of(file + ".index"));
    }

    @Test
    void picturesAreThoseOfGenerateInAMixedOrder() throws IOException {
        assertEquals(HEADERS + PICTURES * PIXELS + LABELS, whole.length - (46 + 9 + 20) - (46 + 9 + 28) - 98);
        Cli.run("generate", "-m", model, "--class", "0..4", "-n", 3, "--seed", 0, "-o", dir.resolve("all") + "/")
                .ok();
        List<String> inOrder = new ArrayList<>();
        Map<String, String> names = new TreeMap<>();
        try (Stream<Path> files = Files.list(dir.resolve("all"))) {
            for (Path file : files.sorted().toList()) {
                names.put(
                        Arrays.toString(ImageFiles.read(file).rgb()),
                        file.getFileName().toString());
            }
        }
        for (int i = 0; i < PICTURES; i++) {
            int at = HEADERS + i * PIXELS;
            inOrder.add(names.remove(Arrays.toString(Arrays.copyOfRange(whole, at, at + PIXELS))));
        }
        assertTrue(names.isEmpty(), "all are there, each once");
        assertNotEquals(inOrder.stream().sorted().toList(), inOrder);
    }

    @Test
    void labelsStandBesideThePicturesAndInTheIndex() throws IOException {
        long[] labels;
        try (NpzFile npz = NpzFile.open(shared.resolve("whole.npz"));
                NpyReader reader = npz.open("arr_1")) {
            assertEquals(List.of("arr_0", "arr_1"), npz.names());
            assertEquals(DType.I64, reader.header().dtype());
            assertEquals(Shape.of(PICTURES), reader.header().shape());
            labels = Arrays.stream(reader.readAll()).mapToLong(v -> (long) v).toArray();
        }
        assertTrue(index(shared.resolve("whole.npz"))
                .contains("\"labels\":" + Arrays.toString(labels).replace(" ", "")));
        sample(dir.resolve("again")).ok();
        Map<?, ?> head =
                JSON.std.mapFrom(index(dir.resolve("again")).lines().findFirst().orElseThrow());
        List<?> files = (List<?>) head.get("files");
        for (int i = 0; i < PICTURES; i++) {
            int at = HEADERS + i * PIXELS;
            byte[] picture = Arrays.copyOfRange(whole, at, at + PIXELS);
            assertArrayEquals(
                    picture,
                    ImageFiles.read(dir.resolve("again/" + files.get(i))).rgb());
            assertTrue(files.get(i).toString().startsWith("00" + labels[i]), files.get(i) + " is of " + labels[i]);
            assertEquals((int) labels[i], ((List<?>) head.get("labels")).get(i));
        }
    }

    @Test
    void aSecondRunOnTheSameOutputSaysSoAtOnce() throws IOException {
        Path out = dir.resolve("busy.npz");
        sample(out, "--stop-after", 2).ok();
        byte[] part = Files.readAllBytes(dir.resolve("busy.npz.part"));
        try (FolderLock _ = OutputLock.take(Path.of(out + ".index"), out)) {
            sample(out).refused(ExitCode.FAILURE, "busy.npz", "another run is at work on it");
            sample(out, "--fresh").refused(ExitCode.FAILURE, "another run is at work on it");
            Cli.run("merge", shared.resolve("whole.npz"), "-o", out).refused(ExitCode.FAILURE, "another run");
            assertArrayEquals(part, Files.readAllBytes(dir.resolve("busy.npz.part")));
        }
        sample(out).ok();
        assertArrayEquals(whole, Files.readAllBytes(out));
        sample(dir.resolve("none/x.npz")).refused(ExitCode.FAILURE, "none/x.npz", "there is no folder");
        try (Stream<Path> left = Files.list(dir)) {
            assertEquals(
                    List.of("busy.npz", "busy.npz.index"),
                    left.map(f -> f.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void aFolderThatIsNotBegunAgainKeepsItsIndex() throws IOException {
        sample(dir.resolve("kept"), "--stop-after", 2).ok();
        sample(dir.resolve("kept"), "--fresh").refused(ExitCode.USAGE, "--fresh deletes no folder");
        assertTrue(index(dir.resolve("kept")).contains("labels"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 8, 15})
    void whatAKillLeftIsContinued(int done) throws IOException {
        Path out = dir.resolve("killed.npz");
        sample(out, "--batch", 4).ok();
        // pictures that no line of the index tells of, half a picture, and half a line
        byte[] rest = Arrays.copyOf(whole, Math.min(whole.length, HEADERS + done * PIXELS + PIXELS * 3 / 2));
        Files.delete(out);
        Files.write(dir.resolve("killed.npz.part"), rest);
        StringBuilder kept = new StringBuilder();
        for (String line : index(out).lines().toList()) {
            if (line.startsWith("{") || Integer.parseInt(line) <= done) {
                kept.append(line).append('\n');
            }
        }
        Files.writeString(Path.of(out + ".index"), kept + "1");
        sample(out, "--batch", 3).ok();
        assertArrayEquals(whole, Files.readAllBytes(out));
        assertFalse(Files.exists(dir.resolve("killed.npz.part")));
        assertTrue(sample(out).ok().out().contains("was complete already"));
        assertArrayEquals(whole, Files.readAllBytes(out));
    }

    @Test
    void aRunInPiecesIsTheSame() throws IOException {
        Path out = dir.resolve("pieces.npz");
        assertTrue(sample(out, "--stop-after", 7).ok().out().contains("7 of 15 pictures"));
        assertFalse(Files.exists(out));
        sample(out, "--stop-after", 7, "--batch", 1).ok();
        assertTrue(sample(out, "--stop-after", 7).ok().out().contains("1 of them now"));
        assertArrayEquals(whole, Files.readAllBytes(out));
    }

    @Test
    void shardsMergeIntoTheSameBytes() throws IOException {
        Path out = dir.resolve("samples.npz");
        List<Object> words = new ArrayList<>(List.of("merge"));
        for (int i : new int[] {3, 1, 2, 4}) {
            sample(out, "--shard", i + "/4").ok();
            words.add(dir.resolve("samples.shard-" + i + "-of-4.npz"));
        }
        words.addAll(List.of("-o", out));
        Cli.run(words.toArray()).ok();
        assertArrayEquals(whole, Files.readAllBytes(out));
        assertTrue(sample(out).ok().out().contains("was complete already"));

        Cli.run("merge", words.get(1), words.get(2), words.get(4), "-o", dir.resolve("x.npz"))
                .refused(ExitCode.USAGE, "shard 2 of 4 is missing");
        Cli.run("merge", words.get(1), words.get(1), "-o", dir.resolve("x.npz")).refused(ExitCode.USAGE, "comes twice");
        sample(dir.resolve("other.npz"), "--shard", "2/4", "--seed", 1).ok();
        Cli.run("merge", words.get(1), dir.resolve("other.shard-2-of-4.npz"), "-o", dir.resolve("x.npz"))
                .refused(ExitCode.USAGE, "different jobs: seed");
        Files.delete(Path.of(words.get(1) + ".index"));
        Cli.run("merge", words.get(1), "-o", dir.resolve("x.npz")).refused(ExitCode.FAILURE, ".index is missing");
        assertFalse(Files.exists(dir.resolve("x.npz")));
    }

    @Test
    void shardsShareAFolder() throws IOException {
        Path folder = dir.resolve("pngs");
        sample(folder, "--shard", "1/2").ok();
        sample(folder, "--shard", "2/2", "--stop-after", 3).ok();
        try (Stream<Path> files = Files.list(folder)) {
            Files.delete(files.findFirst().orElseThrow());
        }
        sample(folder, "--shard", "1/2").ok();
        sample(folder, "--shard", "2/2").ok();
        Path one = dir.resolve("one");
        sample(one).ok();
        try (Stream<Path> files = Files.list(one)) {
            List<Path> all = files.toList();
            assertEquals(PICTURES, all.size());
            for (Path file : all) {
                assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(folder.resolve(file.getFileName())));
            }
        }
    }

    @Test
    void anotherJobIsNotContinued() throws IOException {
        Path out = dir.resolve("job.npz");
        sample(out, "--stop-after", 4).ok();
        sample(out, "--seed", 9).refused(ExitCode.USAGE, "belongs to another job: seed", "--fresh");
        sample(out, "--cfg", 3).refused(ExitCode.USAGE, "another job: cfg");
        sample(out, "--seed", 9, "--fresh").ok();
        Files.write(dir.resolve("foreign.npz"), new byte[3], StandardOpenOption.CREATE);
        sample(dir.resolve("foreign.npz")).refused(ExitCode.USAGE, "foreign.npz exists");
        sample(dir.resolve("a.png")).refused(ExitCode.USAGE, "an output is FILE.npz or a folder");
        sample(out, "--shard", "5/4").refused(ExitCode.USAGE, "--shard takes I/N");
        sample(out, "--stop-after", "0").refused(ExitCode.USAGE, "at least 1");
        Files.writeString(dir.resolve("bad.npz.index"), "{}\n");
        sample(dir.resolve("bad.npz")).refused(ExitCode.FAILURE, "no index of a sampling job");
    }

    @Test
    void timeLeftIsSaidAsPeopleSayIt() {
        assertEquals("50 of 100 pictures, 0.50 images/s, 1 min 40 s left", SampleProgress.text(50, 100, 0.5));
        assertEquals("2 h 05 min", SampleProgress.duration(7500));
        assertEquals("7 s", SampleProgress.duration(7));
    }
}
