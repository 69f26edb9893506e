package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {
    @TempDir
    static Path dir;

    private static Path model;

    @BeforeAll
    static void write() throws IOException {
        model = TinyModel.write(dir.resolve("model"));
    }

    private Cli generate(Path out, Object... more) {
        Object[] words = {"generate", "--model", model, "--class", "bee", "--seed", 5, "-o", out, "--json"};
        Object[] all = Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return Cli.run(all);
    }

    @Test
    void aPlanOfTwoIsADrafterAndARefiner() throws IOException {
        Path plan = dir.resolve("plan.png");
        Path pair = dir.resolve("pair.png");
        generate(plan, "--plan", "small:4,big:1-3").ok();
        generate(pair, "--drafter", "big", "--refiner", "small", "--draft-steps", 3)
                .ok();
        assertArrayEquals(Files.readAllBytes(pair), Files.readAllBytes(plan));
    }

    @Test
    void aPlanOfThreeIsInThePicturesRecipe() throws IOException {
        Path swapped = dir.resolve("swapped.png");
        Path again = dir.resolve("again.png");
        assertTrue(
                generate(swapped, "--plan", "big:1-2,small:3,big:4").ok().out().contains("\"from\" : 3"));
        Cli inspected = Cli.run("inspect", swapped).ok();
        assertTrue(inspected.out().contains("--plan big:1-2,small:3,big:4"), inspected.out());
        generate(again, "--plan", "big:1-4").ok();
        assertFalse(Arrays.equals(Files.readAllBytes(swapped), Files.readAllBytes(again)));
    }

    @Test
    void wrongPlansAreRefused() {
        Path none = dir.resolve("none.png");
        generate(none, "--plan", "big:1-2,small:4").refused(ExitCode.USAGE, "--plan: scale 3 is decoded by no model");
        generate(none, "--plan", "big:1-3,small:3-4").refused(ExitCode.USAGE, "scale 3 is decoded twice");
        generate(none, "--plan", "big:1-3,smal:4")
                .refused(ExitCode.USAGE, "no transformer 'smal'", "did you mean 'small'?");
        generate(none, "--plan", "big:1-4", "--drafter", "big").refused(ExitCode.USAGE, "goes without --drafter");
        assertFalse(Files.exists(none));
    }
}
