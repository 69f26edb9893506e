package dev.tandem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How large the house's rooms may grow. */
class SourceTreeTest {
    private static final int MOST_LINES = 500;
    private static final int MOST_FILES = 25;
    /** One step of reading a checkpoint per file; whoever converts needs no other package of it. */
    private static final String LARGER = "convert";

    private static final List<Path> ROOTS =
            List.of(Path.of("src/main/java"), Path.of("tools/main/java"), Path.of("kernels/main/java"));

    private static Map<Path, List<Path>> packages() throws IOException {
        Map<Path, List<Path>> packages = new TreeMap<>();
        for (Path root : ROOTS) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(f -> f.toString().endsWith(".java"))
                        .forEach(f -> packages.computeIfAbsent(f.getParent(), p -> new ArrayList<>())
                                .add(f));
            }
        }
        assertTrue(packages.size() > 20, "the sources are where this test looks for them");
        return packages;
    }

    @Test
    void everyPackageSaysWhatItIsIn() throws IOException {
        List<Path> silent = packages().keySet().stream()
                .filter(p -> !Files.exists(p.resolve("package-info.java")))
                .toList();
        assertEquals(List.of(), silent);
    }

    @Test
    void noPackageIsCrowded() throws IOException {
        List<String> crowded = packages().entrySet().stream()
                .filter(e -> e.getValue().size() > MOST_FILES + 1 && !e.getKey().endsWith(LARGER))
                .map(e -> e.getKey() + ": " + e.getValue().size())
                .toList();
        assertEquals(List.of(), crowded);
    }

    @Test
    void noFileIsLong() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (List<Path> files : packages().values()) {
            for (Path file : files) {
                long lines = Files.readAllLines(file).size();
                if (lines > MOST_LINES) {
                    tooLong.add(file + ": " + lines);
                }
            }
        }
        assertEquals(List.of(), tooLong);
    }
}
