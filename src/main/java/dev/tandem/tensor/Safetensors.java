package dev.tandem.tensor;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A safetensors file, memory-mapped: an 8-byte little-endian header length, a JSON header, then the data. Tensors are
 * views of the mapping and die with the arena that it was opened in.
 *
 * @see <a href="https://github.com/huggingface/safetensors">the format</a>
 */
public final class Safetensors implements TensorSource {
    private static final long MAX_HEADER = 100_000_000;
    /** How the JSON library says that an object has a key twice. */
    private static final Pattern TWICE = Pattern.compile("Duplicate .*?'(.*?)'\\)?");

    private static final JSON STRICT = JSON.std.with(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS);

    private final Path path;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> metadata;

    private Safetensors(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) {
        this.path = path;
        this.tensors = tensors;
        this.metadata = metadata;
    }

    /**
     * Maps a file and checks its header.
     *
     * @throws FormatException where the file is not well-formed
     * @throws IOException where it cannot be read
     */
    public static Safetensors open(Path path, Arena arena) throws IOException {
        MemorySegment file = map(path, arena);
        String where = path.toString();
        if (file.byteSize() < 8) {
            throw new FormatException(where, "too short for a safetensors file (" + file.byteSize() + " bytes)");
        }
        long headerLength = file.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        if (headerLength < 2 || headerLength > MAX_HEADER || headerLength > file.byteSize() - 8) {
            throw new FormatException(
                    where,
                    "header length " + Long.toUnsignedString(headerLength) + " is out of range (file: "
                            + file.byteSize() + " bytes)");
        }
        Map<String, Object> entries = header(where, file.asSlice(8, headerLength));
        MemorySegment data = file.asSlice(8 + headerLength);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        entries.forEach((name, entry) -> {
            if (!(entry instanceof Map<?, ?> fields)) {
                throw new FormatException(where, "header entry '" + name + "' is not an object");
            }
            if (name.equals("__metadata__")) {
                fields.forEach((k, v) -> metadata.put(String.valueOf(k), text(where, k, v)));
            } else {
                tensors.put(name, tensor(where, name, fields, data));
            }
        });
        checkLayout(where, tensors, data);
        return new Safetensors(path, tensors, metadata);
    }

    private static MemorySegment map(Path path, Arena arena) throws IOException {
        if (Files.isDirectory(path)) {
            throw new FormatException(path.toString(), "is a folder, not a safetensors file");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (NoSuchFileException e) {
            throw new FormatException(path.toString(), "there is no such file", e);
        }
    }

    private static Map<String, Object> header(String where, MemorySegment bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toArray(ValueLayout.JAVA_BYTE)))
                    .toString();
            try (JsonParser json = STRICT.createParser(text)) {
                if (text.startsWith("{") && json.nextToken() == JsonToken.START_OBJECT) {
                    Map<String, Object> entries = STRICT.mapFrom(json);
                    // mapFrom stops at the end of the object: only spaces may follow
                    if (json.nextToken() == null) {
                        return entries;
                    }
                }
            }
        } catch (IOException e) {
            Matcher twice = TWICE.matcher(String.valueOf(e.getMessage()));
            throw new FormatException(
                    where,
                    twice.find() ? "the header has '" + twice.group(1) + "' twice" : "the header is not JSON",
                    e);
        }
        throw new FormatException(where, "the header is not a JSON object");
    }

    private static String text(String where, Object key, Object value) {
        if (value instanceof String s) {
            return s;
        }
        throw new FormatException(where, "'" + key + "' in __metadata__ is not a text");
    }

    private static Tensor tensor(String where, String name, Map<?, ?> fields, MemorySegment data) {
        DType dtype = DType.named(String.valueOf(fields.get("dtype")))
                .orElseThrow(() -> new FormatException(
                        where, "tensor '" + name + "' has the unknown dtype '" + fields.get("dtype") + "'"));
        long[] dims = longs(where, name, fields.get("shape"));
        long[] range = longs(where, name, fields.get("data_offsets"));
        if (range.length != 2 || range[0] < 0 || range[1] < range[0] || range[1] > data.byteSize()) {
            throw new FormatException(where, "tensor '" + name + "' has offsets outside of the file's data");
        }
        try {
            return new Tensor(name, dtype, Shape.of(dims), data.asSlice(range[0], range[1] - range[0]));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new FormatException(where, "tensor '" + name + "': " + e.getMessage(), e);
        }
    }

    private static long[] longs(String where, String name, Object value) {
        if (value instanceof List<?> list && list.stream().allMatch(v -> v instanceof Integer || v instanceof Long)) {
            return list.stream().mapToLong(v -> ((Number) v).longValue()).toArray();
        }
        throw new FormatException(where, "tensor '" + name + "' lacks a shape or offsets of whole numbers");
    }

    /** The format demands that tensors neither overlap nor leave holes. */
    private static void checkLayout(String where, Map<String, Tensor> tensors, MemorySegment data) {
        long[] end = {0};
        tensors.values().stream()
                .sorted((a, b) -> {
                    int byStart = Long.compare(a.data().address(), b.data().address());
                    return byStart != 0
                            ? byStart
                            : Long.compare(a.data().byteSize(), b.data().byteSize());
                })
                .forEach(t -> {
                    long start = t.data().address() - data.address();
                    if (start != end[0]) {
                        throw new FormatException(
                                where,
                                "tensor '" + t.name() + "' " + (start < end[0] ? "overlaps another" : "follows a hole")
                                        + " at data offset " + start);
                    }
                    end[0] = start + t.data().byteSize();
                });
        if (end[0] != data.byteSize()) {
            throw new FormatException(
                    where, "the header describes " + end[0] + " bytes of data, the file has " + data.byteSize());
        }
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    @Override
    public String origin() {
        return path.toString();
    }

    /** The header's {@code __metadata__}, empty where it has none. */
    public Map<String, String> metadata() {
        return metadata;
    }
}
