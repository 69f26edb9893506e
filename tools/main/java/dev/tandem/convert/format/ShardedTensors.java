package dev.tandem.convert.format;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tensors that are spread over several files of any format, with or without an index that says which is where. */
final class ShardedTensors implements Checkpoint.Tensors {
    private static final long LARGEST_INDEX = 1 << 27;
    private static final JSON STRICT = JSON.std.with(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS);

    private final String origin;
    private final Map<String, Checkpoint.Tensors> shardOf;

    private ShardedTensors(String origin, Map<String, Checkpoint.Tensors> shardOf) {
        this.origin = origin;
        this.shardOf = shardOf;
    }

    /** All tensors of the given files. */
    static ShardedTensors ofFiles(String origin, List<Path> files, Arena arena) throws IOException {
        Map<String, Checkpoint.Tensors> shardOf = new LinkedHashMap<>();
        for (Path file : files) {
            Checkpoint.Tensors shard = shard(file, arena);
            for (String name : shard.names()) {
                if (shardOf.put(name, shard) != null) {
                    throw new FormatException(file.toString(), "tensor '" + name + "' is in another shard, too");
                }
            }
        }
        return new ShardedTensors(origin, shardOf);
    }

    /** The tensors of one file, which must be a plain state_dict. */
    private static Checkpoint.Tensors shard(Path file, Arena arena) throws IOException {
        List<Checkpoint.Dict> dicts = CheckpointFiles.openAlone(file, arena).dicts();
        if (dicts.size() != 1 || !dicts.getFirst().path().isEmpty()) {
            throw new FormatException(file.toString(), "is no shard: it is not a plain dictionary of tensors");
        }
        return dicts.getFirst().tensors();
    }

    /** The tensors that an index ({@code NAME.safetensors.index.json}) lists; the files must hold these and no more. */
    static ShardedTensors ofIndex(Path index, Arena arena) throws IOException {
        String origin = index.toString();
        Map<?, ?> map = weightMap(index, origin);
        Map<String, Path> fileOf = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            fileOf.put(entry.getKey().toString(), beside(index, entry));
        }
        Set<Path> files = new HashSet<>(fileOf.values());
        Map<String, Path> found = new HashMap<>();
        Map<String, Checkpoint.Tensors> inOrder = new LinkedHashMap<>();
        fileOf.keySet().forEach(name -> inOrder.put(name, null));
        for (Path file : files.stream().sorted().toList()) {
            Checkpoint.Tensors shard = shard(file, arena);
            for (String name : shard.names()) {
                if (found.put(name, file) != null) {
                    throw new FormatException(file.toString(), "tensor '" + name + "' is in another shard, too");
                }
                if (!inOrder.containsKey(name)) {
                    throw new FormatException(origin, "tensor '" + name + "' of the shards is not in the index");
                }
                inOrder.put(name, shard);
            }
        }
        fileOf.forEach((name, path) -> {
            if (!path.equals(found.get(name))) {
                throw new FormatException(origin, "tensor '" + name + "' is not in '" + path.getFileName() + "'");
            }
        });
        return new ShardedTensors(origin, inOrder);
    }

    private static Path beside(Path index, Map.Entry<?, ?> entry) {
        if (!(entry.getValue() instanceof String file)
                || file.isEmpty()
                || file.equals("..")
                || file.indexOf('/') >= 0
                || file.indexOf('\\') >= 0
                || file.indexOf('\0') >= 0) {
            throw new FormatException(
                    index.toString(),
                    "tensor '" + entry.getKey() + "' is not in a file beside the index: " + entry.getValue());
        }
        Path path = index.resolveSibling(file);
        if (!Files.isRegularFile(path)) {
            throw new FormatException(index.toString(), "the shard '" + file + "' is missing");
        }
        return path;
    }

    /** Whether a JSON file of any name is an index. */
    static boolean isIndex(Path file) throws IOException {
        try {
            weightMap(file, "");
            return true;
        } catch (FormatException e) {
            return false;
        }
    }

    private static Map<?, ?> weightMap(Path index, String origin) throws IOException {
        if (Files.size(index) > LARGEST_INDEX) {
            throw new FormatException(origin, "is too large for an index");
        }
        String text;
        try {
            text = Files.readString(index);
        } catch (CharacterCodingException e) {
            throw new FormatException(origin, "is not UTF-8", e);
        }
        try {
            if (text.stripLeading().startsWith("{")
                    && STRICT.mapFrom(text).get("weight_map") instanceof Map<?, ?> map
                    && !map.isEmpty()) {
                return map;
            }
        } catch (IOException e) {
            throw new FormatException(origin, "is not JSON, or has a key twice", e);
        }
        throw new FormatException(origin, "has no 'weight_map'");
    }

    @Override
    public Set<String> names() {
        return shardOf.keySet();
    }

    @Override
    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(shardOf.get(name)).flatMap(s -> s.find(name));
    }

    @Override
    public Checkpoint.Header header(String name) {
        Checkpoint.Tensors shard = shardOf.get(name);
        if (shard == null) {
            throw new FormatException(origin, "tensor '" + name + "' is missing");
        }
        return shard.header(name);
    }

    @Override
    public void verify(String name) {
        Checkpoint.Tensors shard = shardOf.get(name);
        if (shard != null) {
            shard.verify(name);
        }
    }

    @Override
    public String origin() {
        return origin;
    }
}
