package dev.tandem.convert;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.tandem.convert.format.Checkpoint;
import dev.tandem.convert.format.CheckpointFiles;
import dev.tandem.convert.format.TorchFiles;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files must give a {@link FormatException} of one line or be read as something else; never anything worse. */
class FuzzTest {
    /** Enough to be run with every build; set higher for a long search: {@code -Dtandem.fuzz=1000000}. */
    private static final int TRIES = Integer.getInteger("tandem.fuzz", 600);

    private static final List<byte[]> MEAN = List.of(
            new byte[] {-1, -1, -1, -1, -1, -1, -1, -1},
            new byte[] {-1, -1, -1, 127},
            new byte[] {0, 0, 0, 0, 0, 0, 0, -128},
            new byte[] {-1, -1, -1, -1, -1, -1, -1, 127},
            new byte[] {0},
            new byte[] {'R'},
            new byte[] {'}'},
            new byte[] {'('},
            "-9".getBytes(),
            "9e9".getBytes(),
            "null".getBytes(),
            "[[[[".getBytes());

    @TempDir
    private Path folder;

    private final Map<String, Tensor> tensors = RandomModels.tensors(RandomModels.var(1, 4, 2, List.of(1, 2)));

    @Test
    void torchZip() throws IOException {
        Path file = folder.resolve("x.pth");
        TorchFiles.zip(file, nested());
        fuzz(Files.readAllBytes(file), file, 1);
        fuzz(Files.readAllBytes(Fixtures.own("a/weights/refiner.pth")), file, 2);
    }

    @Test
    void torchLegacy() throws IOException {
        Path file = folder.resolve("x.pth");
        TorchFiles.legacy(file, nested());
        fuzz(Files.readAllBytes(file), file, 3);
    }

    @Test
    void safetensors() throws IOException {
        Path file = RandomModels.write(folder.resolve("x.safetensors"), tensors);
        fuzz(Files.readAllBytes(file), file, 4);
    }

    @Test
    void shards() throws IOException {
        RandomModels.write(folder.resolve("x-00001-of-00001.safetensors"), tensors);
        StringBuilder index = new StringBuilder("{\"metadata\": {\"total_size\": 1}, \"weight_map\": {");
        tensors.keySet().forEach(n -> index.append("\"" + n + "\": \"x-00001-of-00001.safetensors\","));
        index.setCharAt(index.length() - 1, '}');
        Path file = folder.resolve("x.safetensors.index.json");
        fuzz(index.append("}").toString().getBytes(), file, 5);
    }

    private Map<String, Object> nested() {
        Map<String, Object> root = new HashMap<>();
        root.put("epoch", 3);
        root.put("lr", 0.25);
        root.put("none", null);
        root.put("list", List.of(1L, "two", true));
        root.put("model", RandomModels.prefixed("module.", tensors));
        return root;
    }

    private void fuzz(byte[] valid, Path file, long seed) throws IOException {
        Files.write(file, valid);
        assertTrue(survives(file), "the undamaged file must be readable");
        SplittableRandom random = new SplittableRandom(seed);
        int refused = 0;
        for (int i = 0; i < TRIES; i++) {
            byte[] damaged = damage(valid, random);
            Files.write(file, damaged);
            try {
                refused += survives(file) ? 0 : 1;
            } catch (Throwable e) {
                fail("try " + i + " of seed " + seed + " gave " + e, e);
            }
        }
        assertTrue(refused > TRIES / 10, "only " + refused + " damaged files were noticed");
    }

    private static byte[] damage(byte[] valid, SplittableRandom random) {
        byte[] bytes = valid.clone();
        // headers, pickles and directories are at the ends and small: aim there half of the time
        int reach = random.nextBoolean() ? bytes.length : Math.min(bytes.length, 4096);
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            int at = random.nextBoolean() ? random.nextInt(reach) : bytes.length - 1 - random.nextInt(reach);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> {
                    byte[] mean = MEAN.get(random.nextInt(MEAN.size()));
                    System.arraycopy(mean, 0, bytes, at, Math.min(mean.length, bytes.length - at));
                }
                case 3 -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(64), bytes.length - Math.max(at, from));
                    System.arraycopy(valid, from, bytes, at, length);
                }
                default -> {
                    if (random.nextInt(8) == 0) {
                        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                        reach = Math.max(1, Math.min(reach, bytes.length));
                        if (bytes.length == 0) {
                            return bytes;
                        }
                    }
                }
            }
        }
        return bytes;
    }

    /** Does with the file all that a conversion does; whether it could be read. */
    private static boolean survives(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Checkpoint checkpoint = CheckpointFiles.open(file, arena);
            CheckpointInspector.inspect(file);
            for (SourcePart part : KeyMap.find(checkpoint).parts()) {
                Validation.check(
                        part,
                        Layout.of(VarRecognition.of(part, Hints.NONE)),
                        false,
                        new ExtraTensors(List.of(), line -> {}));
                for (String name : part.names()) {
                    part.verify(name);
                    part.get(name).floatAt(0);
                }
            }
            return true;
        } catch (FormatException e) {
            assertFalse(e.getMessage().contains("\n"), e.getMessage());
            return false;
        }
    }
}
