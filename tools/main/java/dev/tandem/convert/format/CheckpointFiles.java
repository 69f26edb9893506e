package dev.tandem.convert.format;

import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Opens checkpoints of every format, told by their content. */
public final class CheckpointFiles {
    private static final Pattern INDEX =
            Pattern.compile("(.+)\\.(safetensors|bin|pth|pt)\\.index\\.json", Pattern.CASE_INSENSITIVE);
    private static final Pattern SHARD = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})\\.(safetensors|bin|pth|pt)");
    private static final Pattern ENDING =
            Pattern.compile("\\.(safetensors|pth|pt|bin|ckpt|pth\\.tar|th)$", Pattern.CASE_INSENSITIVE);
    private static final String SHARDED = "shards of one checkpoint";
    private static final String DISTRIBUTED = ".metadata";

    private CheckpointFiles() {}

    /**
     * What a list of named paths comes to: folders stand for the checkpoints in them, a shard for its index where there
     * is one, and the shards of one checkpoint for the first of them.
     *
     * @throws FormatException where a path does not exist or a folder holds no checkpoint
     */
    public static List<Path> expand(List<Path> named) throws IOException {
        Set<Path> out = new LinkedHashSet<>();
        for (Path path : named) {
            if (Files.isDirectory(path)) {
                List<Path> inside = inFolder(path);
                if (inside.isEmpty()) {
                    throw new FormatException(
                            path.toString(),
                            Files.exists(path.resolve(DISTRIBUTED))
                                    ? FileKind.DISTRIBUTED.what() + " " + path + " FILE.pth"
                                    : "is a folder without checkpoints");
                }
                for (Path file : inside) {
                    out.add(whole(file));
                }
            } else if (Files.exists(path)) {
                out.add(whole(path));
            } else {
                throw new FormatException(path.toString(), "there is no such file");
            }
        }
        return List.copyOf(out);
    }

    private static List<Path> inFolder(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(f -> INDEX.matcher(f.getFileName().toString()).matches()
                            || ENDING.matcher(f.getFileName().toString()).find())
                    .sorted()
                    .toList();
        }
    }

    /** The index of a shard, or its first shard; any other file itself. */
    private static Path whole(Path path) throws IOException {
        Matcher shard = SHARD.matcher(path.getFileName().toString());
        if (!shard.matches()) {
            return path;
        }
        Path index = path.resolveSibling(shard.group(1) + "." + shard.group(4) + ".index.json");
        return Files.exists(index) ? index : shard(path, shard, 1);
    }

    private static Path shard(Path path, Matcher shard, int number) {
        return path.resolveSibling(
                String.format("%s-%05d-of-%s.%s", shard.group(1), number, shard.group(3), shard.group(4)));
    }

    /**
     * Opens one checkpoint, as {@link #expand} gives them.
     *
     * @param arena what the mapping lives in
     * @throws FormatException where the file is not a checkpoint or is corrupt
     */
    public static Checkpoint open(Path path, Arena arena) throws IOException {
        if (INDEX.matcher(path.getFileName().toString()).matches()) {
            return of(path, SHARDED, ShardedTensors.ofIndex(path, arena));
        }
        Matcher shard = SHARD.matcher(path.getFileName().toString());
        if (shard.matches()) {
            return of(path, SHARDED, ShardedTensors.ofFiles(path.toString(), shards(path, shard), arena));
        }
        return openAlone(path, arena);
    }

    /** Opens a file as what it is by itself, be it a shard or not. */
    static Checkpoint openAlone(Path path, Arena arena) throws IOException {
        MemorySegment bytes = map(path, arena);
        String where = path.toString();
        FileKind kind = FileKind.of(bytes);
        return switch (kind) {
            case ZIP -> {
                TorchZip zip = new TorchZip(where, bytes);
                Object root = zip.read(new TorchHost(where + ": data.pkl"));
                yield new Checkpoint(path, stem(path), "torch zip", StateDicts.in(root, where, zip));
            }
            case PICKLE -> {
                TorchLegacy legacy = new TorchLegacy(where, bytes, new TorchHost(where));
                yield new Checkpoint(path, stem(path), "torch legacy", StateDicts.in(legacy.root(), where, legacy));
            }
            case SAFETENSORS -> of(path, "safetensors", plain(Safetensors.open(path, arena)));
            case JSON_TEXT -> {
                if (ShardedTensors.isIndex(path)) {
                    yield of(path, SHARDED, ShardedTensors.ofIndex(path, arena));
                }
                throw new FormatException(where, kind.what() + FileKind.start(bytes));
            }
            case TEXT -> throw new FormatException(where, kind.what() + FileKind.start(bytes));
            case DISTRIBUTED -> throw new FormatException(where, kind.what() + " " + folder(path) + " FILE.pth");
            case UNKNOWN, ZEROS -> {
                if (where.endsWith(".safetensors")) {
                    // its own error says more
                    yield of(path, "safetensors", plain(Safetensors.open(path, arena)));
                }
                throw new FormatException(where, kind.what());
            }
            default -> throw new FormatException(where, kind.what());
        };
    }

    private static Path folder(Path path) {
        return path.toAbsolutePath().getParent();
    }

    private static Checkpoint of(Path path, String format, Checkpoint.Tensors tensors) {
        return new Checkpoint(path, stem(path), format, List.of(new Checkpoint.Dict("", tensors)));
    }

    private static Checkpoint.Tensors plain(Safetensors file) {
        return new Checkpoint.Tensors() {
            @Override
            public Set<String> names() {
                return file.names();
            }

            @Override
            public Optional<Tensor> find(String name) {
                return file.find(name);
            }

            @Override
            public String origin() {
                return file.origin();
            }
        };
    }

    private static List<Path> shards(Path path, Matcher shard) {
        int count = Integer.parseInt(shard.group(3));
        List<Path> all = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            Path one = shard(path, shard, i);
            if (!Files.isRegularFile(one)) {
                throw new FormatException(path.toString(), "the shard '" + one.getFileName() + "' is missing");
            }
            all.add(one);
        }
        return all;
    }

    private static MemorySegment map(Path path, Arena arena) throws IOException {
        if (Files.isDirectory(path)) {
            throw new FormatException(path.toString(), "is a folder, not a checkpoint");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (NoSuchFileException e) {
            throw new FormatException(path.toString(), "there is no such file", e);
        }
    }

    private static String stem(Path path) {
        String file = path.getFileName().toString();
        Matcher shard = SHARD.matcher(file);
        if (shard.matches()) {
            return shard.group(1);
        }
        Matcher index = INDEX.matcher(file);
        return index.matches() ? index.group(1) : ENDING.matcher(file).replaceFirst("");
    }
}
