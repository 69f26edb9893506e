package dev.tandem.convert;

import dev.tandem.convert.ConversionResult.Written;
import dev.tandem.convert.FoundParts.Stray;
import dev.tandem.convert.SourcePart.Kind;
import dev.tandem.convert.format.Checkpoint;
import dev.tandem.convert.format.CheckpointFiles;
import dev.tandem.folder.ConfigJson;
import dev.tandem.folder.ModelConfig;
import dev.tandem.folder.ModelConfig.InceptionPart;
import dev.tandem.folder.ModelConfig.Part;
import dev.tandem.folder.ModelConfig.VaePart;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.folder.ModelFolder;
import dev.tandem.host.FolderLock;
import dev.tandem.model.Scales;
import dev.tandem.tensor.FormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Turns checkpoints into a model folder, or adds them to one. Tensors stream from the mapped checkpoint to the new file;
 * nothing appears under its name before everything is written.
 */
public final class Converter {
    /**
     * How to convert.
     *
     * @param dtype how parameters are stored; null: each part as it is, without loss
     * @param notes what the tensors don't say
     * @param force whether a part may replace another model of its name, and an alien {@code config.json}
     * @param weights which ones where a checkpoint has raw and averaged ones; null: the average
     * @param ignored patterns of tensors that may be passed over though they are no model's
     */
    public record Options(TargetType dtype, ModelNotes notes, boolean force, Weights weights, List<String> ignored) {
        public Options(TargetType dtype, ModelNotes notes, boolean force) {
            this(dtype, notes, force, null, List.of());
        }
    }

    /** Is told how far the conversion is. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Some bytes further.
         *
         * @param done bytes read of all checkpoints' tensors
         * @param part what is being written
         */
        void at(long done, long total, String part);

        /** Another conversion into the folder must end first. */
        default void waiting(Path folder) {}
    }

    /** Room that is left to a file system. */
    private static final long RESERVE = 1 << 20;

    private final Options options;
    private final Progress progress;
    private final PartialFiles files = new PartialFiles();
    private final Set<String> notes = new LinkedHashSet<>();
    private final ExtraTensors extras;
    private volatile FolderLock lock;

    /** A converter for one conversion. */
    public Converter(Options options, Progress progress) {
        this.options = options;
        this.progress = progress;
        this.extras = new ExtraTensors(options.ignored(), notes::add);
    }

    /** Removes what was written so far, from any thread; the conversion then ends with an IOException. */
    public void abort() {
        if (lock != null) {
            lock.close();
        }
        files.discard();
    }

    /**
     * Converts.
     *
     * @param inputs checkpoints, indices of sharded ones, shards, or folders of these
     * @throws FormatException where an input is not what it should be, or does not fit the folder
     * @throws IOException where a file can't be read or written
     */
    public ConversionResult convert(List<Path> inputs, Path folder) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            List<Path> paths = CheckpointFiles.expand(inputs);
            Map<String, SourcePart> parts = new LinkedHashMap<>();
            List<Stray> strays = new ArrayList<>();
            for (Path path : paths) {
                Checkpoint checkpoint = CheckpointFiles.open(path, arena);
                FoundParts found = KeyMap.find(checkpoint);
                name(checkpoint, new WeightsChoice(options.weights(), notes::add).choose(found), parts);
                strays.addAll(found.strays());
            }
            lock(folder);
            return convert(paths, parts, strays, folder);
        } finally {
            abort();
        }
    }

    /** One conversion at a time: each adds to the config that the one before left. */
    private void lock(Path folder) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new FormatException(folder.toString(), "is a file; the output must be a folder");
        }
        try {
            lock = FolderLock.take(
                    FolderLock.inFolder(folder), () -> files.makeFolder(folder), () -> progress.waiting(folder));
        } catch (IOException e) {
            throw new IOException(folder + ": " + reason(e), e);
        }
    }

    private ConversionResult convert(List<Path> paths, Map<String, SourcePart> parts, List<Stray> strays, Path folder)
            throws IOException {
        ModelConfig before = existing(folder);
        Tokenizers tokenizers = new Tokenizers(options.notes().hints(), notes::add);
        tokenizers.mergeEqual(parts, folder.toString());
        if (!options.force()) {
            tokenizers.mergeStored(parts, before, folder);
        }
        ModelConfig config = new FolderPlan(
                        folder.toString(), before, parts, options.notes(), this::target, options.force())
                .config(String.valueOf(folder.toAbsolutePath().normalize().getFileName()));
        for (String name : parts.keySet()) {
            checkPlace(folder.resolve(config.parts().get(name).file()), paths, before);
        }
        noteAssumedScales(parts, config);
        return write(parts, strays, config, folder);
    }

    private void noteAssumedScales(Map<String, SourcePart> parts, ModelConfig config) {
        for (SourcePart part : parts.values()) {
            if (part.kind() == Kind.VQVAE
                    && !part.has(SourcePart.HITS)
                    && config.transformers().isEmpty()
                    && options.notes().hints().patchNums() == null) {
                notes.add(part.origin() + ": does not tell its scales, taken to be those of 256 pixels "
                        + PatchNums.PIXELS_256 + " (--patch-nums says others)");
            }
        }
    }

    /** Names a file's parts: by its stem, with something behind it where it holds several. */
    private static void name(Checkpoint checkpoint, List<SourcePart> found, Map<String, SourcePart> parts) {
        for (SourcePart part : found) {
            boolean alone = found.stream().filter(p -> p.kind() == part.kind()).count() == 1;
            String name = checkpoint.stem();
            if (found.size() > 1 && part.kind() == Kind.VQVAE && alone) {
                name += "_vae";
            } else if (!alone && !part.location().isEmpty()) {
                name += "_" + part.location().replaceAll("[^A-Za-z0-9_-]+", "_");
            }
            SourcePart other = parts.put(name, part);
            if (other != null) {
                throw new FormatException(
                        part.origin(), "would be part '" + name + "', and so would " + other.origin());
            }
        }
    }

    private ModelConfig existing(Path folder) throws IOException {
        Path config = folder.resolve(ModelFolder.CONFIG);
        if (!Files.exists(config)) {
            return null;
        }
        try {
            return ConfigJson.read(config);
        } catch (FormatException e) {
            if (options.force()) {
                return null;
            }
            throw new FormatException(
                    folder.toString(), "has a config.json that is no model folder's; --force replaces it", e);
        }
    }

    private ConversionResult write(Map<String, SourcePart> parts, List<Stray> strays, ModelConfig config, Path folder)
            throws IOException {
        Map<String, PartWriter> writers = new LinkedHashMap<>();
        List<Written> written = new ArrayList<>();
        long total = 0;
        long size = RESERVE;
        for (Map.Entry<String, SourcePart> e : parts.entrySet()) {
            Part part = config.parts().get(e.getKey());
            Layout layout = Layout.of(part);
            Validation.check(e.getValue(), layout, options.notes().hints().patchNums() != null, extras);
            PartWriter writer = new PartWriter(e.getValue(), layout, scales(part), target(e.getValue(), layout));
            writers.put(e.getKey(), writer);
            total += writer.sourceBytes();
            size += writer.bytes();
            written.add(new Written(
                    e.getKey(),
                    e.getValue().kind().toString(),
                    e.getValue().origin(),
                    folder.resolve(part.file()),
                    layout.parameters(),
                    writer.bytes()));
        }
        extras.check(strays, "belongs to no model that can be converted");
        extras.noteUnused();
        try {
            checkRoom(folder, size);
            write(writers, config, folder, total);
        } catch (IOException e) {
            throw new IOException(folder + ": " + reason(e), e);
        }
        return new ConversionResult(folder, config, List.copyOf(written), List.copyOf(notes));
    }

    private void write(Map<String, PartWriter> writers, ModelConfig config, Path folder, long total)
            throws IOException {
        FloatChunk chunk = new FloatChunk();
        long[] done = {0};
        for (Map.Entry<String, PartWriter> e : writers.entrySet()) {
            LongConsumer report = bytes -> {
                done[0] += bytes;
                progress.at(done[0], total, e.getKey());
            };
            Path place = folder.resolve(config.parts().get(e.getKey()).file());
            e.getValue().write(files.begin(place), Map.of("format", "pt"), chunk, report);
        }
        // last, so that it never speaks of a file that is not there
        Files.writeString(files.begin(folder.resolve(ModelFolder.CONFIG)), ConfigJson.format(config));
        files.commit();
    }

    private void checkPlace(Path place, List<Path> sources, ModelConfig before) throws IOException {
        if (!Files.exists(place)) {
            return;
        }
        for (Path source : sources) {
            if (Files.isSameFile(place, source)) {
                throw new FormatException(
                        place.toString(), "would be overwritten by its own conversion; choose another folder");
            }
        }
        boolean ours = before != null
                && before.parts().values().stream()
                        .anyMatch(p -> p.file().equals(place.getFileName().toString()));
        if (!ours && !options.force()) {
            throw new FormatException(place.toString(), "is there already and no part of a model; --force replaces it");
        }
    }

    private static void checkRoom(Path folder, long size) throws IOException {
        long room = Files.getFileStore(folder).getUsableSpace();
        if (room < size) {
            throw new IOException("needs " + (size >> 20) + " MiB, but only " + (room >> 20) + " MiB are free there");
        }
    }

    private TargetType target(SourcePart part, Layout layout) {
        return options.dtype() == null ? TargetType.lossless(part, layout) : options.dtype();
    }

    /** The exceptions of a file system often have but the path as their message. */
    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException a -> "no permission to write " + a.getFile();
            case FileSystemException f ->
                f.getReason() == null ? "can't write " + f.getFile() : f.getReason() + " (" + f.getFile() + ")";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static Scales scales(Part part) {
        return switch (part) {
            case VaePart p -> p.config().scales();
            case VarPart p -> p.config().scales();
            // has none, nor tensors that are checked against them
            case InceptionPart p -> null;
        };
    }
}
