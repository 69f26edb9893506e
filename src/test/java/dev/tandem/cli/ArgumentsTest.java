package dev.tandem.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArgumentsTest {
    @TempDir
    Path dir;

    private static String[] of(String... words) {
        return Arguments.normalise(words);
    }

    @Test
    void dashesAndUnderscoresAreAlikeInNamesOnly() {
        assertArrayEquals(
                new String[] {"--top-k", "5", "--draft-steps=a_b", "-o", "a_b", "x_y", "--", "--a_b"},
                of("--top_k", "5", "--draft_steps=a_b", "-o", "a_b", "x_y", "--", "--a_b"));
    }

    @Test
    void filesStandForTheirWords() throws IOException {
        Path inner = Files.writeString(dir.resolve("inner"), "--seed 5");
        Path outer = Files.writeString(
                dir.resolve("outer"), "--class 'a b'  # a comment\n\n--top_p\t0.5 \"c d\" @" + inner + "\n");
        assertArrayEquals(
                new String[] {"generate", "--class", "a b", "--top-p", "0.5", "c d", "--seed", "5", "@home"},
                of("generate", "@" + outer, "@@home"));
    }

    @Test
    void missingAndCircularFilesAreRefused() throws IOException {
        assertThrows(InvalidRequestException.class, () -> of("@" + dir.resolve("none")));
        Path circle = dir.resolve("circle");
        Files.writeString(circle, "@" + circle);
        assertThrows(InvalidRequestException.class, () -> of("@" + circle));
    }
}
