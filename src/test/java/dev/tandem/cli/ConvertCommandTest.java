package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.folder.ModelFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ConvertCommandTest {
    private static final String VAR = "src/test/resources/fixtures/a/weights/var.pth";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new ConvertCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler((e, command, result) -> {
                    err.write(e.getMessage());
                    return 1;
                })
                .execute(arguments);
    }

    @Test
    void converts() throws IOException {
        String to = folder.resolve("m").toString();
        assertEquals(
                0, run(VAR, "-o", to, "--dtype", "int8", "--name", "mine", "--patch-nums", "1,2,3,4"), err.toString());
        assertTrue(out.toString().contains("165,252 parameters"), out.toString());
        try (ModelFolder model = ModelFolder.open(Path.of(to))) {
            assertEquals("mine", model.config().name());
            assertEquals("int8", model.config().parts().get("var").dtype());
            assertEquals(
                    List.of(1, 2, 3, 4),
                    model.config().transformer("var", "").config().scales().patchNums());
        }
    }

    @Test
    void quiet() {
        assertEquals(0, run("-q", "--output", folder.resolve("m").toString(), VAR));
        assertEquals("", out.toString() + err);
    }

    @Test
    void mistakes() {
        String to = folder.resolve("m").toString();
        assertEquals(2, run(VAR));
        assertEquals(2, run("-o", to));
        assertEquals(2, run(VAR, "-o", to, "--dtype", "fp8"));
        assertTrue(err.toString().contains("fp32, fp16, bf16, int8"), err.toString());
        assertEquals(1, run("none.pth", "-o", to));
        assertTrue(err.toString().endsWith("none.pth: there is no such file"), err.toString());
        assertEquals(1, run(VAR, "-o", to, "--heads", "3"));
        assertTrue(err.toString().contains("it has 2 heads, not 3"), err.toString());
        assertFalse(Files.exists(folder.resolve("m")));
    }
}
