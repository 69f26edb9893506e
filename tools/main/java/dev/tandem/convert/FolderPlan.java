package dev.tandem.convert;

import dev.tandem.convert.SourcePart.Kind;
import dev.tandem.folder.ModelConfig;
import dev.tandem.folder.ModelConfig.InceptionPart;
import dev.tandem.folder.ModelConfig.Part;
import dev.tandem.folder.ModelConfig.SamplingDefaults;
import dev.tandem.folder.ModelConfig.VaePart;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.model.InceptionConfig;
import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.FormatException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Works out the config of a model folder from the parts that are to be added and those it has; touches no file. */
final class FolderPlan {
    private final ModelNotes notes;
    private final BiFunction<SourcePart, Layout, TargetType> target;
    private final boolean force;
    private final String folder;
    private final ModelConfig before;
    private final Map<String, SourcePart> added;

    /**
     * @param folder what an error message calls the folder
     * @param before its config so far, null where it has none
     * @param added the new parts by name
     * @param target how a part's parameters are to be stored
     * @param force whether a part may replace another model of its name
     */
    FolderPlan(
            String folder,
            ModelConfig before,
            Map<String, SourcePart> added,
            ModelNotes notes,
            BiFunction<SourcePart, Layout, TargetType> target,
            boolean force) {
        this.folder = folder;
        this.before = before;
        this.added = added;
        this.notes = notes;
        this.target = target;
        this.force = force;
    }

    ModelConfig config(String usualName) {
        Map<String, VarPart> transformers = transformers();
        Map<String, Part> parts = new LinkedHashMap<>();
        tokenizer(transformers).ifPresent(e -> parts.put(e.getKey(), e.getValue()));
        parts.putAll(transformers);
        parts.putAll(inceptions());
        checkFit(parts, transformers);
        checkReplaced(parts);
        return new ModelConfig(
                Hints.first(notes.name(), before == null ? usualName : before.name()),
                classNames(transformers),
                parts,
                Hints.first(notes.sampling(), before == null ? SamplingDefaults.NONE : before.sampling()),
                new Pairing(folder, transformers).choose(notes.pair(), before == null ? null : before.pair()));
    }

    private Map<String, VarPart> transformers() {
        Map<String, VarPart> all = new LinkedHashMap<>(before == null ? Map.of() : before.transformers());
        added.forEach((name, part) -> {
            if (part.kind() == Kind.VAR) {
                VarConfig config = VarRecognition.of(part, notes.hints());
                String dtype = target.apply(part, Layout.of(config)).label();
                all.put(name, new VarPart(file(name), dtype, config, Pairing.draftSteps(name)));
            } else {
                all.remove(name);
            }
        });
        return all;
    }

    private Map<String, InceptionPart> inceptions() {
        Map<String, InceptionPart> all = new LinkedHashMap<>(before == null ? Map.of() : before.inceptions());
        added.forEach((name, part) -> {
            if (part.kind() == Kind.INCEPTION) {
                InceptionConfig config = InceptionRecognition.of(part);
                String dtype = target.apply(part, Layout.of(config)).label();
                all.put(name, new InceptionPart(file(name), dtype, config));
            } else {
                all.remove(name);
            }
        });
        return all;
    }

    static String file(String part) {
        return part + ".safetensors";
    }

    private Optional<Map.Entry<String, VaePart>> tokenizer(Map<String, VarPart> transformers) {
        Optional<Map.Entry<String, VaePart>> old = before == null ? Optional.empty() : before.tokenizer();
        List<String> names = added.entrySet().stream()
                .filter(e -> e.getValue().kind() == Kind.VQVAE)
                .map(Map.Entry::getKey)
                .toList();
        if (names.size() > 1) {
            throw new FormatException(
                    folder,
                    "can hold one tokenizer, but '" + names.get(0) + "' and '" + names.get(1) + "' are both one");
        }
        if (names.isEmpty()) {
            return old.filter(e -> !added.containsKey(e.getKey()))
                    .map(e -> Map.entry(e.getKey(), rescaled(e, transformers)));
        }
        String name = names.getFirst();
        if (old.isPresent() && !old.get().getKey().equals(name) && !force) {
            throw new FormatException(
                    folder,
                    "has the tokenizer '" + old.get().getKey() + "' already; --force puts '" + name + "' in its place");
        }
        SourcePart part = added.get(name);
        VqVaeConfig config = VqVaeRecognition.of(part, scales(part, transformers), notes.hints());
        String dtype = target.apply(part, Layout.of(config)).label();
        return Optional.of(Map.entry(name, new VaePart(file(name), dtype, config)));
    }

    /** A tokenizer serves any scales, so they are those of the transformers beside it. */
    private Scales scales(SourcePart tokenizer, Map<String, VarPart> transformers) {
        if (notes.hints().patchNums() != null) {
            return PatchNums.scales(tokenizer.origin(), notes.hints().patchNums());
        }
        return transformers.values().stream()
                .findFirst()
                .map(v -> v.config().scales())
                .orElseGet(() -> VqVaeRecognition.usualScales(tokenizer));
    }

    /** Where a tokenizer was converted before any transformer, its scales were only assumed. */
    private VaePart rescaled(Map.Entry<String, VaePart> old, Map<String, VarPart> transformers) {
        VaePart part = old.getValue();
        VqVaeConfig c = part.config();
        boolean assumed = before.transformers().isEmpty()
                && c.phiSharing() > 0
                && c.scales().patchNums().equals(PatchNums.PIXELS_256);
        if (!assumed || transformers.isEmpty()) {
            return part;
        }
        Scales scales = transformers.values().iterator().next().config().scales();
        VqVaeConfig config = new VqVaeConfig(
                c.vocabulary(),
                c.codeSize(),
                c.channels(),
                c.multipliers(),
                c.resBlocks(),
                scales,
                c.phiSharing(),
                c.phiRatio(),
                c.normGroups(),
                c.normEps(),
                c.normalisedCodes());
        return new VaePart(part.file(), part.dtype(), config);
    }

    private void checkFit(Map<String, Part> parts, Map<String, VarPart> transformers) {
        VqVaeConfig vae = parts.values().stream()
                .filter(VaePart.class::isInstance)
                .map(p -> ((VaePart) p).config())
                .findFirst()
                .orElse(null);
        VarConfig first =
                transformers.values().stream().findFirst().map(VarPart::config).orElse(null);
        transformers.forEach((name, part) -> {
            Optional<String> mismatch =
                    vae != null ? ModelConfig.mismatch(vae, part.config()) : codesMismatch(first, part.config());
            mismatch.ifPresent(m -> {
                throw new FormatException(
                        origin(name), "'" + name + "' can't join the other parts of " + folder + ": it has " + m);
            });
        });
    }

    private static Optional<String> codesMismatch(VarConfig one, VarConfig other) {
        if (!one.scales().equals(other.scales())) {
            return Optional.of("patch numbers " + other.scales() + " instead of " + one.scales());
        }
        if (one.vocabulary() != other.vocabulary() || one.codeSize() != other.codeSize()) {
            return Optional.of(other.vocabulary() + " codes of " + other.codeSize() + " values instead of "
                    + one.vocabulary() + " of " + one.codeSize());
        }
        return Optional.empty();
    }

    private String origin(String part) {
        return added.containsKey(part) ? added.get(part).origin() : folder;
    }

    /** The same model may be converted again, to another type for instance; another one must not vanish unasked. */
    private void checkReplaced(Map<String, Part> parts) {
        if (before == null || force) {
            return;
        }
        for (String name : added.keySet()) {
            Part old = before.parts().get(name);
            boolean same = switch (old) {
                case VaePart o ->
                    parts.get(name) instanceof VaePart n && n.config().equals(o.config());
                case VarPart o ->
                    parts.get(name) instanceof VarPart n && n.config().equals(o.config());
                case InceptionPart o ->
                    parts.get(name) instanceof InceptionPart n && n.config().equals(o.config());
                case null -> true;
            };
            if (!same) {
                throw new FormatException(folder, "has another model '" + name + "' already; --force replaces it");
            }
        }
    }

    private List<String> classNames(Map<String, VarPart> transformers) {
        List<String> names = Hints.first(notes.classNames(), before == null ? List.of() : before.classNames());
        for (Map.Entry<String, VarPart> e : transformers.entrySet()) {
            int classes = e.getValue().config().classes();
            if (names.isEmpty()) {
                names = ClassNames.usual(classes);
            } else if (names.size() != classes) {
                throw new FormatException(
                        origin(e.getKey()), "has " + classes + " classes, but " + names.size() + " names are given");
            }
        }
        return names;
    }
}
