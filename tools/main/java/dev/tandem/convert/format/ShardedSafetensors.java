package dev.tandem.convert.format;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tensors that are spread over several safetensors files, with or without an index that says which is where. */
final class ShardedSafetensors implements Checkpoint.Tensors {
    private static final long LARGEST_INDEX = 1 << 27;

    private final String origin;
    private final Map<String, Safetensors> shardOf;

    private ShardedSafetensors(String origin, Map<String, Safetensors> shardOf) {
        this.origin = origin;
        this.shardOf = shardOf;
    }

    /** All tensors of the given files. */
    static ShardedSafetensors ofFiles(String origin, List<Path> files, Arena arena) throws IOException {
        Map<String, Safetensors> shardOf = new LinkedHashMap<>();
        for (Path file : files) {
            Safetensors shard = Safetensors.open(file, arena);
            for (String name : shard.names()) {
                if (shardOf.put(name, shard) != null) {
                    throw new FormatException(file.toString(), "tensor '" + name + "' is in another shard, too");
                }
            }
        }
        return new ShardedSafetensors(origin, shardOf);
    }

    /** The tensors that an index ({@code NAME.safetensors.index.json}) lists; the files must hold these and no more. */
    static ShardedSafetensors ofIndex(Path index, Arena arena) throws IOException {
        String origin = index.toString();
        Map<?, ?> map = weightMap(index, origin);
        Set<Path> files = new HashSet<>();
        Map<String, Path> fileOf = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getValue() instanceof String file)
                    || file.isEmpty()
                    || file.equals("..")
                    || file.indexOf('/') >= 0
                    || file.indexOf('\\') >= 0
                    || file.indexOf('\0') >= 0) {
                throw new FormatException(
                        origin, "tensor '" + entry.getKey() + "' is not in a file beside the index: " + entry.getValue());
            }
            Path path = index.resolveSibling(file);
            if (!Files.isRegularFile(path)) {
                throw new FormatException(origin, "the shard '" + file + "' is missing");
            }
            files.add(path);
            fileOf.put(entry.getKey().toString(), path);
        }
        ShardedSafetensors all = ofFiles(origin, files.stream().sorted().toList(), arena);
        Map<String, Safetensors> inOrder = new LinkedHashMap<>();
        fileOf.forEach((name, path) -> {
            Safetensors shard = all.shardOf.get(name);
            if (shard == null || !shard.origin().equals(path.toString())) {
                throw new FormatException(origin, "tensor '" + name + "' is not in '" + path.getFileName() + "'");
            }
            inOrder.put(name, shard);
        });
        for (String name : all.shardOf.keySet()) {
            if (!inOrder.containsKey(name)) {
                throw new FormatException(origin, "tensor '" + name + "' of the shards is not in the index");
            }
        }
        return new ShardedSafetensors(origin, inOrder);
    }

    private static Map<?, ?> weightMap(Path index, String origin) throws IOException {
        if (Files.size(index) > LARGEST_INDEX) {
            throw new FormatException(origin, "is too large for an index");
        }
        String text;
        try {
            text = Files.readString(index);
        } catch (java.nio.charset.CharacterCodingException e) {
            throw new FormatException(origin, "is not UTF-8", e);
        }
        try {
            if (text.stripLeading().startsWith("{")
                    && JSON.std.mapFrom(text).get("weight_map") instanceof Map<?, ?> map
                    && !map.isEmpty()) {
                return map;
            }
        } catch (IOException e) {
            throw new FormatException(origin, "is not JSON", e);
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
    public String origin() {
        return origin;
    }
}
