package dev.tandem.convert;

import dev.tandem.convert.SourcePart.Kind;
import dev.tandem.folder.ModelConfig;
import dev.tandem.folder.ModelConfig.VaePart;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Safetensors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A folder has one tokenizer; trainers' checkpoints bring a copy of it with them, which is the same one. */
final class Tokenizers {
    private final Hints hints;
    private final Consumer<String> note;

    /** @param note takes a line for people */
    Tokenizers(Hints hints, Consumer<String> note) {
        this.hints = hints;
        this.note = note;
    }

    /**
     * Takes out tokenizers that are the same as another of the parts.
     *
     * @param parts by name
     * @throws FormatException where two differ
     */
    void mergeEqual(Map<String, SourcePart> parts, String folder) {
        Map<String, SourcePart> all = new LinkedHashMap<>();
        parts.forEach((name, part) -> {
            if (part.kind() == Kind.VQVAE) {
                all.put(name, part);
            }
        });
        if (all.size() < 2) {
            return;
        }
        // one that was a file of its own has the better name
        String kept = all.entrySet().stream()
                .filter(e -> e.getValue().location().isEmpty())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(all.keySet().iterator().next());
        all.forEach((name, part) -> {
            if (!name.equals(kept)) {
                SameWeights.difference(all.get(kept), part).ifPresent(tensor -> {
                    throw new FormatException(
                            folder,
                            "can hold one tokenizer, but '" + kept + "' and '" + name + "' differ in '" + tensor + "'");
                });
                parts.remove(name);
                note.accept(part.origin() + ": its tokenizer is the same as '" + kept + "'");
            }
        });
    }

    /** Takes out a tokenizer of another name that is the same as the folder's, stored as that is. */
    void mergeStored(Map<String, SourcePart> parts, ModelConfig before, Path folder) throws IOException {
        Map.Entry<String, VaePart> old =
                before == null ? null : before.tokenizer().orElse(null);
        List<String> names = parts.keySet().stream()
                .filter(n -> parts.get(n).kind() == Kind.VQVAE)
                .toList();
        if (old == null || names.size() != 1 || names.getFirst().equals(old.getKey())) {
            return;
        }
        SourcePart added = parts.get(names.getFirst());
        if (stored(added, old.getValue(), folder)) {
            parts.remove(names.getFirst());
            note.accept(added.origin() + ": its tokenizer is the same as the folder's '" + old.getKey() + "'");
        }
    }

    private boolean stored(SourcePart added, VaePart old, Path folder) throws IOException {
        Optional<TargetType> type = TargetType.labelled(old.dtype());
        Path file = folder.resolve(old.file());
        if (type.isEmpty() || !Files.isRegularFile(file) || !sameConfig(added, old)) {
            return false;
        }
        Layout layout = Layout.of(old.config());
        Path trial = Files.createTempFile(folder, ".tokenizer", ".partial");
        try (Arena arena = Arena.ofConfined()) {
            new PartWriter(added, layout, old.config().scales(), type.get())
                    .write(trial, Map.of(), new FloatChunk(), bytes -> {});
            return SameWeights.difference(Safetensors.open(trial, arena), Safetensors.open(file, arena))
                    .isEmpty();
        } catch (FormatException e) {
            // whatever is wrong with one of them, they are not the same
            return false;
        } finally {
            Files.deleteIfExists(trial);
        }
    }

    private boolean sameConfig(SourcePart added, VaePart old) {
        try {
            return VqVaeRecognition.of(added, old.config().scales(), hints).equals(old.config());
        } catch (FormatException e) {
            return false;
        }
    }
}
