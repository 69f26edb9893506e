package dev.tandem.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One at a time, and nothing is left. */
class FolderLockTest {
    @TempDir
    private Path folder;

    @Test
    void theSecondIsToldSo() throws IOException {
        Path file = FolderLock.inFolder(folder);
        try (FolderLock lock = FolderLock.tryTake(file).orElseThrow()) {
            assertTrue(FolderLock.tryTake(file).isEmpty());
            assertTrue(FolderLock.tryTake(FolderLock.besideFile(folder.resolve("other.npz")))
                    .isPresent());
        }
        FolderLock.tryTake(file).orElseThrow().close();
        assertFalse(Files.exists(file));
    }

    @Test
    void aFileThatACrashLeftLocksNobodyOut() throws IOException {
        Path file = Files.writeString(FolderLock.inFolder(folder), "left behind");
        FolderLock.tryTake(file).orElseThrow().close();
        assertFalse(Files.exists(file));
    }

    @Test
    void aLockOfAnotherProcessIsSeenAndEndsWithIt() throws IOException, InterruptedException {
        Path file = FolderLock.inFolder(folder);
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        try {
            assertEquals('!', other.getInputStream().read());
            assertTrue(FolderLock.tryTake(file).isEmpty());
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertTrue(Files.exists(file));
        FolderLock.tryTake(file).orElseThrow().close();
    }

    /** Holds a lock until it is killed. */
    static final class Holder {
        public static void main(String[] args) throws IOException, InterruptedException {
            FolderLock lock = FolderLock.tryTake(Path.of(args[0])).orElseThrow();
            System.out.print(lock == null ? "" : "!");
            System.out.flush();
            Thread.sleep(60_000);
        }
    }

    /** Every run removes the folder it worked in, as a failed one does: the next must not lock a file that is gone. */
    @Test
    void nobodyHoldsARemovedLock() throws Exception {
        Path output = folder.resolve("out");
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger waits = new AtomicInteger();
        Callable<Integer> run = () -> {
            int most = 0;
            for (int i = 0; i < 5; i++) {
                FolderLock lock = FolderLock.take(
                        FolderLock.inFolder(output), () -> Files.createDirectories(output), waits::incrementAndGet);
                most = Math.max(most, inside.incrementAndGet());
                Thread.sleep(2);
                inside.decrementAndGet();
                lock.close();
                output.toFile().delete();
            }
            return most;
        };
        List<Future<Integer>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                all.add(threads.submit(run));
            }
            for (Future<Integer> one : all) {
                assertEquals(1, one.get());
            }
        }
        assertTrue(waits.get() > 0);
    }
}
