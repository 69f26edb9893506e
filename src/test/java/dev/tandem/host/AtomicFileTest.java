package dev.tandem.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path dir;

    private List<String> inside() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void appearsWhenCommitted() throws IOException {
        Path target = Files.writeString(dir.resolve("a"), "old");
        try (AtomicFile file = new AtomicFile(target)) {
            Files.writeString(file.temporary(), "new");
            assertEquals("old", Files.readString(target));
            file.commit();
        }
        assertEquals("new", Files.readString(target));
        assertEquals(List.of("a"), inside());
    }

    @Test
    void leavesNothingWhenItIsNot() throws IOException {
        try (AtomicFile file = new AtomicFile(dir.resolve("a"))) {
            Files.writeString(file.temporary(), "half");
        }
        assertEquals(List.of(), inside());
    }

    @Test
    void refusesPlacesAtOnceAndSaysWhy() throws IOException {
        IOException folder = assertThrows(IOException.class, () -> new AtomicFile(dir));
        assertEquals("cannot write " + dir + ": it is a folder", folder.getMessage());
        Path nowhere = dir.resolve("no").resolve("b");
        IOException missing = assertThrows(IOException.class, () -> new AtomicFile(nowhere));
        assertTrue(missing.getMessage().contains("there is no folder"), missing.getMessage());
        Path under = Files.writeString(dir.resolve("file"), "").resolve("c");
        assertThrows(IOException.class, () -> new AtomicFile(under));
    }
}
