package dev.tandem.convert;

import java.util.List;
import java.util.Map;

/**
 * What was found in a checkpoint.
 *
 * @param origin what an error message calls the checkpoint
 * @param parts the models
 * @param strays tensors beside a model, in the same dictionary
 * @param unknown dictionaries and prefixes of tensors that are no model's, with their number
 */
record FoundParts(String origin, List<SourcePart> parts, List<Stray> strays, Map<String, Integer> unknown) {
    /**
     * A tensor that is no model's.
     *
     * @param name in the dictionary
     * @param own what it is called behind the model's prefix, or without wrappers
     * @param harmless whether it can't be part of what a model computes
     */
    record Stray(String origin, String name, String own, boolean harmless) {}
}
