package dev.tandem.cli;

import dev.tandem.cli.option.VerbosityOptions;
import dev.tandem.cli.terminal.StatusLine;
import dev.tandem.cli.terminal.Terminal;
import dev.tandem.host.FolderLock;
import dev.tandem.image.Npz;
import dev.tandem.image.NpzLabels;
import dev.tandem.image.RgbImage;
import dev.tandem.job.OutputLock;
import dev.tandem.job.SampleIndex;
import dev.tandem.job.Shard;
import dev.tandem.npy.NpyReader;
import dev.tandem.npy.NpzFile;
import dev.tandem.output.NpzSink;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts the shards of a sampling job together. */
@Command(
        name = "merge",
        description = "Puts the shards of `tandem sample` together: the same bytes that one process gives.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  tandem merge samples.shard-*.npz -o samples.npz",
            "",
            "Every shard's index must lie beside it. Shards of a folder of PNG files need no merging."
        })
final class MergeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "SHARD", arity = "1..*", description = "The npz files, in any order.")
    private List<Path> shards = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            description = "Where to.")
    private Path output;

    @Mixin
    private VerbosityOptions verbosity;

    MergeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    private record Part(Path file, SampleIndex.Head head) {}

    @Override
    public Integer call() throws IOException {
        TreeMap<Integer, Part> parts = new TreeMap<>();
        for (Path file : shards) {
            Part part = read(file);
            Part same = parts.putIfAbsent(part.head().shard().number(), part);
            if (same != null) {
                throw new InvalidRequestException("shard " + part.head().shard() + " comes twice: " + same.file() + " and " + file);
            }
        }
        SampleIndex.Head head = check(parts);
        Npz.Shape shape = new Npz.Shape(head.pictures(), head.height(), head.width());
        Path index = Path.of(output + SampleIndex.SUFFIX);
        long[] labels = labels(parts);
        try (FolderLock _ = OutputLock.take(index, output);
                StatusLine line = new StatusLine(terminal, verbosity.quiet);
                NpzSink sink = new NpzSink(output, shape, labels)) {
            byte[] pixels = new byte[RgbImage.CHANNELS * head.width() * head.height()];
            for (Part part : parts.values()) {
                line.show("shard " + part.head().shard());
                try (NpzFile file = NpzFile.open(part.file());
                        NpyReader array = file.open(Npz.PICTURES)) {
                    if (array.header().shape().size(0) != part.head().own()) {
                        throw new IOException(part.file() + ": holds " + array.header().shape().size(0)
                                + " pictures, its index tells of " + part.head().own());
                    }
                    for (int i = 0; i < part.head().own(); i++) {
                        array.read(pixels);
                        sink.accept(new RgbImage(head.width(), head.height(), pixels), null, null);
                    }
                }
            }
            sink.finish();
            Files.deleteIfExists(index);
            try (SampleIndex whole = SampleIndex.open(index, whole(head, labels))) {
                whole.done(head.pictures());
            }
        }
        if (!verbosity.quiet) {
            terminal.out().println(output + ": " + head.pictures() + " pictures of " + parts.size() + " shards");
        }
        return Main.OK;
    }

    private static SampleIndex.Head whole(SampleIndex.Head shard, long[] labels) {
        List<Integer> all = labels == null
                ? List.of()
                : Arrays.stream(labels).mapToObj(Math::toIntExact).toList();
        return new SampleIndex.Head(
                shard.job(), shard.pictures(), shard.width(), shard.height(), Shard.ALL, all, List.of());
    }

    /** Of all pictures in order; null where no shard has any, as before labels were written. */
    private static long[] labels(TreeMap<Integer, Part> parts) throws IOException {
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

    private static SampleIndex.Head check(TreeMap<Integer, Part> parts) {
        Part first = parts.firstEntry().getValue();
        for (Part part : parts.values()) {
            String difference = first.head().difference(part.head());
            if (difference.isEmpty() && first.head().shard().of() != part.head().shard().of()) {
                difference = "shards of " + first.head().shard().of() + " and of " + part.head().shard().of();
            }
            if (!difference.isEmpty()) {
                throw new InvalidRequestException(
                        first.file() + " and " + part.file() + " are of different jobs: " + difference);
            }
        }
        for (int i = 1; i <= first.head().shard().of(); i++) {
            if (!parts.containsKey(i)) {
                throw new InvalidRequestException("shard " + new Shard(i, first.head().shard().of()) + " is missing");
            }
        }
        return first.head();
    }
}
