package dev.tandem.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.cli.Main;
import dev.tandem.fixture.TinyModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plain dependency works without any option of the JVM: plain loops compute, and a warning names the option. */
class WithoutVectorsTest {
    /** The program that runs without the module. */
    public static void main(String[] args) throws IOException {
        try (Tandem tandem = Tandem.builder().model(Path.of(args[0])).build()) {
            Files.write(
                    Path.of(args[1]), tandem.generate(Request.of("cat").seed(5)).toPng());
        }
    }

    @Test
    void aProgramDrawsWithPlainLoopsAndIsWarned(@TempDir Path dir) throws IOException, InterruptedException {
        Path model = TinyModel.write(dir.resolve("model"));
        Path drawn = dir.resolve("api.png");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        WithoutVectorsTest.class.getName(),
                        model.toString(),
                        drawn.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, child.waitFor(), said);
        assertTrue(said.contains("--add-modules jdk.incubator.vector"), said);

        Path expected = dir.resolve("cli.png");
        String[] words = {
            "generate",
            "--model",
            model.toString(),
            "--class",
            "cat",
            "--seed",
            "5",
            "--backend",
            "scalar",
            "-o",
            expected.toString()
        };
        assertEquals(0, Main.execute(words, new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter())));
        assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(drawn));
    }
}
