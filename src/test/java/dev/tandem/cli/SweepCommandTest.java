package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepCommandTest {
    @TempDir
    static Path dir;

    private static Path model;

    @BeforeAll
    static void write() throws IOException {
        model = TinyModel.write(dir.resolve("model"));
    }

    private static Cli sweep(Object... more) {
        List<Object> words = new ArrayList<>(List.of("sweep", "--model", model, "-o", dir.resolve("sweep")));
        words.addAll(Arrays.asList(more));
        return Cli.run(words.toArray());
    }

    private static List<?> plans(Cli said) throws IOException {
        return (List<?>) JSON.std.mapFrom(said.ok().out()).get("plans");
    }

    private static double at(Object plan, String list, int scale) {
        return ((Number) ((List<?>) ((Map<?, ?>) plan).get(list)).get(scale)).doubleValue();
    }

    @Test
    void draftedScalesAgreeAndLaterOnesLess() throws IOException {
        List<?> plans = plans(sweep("--draft-steps", "1..3", "-n", 2, "--batch", 3, "--json"));
        assertEquals(4, plans.size());
        assertEquals("big:1-4", ((Map<?, ?>) plans.getFirst()).get("plan"));
        for (int scale = 0; scale < 4; scale++) {
            assertEquals(1, at(plans.getFirst(), "tokens_equal", scale));
        }
        for (int n = 1; n <= 3; n++) {
            Object plan = plans.get(n);
            for (int scale = 0; scale < 4; scale++) {
                assertEquals(scale < n, at(plan, "tokens_equal", scale) == 1, "plan " + n + ", scale " + scale);
                assertEquals(scale < n, at(plan, "kl", scale) == 0, "plan " + n + ", scale " + scale);
            }
        }
        for (String file : List.of(".csv", "-quality.png", "-memory.svg", "-tokens.png", "-kl.svg")) {
            assertTrue(Files.size(Path.of(dir.resolve("sweep") + file)) > 100, file);
        }
    }

    @Test
    void swappedScalesAndPlansOfAFile() throws IOException {
        Path file = Files.writeString(dir.resolve("plans.txt"), "# two\nsmall:1-4\n\nbig:1-2,small:3-4 # one\n");
        List<?> plans = plans(sweep("--swap-each", "small", "--plans", file, "--class", "cat", "--json"));
        assertEquals(
                List.of(
                        "big:1-4",
                        "small:1,big:2-4",
                        "big:1,small:2,big:3-4",
                        "big:1-2,small:3,big:4",
                        "big:1-3,small:4",
                        "small:1-4",
                        "big:1-2,small:3-4"),
                plans.stream().map(p -> ((Map<?, ?>) p).get("plan")).toList());
        assertTrue(sweep("--draft-steps", 2, "--class", "cat").ok().out().contains("big:1-2,small:3-4"));
    }

    @Test
    void whatCannotBeIsRefused() throws IOException {
        sweep().refused(ExitCode.USAGE, "which plans?");
        sweep("--draft-steps", "0..2").refused(ExitCode.USAGE, "from 1 to 3, not 0");
        sweep("--draft-steps", "3..2").refused(ExitCode.USAGE, "3..2 runs backwards");
        sweep("--draft-steps", 2, "--warmup", -1).refused(ExitCode.USAGE, "--warmup must be at least 0");
        Path none = Files.writeString(dir.resolve("no-plans.txt"), "# nothing\n");
        sweep("--plans", none).refused(ExitCode.USAGE, "no-plans.txt names no plan");
        sweep("--draft-steps", "two").refused(ExitCode.USAGE, "a range such as 1..9");
        sweep("--draft-steps", 2, "--target", dir).refused(ExitCode.USAGE, "--target needs --features");
        sweep("--draft-steps", 2, "--features", model)
                .refused(ExitCode.FAILURE, "no network that pictures could be compared by");
        sweep("--swap-each", "smal").refused(ExitCode.USAGE, "--swap-each", "no transformer 'smal'");
        Path file = Files.writeString(dir.resolve("wrong.txt"), "\nbig:1-3\n");
        sweep("--plans", file).refused(ExitCode.USAGE, "wrong.txt, line 2: scale 4 is decoded by no model");
        sweep("--plans", dir.resolve("none.txt")).refused(ExitCode.FAILURE, "none.txt: there is no such file");
        Cli.run("sweep", "-m", model, "--draft-steps", 2, "-o", dir.resolve("nowhere/sweep"))
                .refused(ExitCode.FAILURE, "cannot write", "there is no folder");
    }
}
