package dev.tandem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script that starts everything, with a JDK and a Maven that only say what they were asked. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a bash script")
class LauncherTest {
    @TempDir
    private Path home;

    private record Said(int code, String out, String err) {}

    @BeforeEach
    void install() throws IOException {
        Files.copy(Path.of("tandem"), home.resolve("tandem"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        Files.createDirectories(home.resolve("src/main"));
        Files.createDirectories(home.resolve("src/test"));
        write("jdk/release", "JAVA_VERSION=\"25.0.3\"\n");
        program(
                "jdk/bin/java",
                "echo 'Picked up JAVA_TOOL_OPTIONS: -Dx=1' >&2",
                "echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2",
                "echo 'what the program says' >&2",
                "echo \"charmap $(locale charmap)\"",
                "echo \"last ${!#}\"",
                "exit 2");
        program(
                "bin/mvn",
                "mkdir -p target; touch target/tandem.jar",
                "printf '\\033[0mbuilt with %s\\033[0m\\n' \"$*\"");
    }

    private void write(String file, String text) throws IOException {
        Path path = home.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void program(String file, String... lines) throws IOException {
        write(file, "#!/usr/bin/env bash\n" + String.join("\n", lines) + "\n");
        assertTrue(home.resolve(file).toFile().setExecutable(true));
    }

    private Said run(Map<String, String> more, String... words) throws IOException, InterruptedException {
        Path out = home.resolve("out.txt");
        Path err = home.resolve("err.txt");
        ProcessBuilder builder = new ProcessBuilder(home.resolve("tandem").toString());
        builder.command().addAll(List.of(words));
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        Map<String, String> env = builder.environment();
        env.clear();
        env.put("PATH", home.resolve("bin") + ":/usr/bin:/bin");
        env.put("TANDEM_JAVA_HOME", home.resolve("jdk").toString());
        env.put("TORNADOVM_HOME", home.resolve("none").toString());
        env.putAll(more);
        int code = builder.start().waitFor();
        // what filters stderr may end a moment after the program
        String last = "";
        for (int i = 0; i < 100 && !last.endsWith("says\n"); i++) {
            Thread.sleep(20);
            last = Files.readString(err, StandardCharsets.UTF_8);
        }
        return new Said(code, Files.readString(out, StandardCharsets.UTF_8), last);
    }

    @Test
    void theFirstUseBuildsAndSaysSoWithoutEscapeCodes() throws IOException, InterruptedException {
        Said first = run(Map.of(), "devices");
        assertTrue(
                first.err().startsWith("tandem: building: first use (this takes a minute) …\nbuilt with -q"),
                first.err());
        assertFalse(first.err().contains("\033"), first.err());
        assertEquals("what the program says\n", run(Map.of(), "devices").err());
    }

    @Test
    void onlySourcesOfTheProgramMakeItBuildAgain() throws IOException, InterruptedException {
        run(Map.of(), "devices");
        FileTime later = FileTime.from(Instant.now().plusSeconds(60));
        write("src/test/Test.java", "");
        write("README.md", "");
        Files.setLastModifiedTime(home.resolve("src/test/Test.java"), later);
        Files.setLastModifiedTime(home.resolve("README.md"), later);
        assertEquals("what the program says\n", run(Map.of(), "devices").err());
        write("src/main/Main.java", "");
        Files.setLastModifiedTime(home.resolve("src/main/Main.java"), later);
        String err = run(Map.of(), "devices").err();
        assertTrue(err.startsWith("tandem: building: sources are newer than the last build"), err);
    }

    @Test
    void noticesOfTheJvmAreLeftOutAndTheExitCodeStays() throws IOException, InterruptedException {
        run(Map.of(), "devices");
        Said said = run(Map.of("JAVA_TOOL_OPTIONS", "-Dx=1"), "devices");
        assertEquals("what the program says\n", said.err());
        assertEquals(2, said.code());
    }

    @Test
    void namesAreUtf8InAnyLocale() throws IOException, InterruptedException {
        run(Map.of(), "devices");
        for (Map<String, String> locale :
                List.of(Map.<String, String>of(), Map.of("LANG", "C"), Map.of("LC_ALL", "POSIX"))) {
            Said said = run(locale, "generate", "-o", "über 日本.png");
            assertEquals("charmap UTF-8\nlast über 日本.png\n", said.out(), locale.toString());
        }
    }
}
