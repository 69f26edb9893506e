package dev.tandem.job;

import dev.tandem.host.FolderLock;
import dev.tandem.image.Npz;
import dev.tandem.image.NpzLabels;
import dev.tandem.image.RgbImage;
import dev.tandem.npy.NpyReader;
import dev.tandem.npy.NpzFile;
import dev.tandem.output.NpzSink;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** The shards of a sampling job, all of them, to be put together. */
public final class ShardMerge {
    private final TreeMap<Integer, Part> parts = new TreeMap<>();
    private final SampleIndex.Head head;

    private record Part(Path file, SampleIndex.Head head) {}

    /** Makes sure that the files are the complete shards of one job, in any order. */
    public ShardMerge(List<Path> shards) throws IOException {
        for (Path file : shards) {
            Part part = read(file);
            Part same = parts.putIfAbsent(part.head().shard().number(), part);
            if (same != null) {
                throw new InvalidRequestException(
                        "shard", "shard " + part.head().shard() + " comes twice: " + same.file() + " and " + file);
            }
        }
        head = check(parts);
    }

    /** Pictures of the whole job. */
    public int pictures() {
        return head.pictures();
    }

    /**
     * Writes the bytes that one process would have written, and their index.
     *
     * @param status hears what is being done
     */
    public void write(Path output, Consumer<String> status) throws IOException {
        Npz.Shape shape = new Npz.Shape(head.pictures(), head.height(), head.width());
        Path index = Path.of(output + SampleIndex.SUFFIX);
        long[] labels = labels();
        try (FolderLock _ = OutputLock.take(index, output);
                NpzSink sink = new NpzSink(output, shape, labels)) {
            for (Part part : parts.values()) {
                status.accept("shard " + part.head().shard());
                copy(part, sink);
            }
            sink.finish();
            Files.deleteIfExists(index);
            try (SampleIndex whole = SampleIndex.open(index, whole(labels))) {
                whole.done(head.pictures());
            }
        }
    }

    private SampleIndex.Head whole(long[] labels) {
        List<Integer> all = labels == null
                ? List.of()
                : Arrays.stream(labels).mapToObj(Math::toIntExact).toList();
        return new SampleIndex.Head(
                head.job(), head.pictures(), head.width(), head.height(), Shard.ALL, all, List.of());
    }

    /** Of all pictures in order; null where no shard has any, as before labels were written. */
    private long[] labels() throws IOException {
        LongStream.Builder all = LongStream.builder();
        Part without = null;
        Part with = null;
        for (Part part : parts.values()) {
            try (NpzFile file = NpzFile.open(part.file())) {
                long[] own = NpzLabels.read(file, part.head().own());
                if (own == null) {
                    without = part;
                } else {
                    with = part;
                    Arrays.stream(own).forEach(all);
                }
            }
        }
        if (with != null && without != null) {
            throw new IOException(without.file() + ": has no labels (" + Npz.LABELS + "), but " + with.file()
                    + " has; draw it again with the same version");
        }
        return with == null ? null : all.build().toArray();
    }

    private void copy(Part part, NpzSink sink) throws IOException {
        byte[] pixels = new byte[RgbImage.CHANNELS * head.width() * head.height()];
        try (NpzFile file = NpzFile.open(part.file());
                NpyReader array = file.open(Npz.PICTURES)) {
            if (array.header().shape().size(0) != part.head().own()) {
                throw new IOException(
                        part.file() + ": holds " + array.header().shape().size(0) + " pictures, its index tells of "
                                + part.head().own());
            }
            for (int i = 0; i < part.head().own(); i++) {
                array.read(pixels);
                sink.accept(new RgbImage(head.width(), head.height(), pixels), null, null);
            }
        }
    }

    private static Part read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException(file + ": there is no such file");
        }
        Path index = Path.of(file + SampleIndex.SUFFIX);
        SampleIndex.Content content = SampleIndex.read(index);
        if (content == null) {
            throw new IOException(index + " is missing: without it nobody knows which shard " + file + " is");
        }
        if (!content.complete()) {
            throw new IOException(file + " is not complete: " + content.done() + " of "
                    + content.head().own() + " pictures; its command goes on with it");
        }
        return new Part(file, content.head());
    }

    private static SampleIndex.Head check(SortedMap<Integer, Part> parts) {
        Part first = parts.get(parts.firstKey());
        for (Part part : parts.values()) {
            String difference = first.head().difference(part.head());
            if (difference.isEmpty()
                    && first.head().shard().of() != part.head().shard().of()) {
                difference = "shards of " + first.head().shard().of() + " and of "
                        + part.head().shard().of();
            }
            if (!difference.isEmpty()) {
                throw new InvalidRequestException(
                        "shard", first.file() + " and " + part.file() + " are of different jobs: " + difference);
            }
        }
        for (int i = 1; i <= first.head().shard().of(); i++) {
            if (!parts.containsKey(i)) {
                throw new InvalidRequestException(
                        "shard", "shard " + new Shard(i, first.head().shard().of()) + " is missing");
            }
        }
        return first.head();
    }
}
