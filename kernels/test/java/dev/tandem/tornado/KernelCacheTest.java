package dev.tandem.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tandem.engine.Backends;
import dev.tandem.engine.DeviceUse;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Modulation;
import dev.tandem.tornado.compile.StoredKernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels that an earlier session compiled: the same results to the last bit, whatever became of their files. */
class KernelCacheTest {
    @TempDir
    Path folder;

    private record Run(float[] results, DeviceUse use) {
        int compiled() {
            return use.kernels() - use.storedKernels();
        }
    }

    private static Run run(Path cache) {
        SessionOptions o = TestDevice.options();
        SessionOptions options =
                new SessionOptions(o.threads(), o.device(), o.precision(), o.gemm(), o.attention(), cache);
        try (Session session = Backends.choose("tornado").provider().open(options)) {
            OpsBench b = new OpsBench(session, new Random(3));
            Buffer x = b.floats(2, 3, 40);
            Buffer h = b.activations(2, 3, 24);
            Buffer ada = b.floats(2, 6 * 24);
            Buffer y = b.floats(2, 3, 24);
            Linear w = b.linear(24, 40);
            Linear v = b.linear(24, 24);
            // one method with several scalars, several methods, and an array both read and written
            b.run(p -> {
                p.linear(x, w, y);
                p.linearGelu(x, w, h);
                p.linearGatedAdd(h, v, new Modulation(ada, 1), y);
                p.adaNorm(y, new Modulation(ada, 2), new Modulation(ada, 3), 1e-6f, h);
            });
            b.run(p -> p.linear(h, v, y));
            return new Run(b.read(y), session.deviceUse().orElseThrow());
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    /** Fills the folder. */
    private Run first() throws IOException {
        Run first = run(folder);
        assertEquals(0, first.use().storedKernels());
        assumeTrue(!files().isEmpty(), "this back-end does not hand out machine code");
        assertEquals(first.compiled(), files().size());
        return first;
    }

    @Test
    void nothingIsCompiledAgain() throws IOException {
        Run first = first();
        Run second = run(folder);
        assertEquals(0, second.compiled());
        assertEquals(first.use().kernels(), second.use().kernels());
        assertArrayEquals(first.results(), second.results());
        assertArrayEquals(run(null).results(), second.results());
    }

    @Test
    void whatIsMissingIsCompiled() throws IOException {
        Run first = first();
        for (Path file : files()) {
            Files.delete(file);
            Run again = run(folder);
            assertEquals(1, again.compiled());
            assertArrayEquals(first.results(), again.results());
        }
    }

    @Test
    void damagedFilesAreReplaced() throws IOException {
        Run first = first();
        for (Path file : files()) {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
        }
        Run second = run(folder);
        assertEquals(second.use().kernels(), second.compiled());
        assertArrayEquals(first.results(), second.results());
        assertEquals(0, run(folder).compiled());
    }

    @Test
    void machineCodeThatTheDriverRefusesIsReplaced() throws IOException {
        Run first = first();
        for (Path file : files()) {
            StoredKernel k = StoredKernel.decode(Files.readAllBytes(file));
            byte[] nonsense = "\u007fELF, but no more".getBytes();
            Files.write(
                    file,
                    new StoredKernel(
                                    k.key(),
                                    k.type(),
                                    k.method(),
                                    k.parameters(),
                                    k.accesses(),
                                    k.entryPoint(),
                                    nonsense)
                            .encode());
        }
        Run second = run(folder);
        assertEquals(second.use().kernels(), second.compiled());
        assertArrayEquals(first.results(), second.results());
    }

    @Test
    void aSessionWithoutItCompilesAfterOneWithIt() throws IOException {
        first();
        Run with = run(folder);
        Run without = run(null);
        assertEquals(0, with.compiled());
        assertTrue(without.compiled() > 0);
        assertArrayEquals(without.results(), with.results());
    }
}
