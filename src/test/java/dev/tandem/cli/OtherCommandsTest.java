package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.fixture.TinyModel;
import dev.tandem.image.PngWriter;
import dev.tandem.image.RgbImage;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.SafetensorsWriter;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class OtherCommandsTest {
    @TempDir
    static Path dir;

    private static Path model;
    private static Path picture;

    @BeforeAll
    static void write() throws IOException {
        model = TinyModel.write(dir.resolve("model"));
        picture = dir.resolve("picture.png");
        try (OutputStream out = Files.newOutputStream(picture)) {
            PngWriter.write(out, RgbImage.filled(40, 30, 90), Map.of());
        }
    }

    @Test
    void reconstructTellsHowNearItCame() throws IOException {
        Path trace = dir.resolve("r.safetensors");
        Path out = dir.resolve("again");
        Cli said = Cli.run(
                        "reconstruct",
                        picture,
                        picture,
                        "--model",
                        model,
                        "-o",
                        out,
                        "--side-by-side",
                        "--trace",
                        trace)
                .ok();
        assertTrue(said.out().contains("PSNR"), said.out());
        assertTrue(Files.exists(out.resolve("picture.png")) && Files.exists(out.resolve("picture-2.png")));
        try (Arena arena = Arena.ofConfined()) {
            Safetensors t = Safetensors.open(trace, arena);
            assertEquals("f F32 2×6×4×4", t.get("f").toString());
            assertEquals("s3.tokens I32 2×16", t.get("s3.tokens").toString());
            assertEquals("reconstruction F32 2×3×16×16", t.get("reconstruction").toString());
        }
        Map<?, ?> json = (Map<?, ?>) JSON.std.anyFrom(
                Cli.run("reconstruct", picture, "--model", model, "--json").ok().out());
        assertEquals(1, ((List<?>) json.get("images")).size());
        Cli.run("reconstruct", "--model", model).refused(ExitCode.USAGE, "name pictures");
        Cli.run("reconstruct", model.resolve("config.json"), "--model", model).refused(ExitCode.FAILURE, "no picture");
        Cli.run("reconstruct", dir.resolve("none.png"), "--model", model).refused(ExitCode.FAILURE, "no such file");
        Cli.run("reconstruct", "--fhat", trace, "--model", model)
                .refused(ExitCode.USAGE, "several features", "s0.f_hat");
        Cli.run("reconstruct", "--fhat", trace + ":s3.tokens", "--model", model).refused(ExitCode.FAILURE, "s3.tokens");
    }

    @Test
    void scoresOfPicturesAndOfTheirCodesAgree() throws IOException {
        Path trace = dir.resolve("s.safetensors");
        Cli pictures = Cli.run("score", picture, "--class", "bee", "--model", model, "--trace", trace, "--json")
                .ok();
        Cli codes =
                Cli.run("score", "--tokens", trace, "--model", model, "--json").ok();
        assertEquals(pictures.out(), codes.out());
        Map<?, ?> json = (Map<?, ?>) JSON.std.anyFrom(codes.out());
        assertEquals("big", json.get("transformer"));
        assertEquals(4, ((List<?>) json.get("scales")).size());
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(
                    "logits F32 1×30×24",
                    Safetensors.open(trace, arena).get("logits").toString());
        }
        assertTrue(Cli.run("score", picture, "--class", "none", "--model", model, "--transformer", "small")
                .ok()
                .out()
                .contains("cross-entropy"));
        Cli.run("score", picture, "--model", model).refused(ExitCode.USAGE, "--class");
        Cli.run("score", picture, "--class", "1,2", "--model", model)
                .refused(ExitCode.USAGE, "2 classes for 1 picture");
        Path wrong = dir.resolve("wrong.safetensors");
        SafetensorsWriter.write(
                wrong,
                Map.of(),
                List.of(
                        Tensor.ofInts("tokens", Shape.of(1, 30), new int[30]),
                        Tensor.ofInts("label", Shape.of(1), new int[] {9})));
        Cli.run("score", "--tokens", wrong, "--model", model).refused(ExitCode.FAILURE, "'label' holds 9", "0 to 5");
    }

    @Test
    void inspectKnowsFoldersAndFiles() {
        Cli folder = Cli.run("inspect", model).ok();
        assertTrue(folder.out().contains("usual pair: big drafts scales 1 to 3"), folder.out());
        assertTrue(folder.out().contains("memory of a run with big:1-3 and small:4"), folder.out());
        Cli.run("inspect", model, "--json").ok();
        assertTrue(Cli.run("inspect", picture).ok().out().contains("made by another program"));
        Cli.run("inspect", dir.resolve("none")).refused(ExitCode.FAILURE, "no such file");
        Cli.run("inspect", model.resolve("config.json")).refused(ExitCode.FAILURE, "config.json");
    }

    @Test
    void benchTimesEveryPart() throws IOException {
        Cli table =
                Cli.run("bench", "--model", model, "--runs", 1, "--warmup", 0).ok();
        assertTrue(table.out().contains("small with scales 1–3"), table.out());
        Map<?, ?> json =
                (Map<?, ?>) JSON.std.anyFrom(Cli.run("bench", "--model", model, "--runs", 2, "--warmup", 1, "--json")
                        .ok()
                        .out());
        assertEquals(2, ((List<?>) json.get("runs_ms")).size());
        assertEquals(4, ((List<?>) json.get("scales")).size());
        Cli.run("bench", "--shape", "16").refused(ExitCode.USAGE, "--shape", "d16");
        Cli.run("bench", "--shape", "d16+d36").refused(ExitCode.USAGE, "different scales");
        Cli.run("bench", "--shape", "d400").refused(ExitCode.FAILURE, "random weights", "the machine has");
        Cli.run("bench", "--shape", "d16", "--dtype", "fp8").refused(ExitCode.USAGE, "fp8");
    }

    @Test
    void benchTellsWhereTheTimeGoes() throws IOException {
        String[] bench = {"bench", "--model", model.toString(), "--runs", "1", "--warmup", "0", "--breakdown"};
        String table = Cli.run((Object[]) bench).ok().out();
        for (String row :
                List.of("qkv ", "attention ", "fc1 ", "norm ", "sampling ", "upsampling 3×3 ", "group norm ")) {
            assertTrue(table.lines().anyMatch(l -> l.startsWith(row)), table);
        }
        assertTrue(table.lines().anyMatch(l -> l.startsWith("sum ") && l.contains("100.0 %")), table);
        assertTrue(table.contains("ceilings measured here"), table);
        List<Object> words = new ArrayList<>(List.of(bench));
        words.add("--json");
        Map<?, ?> json =
                (Map<?, ?>) JSON.std.anyFrom(Cli.run(words.toArray()).ok().out());
        Map<?, ?> breakdown = (Map<?, ?>) json.get("breakdown");
        List<Map<?, ?>> operations = ((List<?>) breakdown.get("operations"))
                .stream().<Map<?, ?>>map(o -> (Map<?, ?>) o).toList();
        double sum = operations.stream().mapToDouble(o -> (double) o.get("ms")).sum();
        assertEquals((double) breakdown.get("sum_ms"), sum, 1e-6);
        Map<?, ?> head = operations.stream()
                .filter(o -> "head".equals(o.get("operation")))
                .findFirst()
                .orElseThrow();
        // guided positions of scales 1 to 3 through the head of the large model, of scale 4 through the small one's
        assertEquals(2.0 * 24 * 2 * (14 * 16 + 16 * 8), (double) head.get("flops"));
        assertTrue(((double) breakdown.get("ceiling_flops_per_second")) > 0);
        assertFalse(Cli.run("bench", "--model", model, "--runs", 1, "--warmup", 0)
                .ok()
                .out()
                .contains("ceilings"));
        Cli.run("generate", "--breakdown").refused(ExitCode.USAGE, "--breakdown");
    }

    @Test
    void devicesListsBackends() throws IOException {
        assertTrue(Cli.run("devices").ok().out().contains("scalar"));
        assertTrue(JSON.std.anyFrom(Cli.run("devices", "--json").ok().out()) instanceof List<?>);
    }

    @Test
    void everyCommandHasHelpWithExamples() {
        Terminal terminal = new Terminal(null, null, Map.of(), false);
        for (String name : Commands.all(terminal).getSubcommands().keySet()) {
            String help = Cli.run(name, "--help").ok().out();
            assertTrue(help.contains("Examples:") && help.contains("tandem " + name), help);
            assertTrue(help.lines().allMatch(l -> l.length() <= 110), help);
        }
        assertTrue(Cli.run("--help").ok().out().contains("generate"));
        assertTrue(Cli.run("--version").ok().out().startsWith("Tandem "));
        Cli.run().refused(ExitCode.USAGE, "which command?");
        Cli.run("paint").refused(ExitCode.USAGE, "unknown command 'paint'");
        Cli.run("genrate").refused(ExitCode.USAGE, "did you mean 'generate'?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void completionNamesTheCommands(String shell) {
        assertTrue(Cli.run("completion", shell).ok().out().contains("reconstruct"));
        Cli.run("completion", "fish").refused(ExitCode.USAGE, "fish");
    }

    @Test
    void theManualPageNamesEveryOption() {
        String page = Cli.run("man").ok().out();
        CommandLine commands = Commands.all(new Terminal(null, null, Map.of(), false));
        for (CommandLine command : commands.getSubcommands().values()) {
            for (var option : command.getCommandSpec().options()) {
                boolean common = option.usageHelp() || option.versionHelp();
                assertTrue(common || page.contains(option.longestName().replace("-", "\\-")), option::longestName);
            }
        }
    }
}
