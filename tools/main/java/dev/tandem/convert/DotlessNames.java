package dev.tandem.convert;

import dev.tandem.convert.format.Checkpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Averaged weights whose names lost their dots, since they are buffers of a module beside the model:
 * {@code model_ema.blocks0attnq_bias} is the average of {@code model.blocks.0.attn.q_bias}.
 */
final class DotlessNames {
    private DotlessNames() {}

    /**
     * The averages of the models of a dictionary.
     *
     * @param rest its tensors that are none of theirs, by name without wrappers; what is found is taken out
     */
    static List<SourcePart> find(
            String path, Checkpoint.Tensors tensors, List<SourcePart> models, Map<String, String> rest) {
        Set<String> prefixes = new TreeSet<>();
        for (String name : rest.keySet()) {
            int dot = name.lastIndexOf('.');
            if (dot > 0 && Weights.at(name.substring(0, dot)) == Weights.EMA) {
                prefixes.add(name.substring(0, dot + 1));
            }
        }
        List<SourcePart> found = new ArrayList<>();
        for (String prefix : prefixes) {
            for (SourcePart model : models) {
                Map<String, String> names = names(model, prefix, rest);
                if (!names.isEmpty()) {
                    String place = prefix.substring(0, prefix.length() - 1);
                    found.add(
                            new SourcePart(model.kind(), path.isEmpty() ? place : path + "." + place, tensors, names));
                    rest.values().removeAll(Set.copyOf(names.values()));
                }
            }
        }
        return found;
    }

    /** The average of every parameter of a model, or nothing. */
    private static Map<String, String> names(SourcePart model, String prefix, Map<String, String> rest) {
        Map<String, String> names = new LinkedHashMap<>();
        String module = null;
        for (String name : model.names()) {
            String dotless = name.replace(".", "");
            if (module == null) {
                // the model may itself have been inside of the module that was averaged
                module = rest.keySet().stream()
                        .filter(n -> n.startsWith(prefix) && n.endsWith(dotless))
                        .map(n -> n.substring(prefix.length(), n.length() - dotless.length()))
                        .min(java.util.Comparator.comparingInt(String::length))
                        .orElse(null);
            }
            String full = module == null ? null : rest.get(prefix + module + dotless);
            if (full != null) {
                names.put(name, full);
            } else if (!SourcePart.isBuffer(name)) {
                return Map.of();
            }
        }
        return names;
    }
}
