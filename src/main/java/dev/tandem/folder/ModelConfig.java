package dev.tandem.folder;

import dev.tandem.model.InceptionConfig;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.tensor.FormatException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code config.json} of a model folder says.
 *
 * @param name for people
 * @param classNames names of the classes, empty where they have none
 * @param parts by name: the tokenizer and the transformers, networks that pictures are compared by
 * @param sampling the settings that the model's makers recommend
 * @param pair the drafter and refiner that are taken where none is named, or null
 */
public record ModelConfig(
        String name, List<String> classNames, Map<String, Part> parts, SamplingDefaults sampling, Pair pair) {

    /** A file of the folder. */
    public sealed interface Part {
        /** File name in the folder. */
        String file();

        /** How its parameters are stored: fp32, fp16, bf16, int8. */
        String dtype();
    }

    /** The tokenizer. */
    public record VaePart(String file, String dtype, VqVaeConfig config) implements Part {}

    /**
     * A transformer.
     *
     * @param draftSteps the N that it was specialised for, or null
     */
    public record VarPart(String file, String dtype, VarConfig config, Integer draftSteps) implements Part {}

    /** A network whose features pictures are compared by. */
    public record InceptionPart(String file, String dtype, InceptionConfig config) implements Part {}

    /** Recommended settings; each null where nothing is recommended. */
    public record SamplingDefaults(
            List<Double> cfg, List<Double> topK, List<Double> topP, List<Double> temperature, Boolean smooth) {
        public static final SamplingDefaults NONE = new SamplingDefaults(null, null, null, null, null);
    }

    /** A drafter, a refiner and the number of scales that the drafter decodes. */
    public record Pair(String drafter, String refiner, int draftSteps) {}

    public ModelConfig {
        classNames = List.copyOf(classNames);
        parts = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(parts));
    }

    /** The tokenizer, if the folder has one. */
    public Optional<Map.Entry<String, VaePart>> tokenizer() {
        return parts.entrySet().stream()
                .filter(e -> e.getValue() instanceof VaePart)
                .map(e -> Map.entry(e.getKey(), (VaePart) e.getValue()))
                .findFirst();
    }

    /** The transformers by name, in the file's order. */
    public Map<String, VarPart> transformers() {
        Map<String, VarPart> out = new LinkedHashMap<>();
        parts.forEach((name, part) -> {
            if (part instanceof VarPart v) {
                out.put(name, v);
            }
        });
        return out;
    }

    /** The networks that pictures are compared by, in the file's order. */
    public Map<String, InceptionPart> inceptions() {
        Map<String, InceptionPart> out = new LinkedHashMap<>();
        parts.forEach((name, part) -> {
            if (part instanceof InceptionPart i) {
                out.put(name, i);
            }
        });
        return out;
    }

    /** A transformer by name. */
    public VarPart transformer(String part, String where) {
        if (parts.get(part) instanceof VarPart v) {
            return v;
        }
        throw new FormatException(
                where,
                "has no transformer '" + part + "'; it has "
                        + (transformers().isEmpty()
                                ? "none"
                                : String.join(", ", transformers().keySet())));
    }

    /** Why a transformer can't work on the codes of a tokenizer; empty where it can. */
    public static Optional<String> mismatch(VqVaeConfig vae, VarConfig var) {
        if (!vae.scales().equals(var.scales())) {
            return Optional.of("patch numbers " + var.scales() + " instead of the tokenizer's " + vae.scales());
        }
        if (vae.vocabulary() != var.vocabulary()) {
            return Optional.of(var.vocabulary() + " codes instead of the tokenizer's " + vae.vocabulary());
        }
        if (vae.codeSize() != var.codeSize()) {
            return Optional.of("codes of " + var.codeSize() + " values instead of the tokenizer's " + vae.codeSize());
        }
        return Optional.empty();
    }
}
