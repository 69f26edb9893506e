package dev.tandem.convert;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.Tensor;
import dev.tandem.tensor.TensorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checkpoints that the original wrote, and what they must read as. */
final class Fixtures {
    private static final Path OWN = Path.of("src/test/resources/fixtures");

    private Fixtures() {}

    /** A file that the project has. */
    static Path own(String path) {
        return OWN.resolve(path);
    }

    /** What a weight file of case {@code a} must read as: name to [dtype, shape, start of the SHA-256]. */
    static Map<String, List<Object>> checksums(String file) throws IOException {
        Map<String, Object> all = JSON.std.mapFrom(Files.readString(own("a/checksums.json")));
        Map<String, List<Object>> out = new LinkedHashMap<>();
        ((Map<?, ?>) all.get(file)).forEach((name, sum) -> out.put(name.toString(), List.copyOf((List<?>) sum)));
        return out;
    }

    /** The same of a source. */
    static Map<String, List<Object>> sums(TensorSource source) {
        Map<String, List<Object>> out = new LinkedHashMap<>();
        for (String name : source.names()) {
            Tensor t = source.get(name);
            List<Integer> dims = new java.util.ArrayList<>();
            for (long d : t.shape().dims()) {
                dims.add(Math.toIntExact(d));
            }
            out.put(name, List.of(t.dtype().name(), dims, sha256(t)));
        }
        return out;
    }

    /** The same of a safetensors file. */
    static Map<String, List<Object>> sums(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return sums(Safetensors.open(file, arena));
        }
    }

    private static String sha256(Tensor t) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(t.data().asByteBuffer());
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
