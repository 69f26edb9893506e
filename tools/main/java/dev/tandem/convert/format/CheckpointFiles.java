package dev.tandem.convert.format;

import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Safetensors;
import dev.tandem.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
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
    private static final String INDEX = ".safetensors.index.json";
    private static final String SAFETENSORS = ".safetensors";
    private static final Pattern SHARD = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})\\.safetensors");
    private static final Pattern ENDING =
            Pattern.compile("\\.(safetensors|pth|pt|bin|ckpt|pth\\.tar|th)$", Pattern.CASE_INSENSITIVE);

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
                    throw new FormatException(path.toString(), "is a folder without checkpoints");
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
                    .filter(f -> f.getFileName().toString().endsWith(INDEX)
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
        Path index = path.resolveSibling(shard.group(1) + INDEX);
        return Files.exists(index)
                ? index
                : path.resolveSibling(shard.group(1) + "-00001-of-" + shard.group(3) + SAFETENSORS);
    }

    /**
     * Opens one checkpoint, as {@link #expand} gives them.
     *
     * @param arena what the mapping lives in
     * @throws FormatException where the file is not a checkpoint or is corrupt
     */
    public static Checkpoint open(Path path, Arena arena) throws IOException {
        String file = path.getFileName().toString();
        if (file.endsWith(INDEX)) {
            return of(path, "sharded safetensors", ShardedSafetensors.ofIndex(path, arena));
        }
        Matcher shard = SHARD.matcher(file);
        if (shard.matches()) {
            List<Path> shards = shards(path, shard);
            return of(path, "sharded safetensors", ShardedSafetensors.ofFiles(path.toString(), shards, arena));
        }
        MemorySegment bytes = map(path, arena);
        String where = path.toString();
        return switch (ContentType.of(bytes)) {
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
            case EMPTY -> throw new FormatException(where, "is empty");
            case LFS_POINTER ->
                throw new FormatException(where, "is a Git LFS pointer, not the file itself (git lfs pull gets it)");
            case WEB_PAGE -> throw new FormatException(where, "is a web page, not a checkpoint (a failed download?)");
            case UNKNOWN -> {
                if (file.endsWith(SAFETENSORS)) {
                    // its own error says more
                    yield of(path, "safetensors", plain(Safetensors.open(path, arena)));
                }
                throw new FormatException(where, "is neither a torch checkpoint nor safetensors");
            }
        };
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
            Path one = path.resolveSibling(String.format("%s-%05d-of-%s%s", shard.group(1), i, shard.group(3), SAFETENSORS));
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
        return file.endsWith(INDEX)
                ? file.substring(0, file.length() - INDEX.length())
                : ENDING.matcher(file).replaceFirst("");
    }

    private enum ContentType {
        ZIP,
        PICKLE,
        SAFETENSORS,
        EMPTY,
        LFS_POINTER,
        WEB_PAGE,
        UNKNOWN;

        static ContentType of(MemorySegment bytes) {
            if (bytes.byteSize() == 0) {
                return EMPTY;
            }
            byte[] start = bytes.asSlice(0, Math.min(64, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE);
            String text = new String(start, StandardCharsets.ISO_8859_1);
            if (text.startsWith("PK\u0003\u0004") || text.startsWith("PK\u0005\u0006")) {
                return ZIP;
            }
            if (text.length() > 8 && text.charAt(8) == '{') {
                return SAFETENSORS;
            }
            if (text.startsWith("version https://git-lfs")) {
                return LFS_POINTER;
            }
            if (text.stripLeading().toLowerCase(java.util.Locale.ROOT).startsWith("<")) {
                return WEB_PAGE;
            }
            return (start[0] & 0xff) == 0x80 ? PICKLE : UNKNOWN;
        }
    }
}
