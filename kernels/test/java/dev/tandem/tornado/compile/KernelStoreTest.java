package dev.tandem.tornado.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import uk.ac.manchester.tornado.api.common.Access;

/** Compiled kernels on disk: what was kept is found again, and whatever is wrong with a file, it is as if there were none. */
class KernelStoreTest {
    private static final long AMPLE = 1 << 20;

    @TempDir
    Path parent;

    private Path folder() {
        return parent.resolve("a").resolve("kernels");
    }

    private KernelStore store() {
        return new KernelStore(folder(), "here", AMPLE);
    }

    private static StoredKernel kernel(String key, int bytes) {
        byte[] image = new byte[bytes];
        Arrays.fill(image, (byte) 7);
        return new StoredKernel(
                key,
                "dev.tandem.tornado.norm.NormKernels",
                "norm",
                List.of("int", "float"),
                List.of(Access.NONE, Access.READ_WRITE),
                "norm_entry",
                image);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder())) {
            return all.toList();
        }
    }

    @Test
    void findsWhatWasKept() throws IOException {
        store().keep(kernel("one", 100));
        store().keep(kernel("two", 200));
        StoredKernel found = store().find("two").orElseThrow();
        StoredKernel kept = kernel("two", 200);
        assertArrayEquals(kept.encode(), found.encode());
        assertEquals(kept.accesses(), found.accesses());
        assertEquals(2, files().size(), "nothing but the two lies there");
    }

    @Test
    void findsNothingWhereThereIsNoFolder() {
        assertEquals(Optional.empty(), store().find("one"));
        store().trim();
    }

    @Test
    void anotherOriginHasItsOwn() {
        store().keep(kernel("one", 100));
        assertTrue(new KernelStore(folder(), "elsewhere", AMPLE).find("one").isEmpty());
    }

    @Test
    void aFileCutShortAnywhereIsNone() throws IOException {
        store().keep(kernel("one", 100));
        Path file = files().getFirst();
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertTrue(store().find("one").isEmpty(), length + " bytes of " + whole.length);
        }
    }

    @Test
    void aFileWithAnyByteChangedIsNone() throws IOException {
        store().keep(kernel("one", 100));
        Path file = files().getFirst();
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x10;
            Files.write(file, damaged);
            assertTrue(store().find("one").isEmpty(), "byte " + i);
        }
    }

    @Test
    void anotherKernelsFileIsNone() throws IOException {
        store().keep(kernel("one", 100));
        Path file = files().getFirst();
        Files.write(file, kernel("two", 100).encode());
        assertTrue(store().find("one").isEmpty());
    }

    @Test
    void aDamagedFileIsWrittenOver() throws IOException {
        store().keep(kernel("one", 100));
        Files.writeString(files().getFirst(), "no kernel");
        store().keep(kernel("one", 100));
        assertTrue(store().find("one").isPresent());
    }

    @Test
    void aFolderThatCannotBeIsNoError() throws IOException {
        Files.writeString(parent.resolve("a"), "a file where a folder should be");
        store().keep(kernel("one", 100));
        store().trim();
        assertTrue(store().find("one").isEmpty());
    }

    @Test
    void theLongestUnusedGoFirst() throws IOException {
        KernelStore small = new KernelStore(folder(), "here", 5_000);
        for (String key : List.of("first", "second", "third")) {
            small.keep(kernel(key, 2_000));
        }
        for (Path file : files()) {
            Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
        }
        small.find("first");
        small.find("third");
        small.trim();
        assertTrue(small.find("first").isPresent());
        assertTrue(small.find("second").isEmpty());
        assertTrue(small.find("third").isPresent());
    }

    @Test
    void manyWritersLeaveWholeFiles() throws IOException {
        IntStream.range(0, 200).parallel().forEach(i -> {
            store().keep(kernel("key " + i % 5, 50_000));
            store().find("key " + i % 5).ifPresent(k -> assertEquals(50_000, k.image().length));
        });
        assertEquals(5, files().size());
        IntStream.range(0, 5).forEach(i -> assertTrue(store().find("key " + i).isPresent()));
    }

    @Test
    void onlyMethodsOfKernelsAreLookedFor() {
        StoredKernel foreign = new StoredKernel(
                "k", "java.lang.Math", "abs", List.of("int"), List.of(Access.NONE), "abs", new byte[1]);
        assertThrows(NoSuchMethodException.class, foreign::find);
    }
}
