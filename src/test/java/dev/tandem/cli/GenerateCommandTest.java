package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.cli.option.ModelOptions;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.fixture.TinyModel;
import dev.tandem.image.PngText;
import dev.tandem.image.RgbImage;
import dev.tandem.image.file.ImageFiles;
import dev.tandem.output.Recipe;
import dev.tandem.tensor.Safetensors;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerateCommandTest {
    @TempDir
    static Path all;

    private static Path model;
    private Path dir;

    @BeforeAll
    static void write() throws IOException {
        model = TinyModel.write(all.resolve("a model"));
    }

    @BeforeEach
    void own(TestInfo test) throws IOException {
        dir = Files.createTempDirectory(all, test.getTestMethod().orElseThrow().getName());
    }

    private static Cli generate(Object... words) {
        List<Object> line = new ArrayList<>(List.of("generate", "--model", model, "--backend", "scalar"));
        line.addAll(Arrays.asList(words));
        return Cli.run(line.toArray());
    }

    private List<String> inside(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theCommandInAPngMakesTheSameFileAgain() throws IOException {
        Path grid = dir.resolve("grid.png");
        generate("--class", "bee,3", "--count", 2, "--seed", 5, "--cfg", "1,2,3,4", "--columns", 3, "-o", grid)
                .ok();
        byte[] first = Files.readAllBytes(grid);
        Map<?, ?> json = (Map<?, ?>)
                JSON.std.anyFrom(Cli.run("inspect", grid, "--json").ok().out());
        Recipe recipe = Recipe.ofText(PngText.read(grid).text());
        List<String> command = recipe.command(grid.toString());
        assertEquals(Recipe.quoted(recipe.command("grid.png")), json.get("command"));
        assertTrue(Cli.run("inspect", grid).ok().out().contains("made by: tandem generate --model '" + model + "'"));

        Files.delete(grid);
        Cli.run(command.subList(1, command.size()).toArray()).ok();
        assertArrayEquals(first, Files.readAllBytes(grid));
    }

    @Test
    void everyPictureCanBeMadeAgainAlone() throws IOException {
        Path folder = dir.resolve("pictures");
        generate("--class", "1,3,1", "--count", 2, "--seed", 5, "--batch", 4, "-o", folder + "/")
                .ok();
        List<String> names = inside(folder);
        assertEquals(
                List.of(
                        "001-bee-5.png",
                        "001-bee-6.png",
                        "001-bee-7.png",
                        "001-bee-8.png",
                        "003-dog-5.png",
                        "003-dog-6.png"),
                names);
        Path alone = dir.resolve("alone.png");
        for (String name : names) {
            Path file = folder.resolve(name);
            List<String> command = Recipe.ofText(PngText.read(file).text()).command(alone.toString());
            Cli.run(command.subList(1, command.size()).toArray()).ok();
            assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(alone), name);
        }
    }

    @Test
    void moreThanCanEverBeDrawnIsRefusedAtOnce() throws IOException {
        for (String place : List.of("x.png", "x.npz", "x/")) {
            generate("--class", 1, "-n", 1_000_000_000, "-o", dir.resolve("a") + place)
                    .refused(ExitCode.USAGE, "1000000000 pictures are too many");
            generate("--class", "0..3", "-n", 2_000_000_000, "-o", dir.resolve("a") + place)
                    .refused(ExitCode.USAGE, "8000000000 pictures");
        }
        generate("--random-classes", 2_000_000_000, "-o", dir.resolve("x.npz")).refused(ExitCode.USAGE, "too many");
        generate("--class", 1, "-n", 3_000_000, "-o", dir.resolve("x.png"))
                .refused(ExitCode.USAGE, "no room", "FILE.npz");
        Cli.run("sample", "-m", model, "--per-class", 1_000_000_000, "-o", dir.resolve("x.npz"))
                .refused(ExitCode.USAGE, "5000000000 pictures are too many");
        assertEquals(List.of(), inside(dir));
    }

    @Test
    void aGridShowsThePicturesOfAFolder() throws IOException {
        Path folder = dir.resolve("one");
        generate("--class", 2, "--seed", 9, "-o", folder).ok();
        generate("--class", "0,2", "--seed", 9, "-o", dir.resolve("two.png")).ok();
        RgbImage one = ImageFiles.read(folder.resolve("002-cat-9.png"));
        RgbImage two = ImageFiles.read(dir.resolve("two.png"));
        assertEquals(2 * TinyModel.SIDE + 4, two.width());
        for (int y = 0; y < TinyModel.SIDE; y++) {
            int right = 3 * (y * two.width() + TinyModel.SIDE + 4);
            assertArrayEquals(
                    Arrays.copyOfRange(one.rgb(), 3 * y * TinyModel.SIDE, 3 * (y + 1) * TinyModel.SIDE),
                    Arrays.copyOfRange(two.rgb(), right, right + 3 * TinyModel.SIDE));
        }
    }

    @Test
    void jsonTellsWhatWasMade() throws IOException {
        Path npz = dir.resolve("x.npz");
        Cli said = generate("--random-classes", 3, "--seed", 1, "-o", npz, "--json", "--batch", 2)
                .ok();
        Map<?, ?> json = (Map<?, ?>) JSON.std.anyFrom(said.out());
        assertEquals(List.of(npz.toString()), json.get("files"));
        List<?> pictures = (List<?>) json.get("pictures");
        assertEquals(3, pictures.size());
        assertEquals(
                3,
                pictures.stream()
                        .map(p -> ((Map<?, ?>) p).get("class"))
                        .distinct()
                        .count());
        assertTrue(((Number) json.get("images_per_second")).doubleValue() > 0);
        Map<?, ?> parts = (Map<?, ?>) json.get("parts_ms");
        assertEquals(
                "[condition, draft, prefix, refine, decode]", parts.keySet().toString());
        assertEquals("", said.err());
        assertEquals(List.of("x.npz"), inside(dir));
    }

    @Test
    void quietIsQuiet() {
        Cli said = generate("--class", 0, "-q", "-o", dir.resolve("q.png")).ok();
        assertEquals("", said.out() + said.err());
    }

    @Test
    void aTraceHoldsEveryScale() throws IOException {
        Path trace = dir.resolve("t.safetensors");
        generate("--class", "0,4", "--seed", 1, "--draft_steps", 2, "--trace", trace, "-o", dir.resolve("t.png"))
                .ok();
        try (Arena arena = Arena.ofConfined()) {
            Safetensors t = Safetensors.open(trace, arena);
            assertEquals("label I32 2", t.get("label").toString());
            assertEquals("draft_steps I32 1", t.get("draft_steps").toString());
            assertEquals("draft.s1.tokens I32 2×4", t.get("draft.s1.tokens").toString());
            assertEquals(
                    "refine.s2.logits F32 2×9×24", t.get("refine.s2.logits").toString());
            assertEquals("refine.s3.f_hat F32 2×6×4×4", t.get("refine.s3.f_hat").toString());
            assertEquals("token_hub F32 2×13×6", t.get("token_hub").toString());
            assertEquals("image F32 2×3×16×16", t.get("image").toString());
            assertArrayEquals(
                    t.get("draft.s1.f_hat").toFloats(), t.get("f_hat_handover").toFloats());
            float[] image = t.get("image").toFloats();
            RgbImage png = ImageFiles.read(dir.resolve("t.png"));
            assertEquals(Math.round(image[0] * 255), png.rgb()[0] & 0xff);
            // what was traced can be decoded again
            Cli.run(
                            "reconstruct",
                            "--fhat",
                            trace + ":refine.s3.f_hat",
                            "--model",
                            model,
                            "--backend",
                            "scalar",
                            "-o",
                            dir.resolve("again.png"),
                            "--columns",
                            2)
                    .ok();
            assertArrayEquals(
                    png.rgb(), ImageFiles.read(dir.resolve("again.png")).rgb());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--class ape; unknown class 'ape'; ",
                "--class beee; did you mean 'bee'?",
                "--class 17; there is no class 17: classes are 0 to 4",
                "; which class?",
                "--class 1 --count 0; --count must be at least 1",
                "--class 1 --count many; Invalid value for option '--count'",
                "--class 1 --draft-steps 4; --draft-steps must be from 1 to 3",
                "--class 1 --draft-steps 0; --draft-steps must be from 1 to 3",
                "--class 1 --drafter big --draft-steps 2; --draft-steps needs a drafter and a refiner",
                "--class 1 --drafter huge; has no transformer 'huge'",
                "--class 1 --cfg 1,2; cfg takes one value or one per scale (4), not 2",
                "--class 1 --top-p 1.5; top-p must be from 0 to 1, not 1.5",
                "--class 1 --temperature 0; temperature must be above 0, not 0",
                "--class 1 --top-k x; Invalid value for option '--top-k'",
                "--class 1 --backend gpu; no back-end is called 'gpu'; there are auto",
                "--class 1 --device cuda; --device is for back-ends with devices of their own",
                "--class 1 --precision fp16; --precision fp16 is for back-ends with devices",
                "--class 1 --backend scalar --gemm library; --gemm library is for NVIDIA GPUs",
                "--class 1 --backend scalar --attention library; --attention library is for NVIDIA GPUs",
                "--class 1 --gemm none; expected one of [AUTO, LIBRARY, JAVA]",
                "--class 1 --threads 0; --threads must be at least 1",
                "--class 1 --kernel-cache pom.xml; --kernel-cache pom.xml is a file; name a folder, or none",
                "--class 1 --batch 0; --batch must be at least 1",
                "--class 1 --columns 0; --columns must be at least 1",
                "--class 0,1 --batch 1 --trace t; --trace takes all pictures in one batch",
                "--class 1 -o x.jpg; an output is FILE.png, FILE.npz or a folder",
                "--clas 1; unknown option '--clas'; did you mean '--class'",
                "--class 1 surplus; unexpected argument 'surplus'",
            })
    void nonsenseIsRefusedInOneLine(String words, String message) throws IOException {
        List<Object> line = new ArrayList<>();
        if (words != null) {
            line.addAll(List.of(words.split(" ")));
        }
        if (!line.contains("-o")) {
            line.addAll(List.of("-o", dir.resolve("o.png")));
        }
        Cli said = generate(line.toArray());
        said.refused(ExitCode.USAGE, message.strip());
        assertEquals(1, said.err().lines().count(), said.err());
        assertEquals("", said.out());
        assertEquals(List.of(), inside(dir));
    }

    @Test
    void failuresLeaveNothing() throws IOException {
        Path broken = TinyModel.write(dir.resolve("broken"));
        byte[] bytes = Files.readAllBytes(broken.resolve("small.safetensors"));
        Files.write(broken.resolve("small.safetensors"), Arrays.copyOf(bytes, bytes.length - 1));
        Cli said = Cli.run("generate", "--model", broken, "--class", 1, "-o", dir.resolve("o.png"));
        said.refused(ExitCode.FAILURE, "small.safetensors");
        assertEquals(1, said.err().lines().count(), said.err());
        Cli verbose = Cli.run("generate", "--model", broken, "--class", 1, "-o", dir.resolve("o.png"), "--verbose");
        assertTrue(verbose.err().contains("\tat dev.tandem"), verbose.err());

        Files.delete(broken.resolve("small.safetensors"));
        Cli.run("generate", "--model", broken, "--class", 1, "-o", dir.resolve("o.png"))
                .refused(ExitCode.FAILURE, "small.safetensors: is missing");
        Cli.run("generate", "--model", dir.resolve("none"), "--class", 1)
                .refused(ExitCode.FAILURE, "no such model folder");
        Files.delete(broken.resolve("config.json"));
        Cli.run("generate", "--model", broken, "--class", 1).refused(ExitCode.FAILURE, "has no config.json");
        generate("--class", 1, "-o", dir.resolve("no/where.png"))
                .refused(ExitCode.FAILURE, "cannot write", "no folder");
        assertEquals(List.of("broken"), inside(dir));
    }

    @Test
    void progressIsForTerminalsAndColoursForWhoWantsThem() {
        for (String noColour : List.of("", "1")) {
            StringWriter err = new StringWriter();
            Terminal terminal = new Terminal(
                    new PrintWriter(new StringWriter()),
                    new PrintWriter(err),
                    Map.of("NO_COLOR", noColour, ModelOptions.MODEL, model.toString()),
                    true);
            String[] words = {
                "generate",
                "--class",
                "1",
                "--backend",
                "scalar",
                "-o",
                dir.resolve("p.png").toString()
            };
            assertEquals(ExitCode.OK, Main.execute(words, terminal));
            assertTrue(err.toString().contains("scale 4/4"), err.toString());
            assertEquals(noColour.isEmpty(), err.toString().contains("\u001b[1m"), err.toString());
        }
        Cli piped = generate("--class", 1, "-o", dir.resolve("p.png")).ok();
        assertFalse(piped.err().contains("scale"), piped.err());
    }

    @Test
    void argumentsMayStandInAFile() throws IOException {
        Path file = Files.writeString(dir.resolve("args"), "--class bee\n--top_k 1 # greedy\n");
        generate("@" + file, "-o", dir.resolve("f.png")).ok();
        generate("@" + file, "--seed", 3, "--seed", 4, "-o", dir.resolve("g.png"))
                .ok();
        assertEquals(
                "4",
                Recipe.ofText(PngText.read(dir.resolve("g.png")).text())
                        .options()
                        .get("seed"));
        assertEquals(
                "1",
                Recipe.ofText(PngText.read(dir.resolve("f.png")).text())
                        .options()
                        .get("top-k"));
    }
}
