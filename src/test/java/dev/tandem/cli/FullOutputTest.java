package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Words that could not be written are a failure: a device that is always full, in a process of its own. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux has /dev/full")
class FullOutputTest {
    @ParameterizedTest
    @ValueSource(strings = {"--help", "--version", "man", "completion bash", "devices --json", "generate --help"})
    void aFullStandardOutputEndsWithOneLineAndFailure(String words) throws IOException, InterruptedException {
        ProcessBuilder child = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
        child.command().addAll(List.of(words.split(" ")));
        Process process = child.redirectOutput(new File("/dev/full")).start();
        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("tandem: cannot write to standard output: No space left on device\n", said);
        assertEquals(ExitCode.FAILURE, process.waitFor());
    }
}
