package dev.tandem.convert.format;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.tandem.convert.format.PickleWriter.View;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/**
 * Pickles and their containers, damaged in memory: the readers give something or a {@link FormatException} of one line,
 * soon, and in little memory. {@code -Dtandem.fuzz=1000000} makes a long search of it.
 */
class ReaderFuzzTest {
    private static final int TRIES = Integer.getInteger("tandem.fuzz", 3_000);
    private static final long SEED = Long.getLong("tandem.fuzz.seed", 1);
    private static final long SLOW_NANOS = 10_000_000_000L;

    /** Every operation of a pickle, and lengths that reach far. */
    private static final byte[] OPERATIONS = HexFormat.of()
            .parseHex(
                    "28293031324e424343464749494a4b4c4d5051525354555658616263646567686a6c6f7071727374757d5d2e80818283848586878889"
                            + "8a8b8c8d8e8f9091929394959697980a00ff7f");

    @Test
    void pickles() {
        List<byte[]> corpus = corpus();
        run("pickle", corpus, bytes -> {
            Object value = Unpickler.read(new ByteReader("x", MemorySegment.ofArray(bytes), 0), new TorchHost("x"));
            use(StateDicts.in(value, "x", new Zeros()));
        });
    }

    @Test
    void zips() {
        List<byte[]> corpus = new ArrayList<>();
        for (byte[] pickle : corpus()) {
            corpus.add(zip(pickle, "little", ZipEntry.STORED));
            corpus.add(zip(pickle, "big", ZipEntry.DEFLATED));
        }
        run("zip", corpus, ReaderFuzzTest::readZip);
    }

    /** Damage inside of the pickle that its checksum does not give away. */
    @Test
    void picklesInZips() {
        run("pickle in a zip", corpus(), bytes -> readZip(zip(bytes, "big", ZipEntry.STORED)));
    }

    @Test
    void legacy() {
        List<byte[]> corpus = new ArrayList<>();
        for (byte[] pickle : corpus()) {
            corpus.add(TorchFiles.legacyBytes(true, pickle, Map.of("k", new byte[64]), Map.of("k", 16L)));
        }
        run("legacy", corpus, bytes -> {
            TorchLegacy file = new TorchLegacy("x", MemorySegment.ofArray(bytes), new TorchHost("x"));
            use(StateDicts.in(file.root(), "x", file));
        });
    }

    private static void readZip(byte[] bytes) {
        TorchZip zip = new TorchZip("x", MemorySegment.ofArray(bytes));
        use(StateDicts.in(zip.read(new TorchHost("x")), "x", zip));
    }

    private interface Reader {
        void read(byte[] bytes);
    }

    private static void run(String what, List<byte[]> corpus, Reader reader) {
        corpus.forEach(reader::read);
        SplittableRandom random = new SplittableRandom(SEED + what.hashCode());
        int refused = 0;
        long slowest = 0;
        for (int i = 0; i < TRIES; i++) {
            byte[] damaged = damage(corpus, random);
            long start = System.nanoTime();
            try {
                reader.read(damaged);
            } catch (FormatException e) {
                refused++;
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
            } catch (Throwable e) {
                fail(
                        what + " " + i + " of seed " + SEED + " gave " + e + ": "
                                + HexFormat.of().formatHex(damaged),
                        e);
            }
            slowest = Math.max(slowest, System.nanoTime() - start);
        }
        assertTrue(slowest < SLOW_NANOS, what + ": one took " + slowest / 1_000_000 + " ms");
        assertTrue(refused > TRIES / 10, what + ": only " + refused + " of " + TRIES + " were noticed");
    }

    /** Does with what was read all that a conversion does. */
    private static void use(List<Checkpoint.Dict> dicts) {
        for (Checkpoint.Dict dict : dicts) {
            Checkpoint.Tensors tensors = dict.tensors();
            tensors.others().forEach((name, what) -> assertFalse(what.isEmpty()));
            for (String name : tensors.names()) {
                try {
                    Checkpoint.Header header = tensors.header(name);
                    if (header.shape().elements() < 1 << 12) {
                        tensors.verify(name);
                        Tensor tensor = tensors.get(name);
                        if (tensor.shape().elements() > 0) {
                            tensor.floatAt(tensor.shape().elements() - 1);
                        }
                    }
                } catch (FormatException e) {
                    assertFalse(e.getMessage().contains("\n"), e.getMessage());
                }
            }
        }
    }

    private static byte[] damage(List<byte[]> corpus, SplittableRandom random) {
        byte[] bytes = corpus.get(random.nextInt(corpus.size())).clone();
        for (int n = 1 + random.nextInt(4); n > 0 && bytes.length > 0; n--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(7)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] = OPERATIONS[random.nextInt(OPERATIONS.length)];
                case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), (byte) -1);
                case 4 -> bytes = spliced(bytes, at, at, bytes, random);
                case 5 -> bytes = spliced(bytes, at, at, corpus.get(random.nextInt(corpus.size())), random);
                default -> {
                    int end = Math.min(bytes.length, at + 1 + random.nextInt(16));
                    bytes = random.nextInt(8) == 0
                            ? Arrays.copyOf(bytes, at)
                            : spliced(
                                    bytes, at, end, new byte[] {OPERATIONS[random.nextInt(OPERATIONS.length)]}, random);
                }
            }
        }
        return bytes;
    }

    /** The bytes with some of another's in place of a range. */
    private static byte[] spliced(byte[] bytes, int from, int to, byte[] other, SplittableRandom random) {
        int start = random.nextInt(other.length);
        int length = Math.min(other.length - start, 1 + random.nextInt(48));
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + length);
        out.write(bytes, 0, from);
        out.write(other, start, length);
        out.write(bytes, to, bytes.length - to);
        return out.toByteArray();
    }

    private static View view(long offset, long[] sizes, long[] strides) {
        return new View(DType.F32, "k", 16, offset, sizes, strides, null);
    }

    /** A pickle of each kind of thing that checkpoints hold. */
    private static List<byte[]> corpus() {
        View plain = view(0, new long[] {2, 3}, new long[] {3, 1});
        View expanded = view(1, new long[] {4, 4}, new long[] {0, 0});
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("epoch", 3);
        root.put("none", null);
        root.put("log", List.of(1L, "two", true, 0.5));
        root.put("model", Map.of("module.w", plain, "e", expanded, "t", view(0, new long[] {2, 2}, new long[] {1, 2})));
        root.put("ema", List.of(plain, expanded));
        return List.of(
                PickleWriter.pickle(root),
                PickleWriter.pickle(Map.of("w", plain)),
                TorchPickles.withMarks(plain, Map.of("neg", true)),
                TorchPickles.withMarks(plain, Map.of("conj", true)),
                TorchPickles.parameter(plain),
                TorchPickles.subclass(plain, "mine", "P", Map.of("tag", "x")),
                TorchPickles.module(Map.of("w", plain, "b", expanded)),
                TorchPickles.foreign("argparse", "Namespace", Map.of("lr", 0.1), plain),
                TorchPickles.foreign("collections", "deque", Map.of(), plain),
                TorchPickles.reduced("numpy._core.multiarray", "scalar", plain),
                TorchPickles.reduced("torch._utils", "_rebuild_sparse_tensor", plain),
                TorchPickles.reduced("posixpath", "join", plain));
    }

    private static byte[] zip(byte[] pickle, String order, int method) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            out.setMethod(method);
            Map<String, byte[]> entries = new LinkedHashMap<>();
            entries.put("a/data.pkl", pickle);
            entries.put("a/byteorder", order.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            entries.put("a/data/k", new byte[64]);
            for (Map.Entry<String, byte[]> e : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(e.getKey());
                CRC32 crc = new CRC32();
                crc.update(e.getValue());
                entry.setCrc(crc.getValue());
                entry.setSize(e.getValue().length);
                if (method == ZipEntry.STORED) {
                    entry.setCompressedSize(e.getValue().length);
                }
                out.putNextEntry(entry);
                out.write(e.getValue());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    /** Storages of zeros. */
    private static final class Zeros implements StorageFile {
        private final MemorySegment zeros = MemorySegment.ofArray(new byte[1 << 10]);

        @Override
        public MemorySegment bytes(TorchStorage storage) {
            return zeros;
        }

        @Override
        public long size(TorchStorage storage) {
            return zeros.byteSize();
        }

        @Override
        public boolean bigEndian() {
            return true;
        }

        @Override
        public void verify(TorchStorage storage) {
            // nothing to compare with
        }
    }
}
