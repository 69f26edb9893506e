package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people type, and where they send it. */
class ShellTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"--help", "--version"})
    void helpForWhatIsNoCommandIsRefused(String asked) {
        Cli refused = Cli.run("genrate", asked);
        refused.refused(ExitCode.USAGE, "unknown command 'genrate'", "did you mean 'generate'?");
        assertEquals("", refused.out());
        assertTrue(Cli.run("generate", asked).ok().out().contains(asked.equals("--help") ? "--class" : "Tandem"));
    }

    @Test
    void theManualOfOneCommand() {
        String page = Cli.run("man", "score").ok().out();
        assertTrue(page.startsWith(".TH \"TANDEM-SCORE\" \"1\""), page);
        assertTrue(page.contains("\\fB\\-\\-trace FILE\\fR"), page);
        assertFalse(page.contains("random\\-classes"), page);
        Cli.run("man", "scor").refused(ExitCode.USAGE, "unknown command 'scor'", "did you mean 'score'?");
    }

    @Test
    void existingFilesWithoutExtensionDevicesAndLinks() throws IOException {
        Path model = TinyModel.write(folder.resolve("tiny"));
        Path plain = Files.createFile(folder.resolve("plain"));
        Path link = Files.createSymbolicLink(folder.resolve("link.png"), folder.resolve("end.png"));
        for (Path out : new Path[] {plain, link, Path.of("/dev/null")}) {
            Cli.run("generate", "-m", model, "-c", 1, "-o", out).ok();
        }
        assertEquals(TinyModel.SIDE, ImageIO.read(plain.toFile()).getWidth());
        assertEquals(
                TinyModel.SIDE, ImageIO.read(folder.resolve("end.png").toFile()).getWidth());
        assertTrue(Files.isSymbolicLink(link));
    }

    @Test
    void twoThingsOnStandardOutputAreRefused() throws IOException {
        Path model = TinyModel.write(folder.resolve("tiny"));
        Cli.run("generate", "-m", model, "-c", 1, "-o", "-", "--json")
                .refused(ExitCode.USAGE, "--json", "standard output");
        Cli.run("sample", "-m", model, "-o", "-").refused(ExitCode.USAGE, "cannot write -", "FILE.npz or a folder");
    }

    @Test
    void noClassIsAClassByNameAndByNumber() throws IOException {
        Path model = TinyModel.write(folder.resolve("tiny"));
        Path name = folder.resolve("name/");
        Path number = folder.resolve("number/");
        Cli.run("generate", "-m", model, "-c", "none", "--seed", 3, "-o", name).ok();
        Cli.run("generate", "-m", model, "-c", 5, "--seed", 3, "-o", number).ok();
        assertEquals(-1, Files.mismatch(name.resolve("005-none-3.png"), number.resolve("005-none-3.png")));
        Cli.run("generate", "-m", model, "-c", 6)
                .refused(ExitCode.USAGE, "classes are 0 to 4, and none or 5 is no class");
        Cli.run("generate", "-m", model).refused(ExitCode.USAGE, "none for pictures of no class");
    }
}
