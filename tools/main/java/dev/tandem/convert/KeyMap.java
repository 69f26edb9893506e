package dev.tandem.convert;

import dev.tandem.convert.FoundParts.Stray;
import dev.tandem.convert.SourcePart.Kind;
import dev.tandem.convert.format.Checkpoint;
import dev.tandem.tensor.FormatException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds models in a checkpoint by the names of their tensors, whatever stands before these ({@code module.},
 * {@code _orig_mod.}, {@code vae_local.}) and however deep the dictionary lies.
 */
final class KeyMap {
    /** Tensors that tell a kind; some may be missing, which is then said by name. */
    private static final Map<Kind, List<String>> MARKERS = Map.of(
            Kind.VAR,
            List.of(
                    "pos_start",
                    "pos_1LC",
                    "lvl_1L",
                    "lvl_embed.weight",
                    "word_embed.weight",
                    "class_emb.weight",
                    "head_nm.ada_lin.1.weight",
                    "blocks.0.attn.mat_qkv.weight"),
            Kind.VQVAE,
            List.of(
                    "encoder.conv_in.weight",
                    "encoder.conv_out.weight",
                    "decoder.conv_in.weight",
                    "decoder.conv_out.weight",
                    "quantize.embedding.weight",
                    "quant_conv.weight",
                    "post_quant_conv.weight"),
            Kind.INCEPTION,
            List.of(
                    "Conv2d_1a_3x3.conv.weight",
                    "Mixed_5b.branch1x1.conv.weight",
                    "Mixed_6a.branch3x3.conv.weight",
                    "Mixed_7c.branch_pool.conv.weight"));

    private static final int ENOUGH = 2;
    private static final List<String> VQVAE_MODULES =
            List.of("encoder.", "decoder.", "quantize.", "quant_conv.", "post_quant_conv.");

    private record Root(Kind kind, String prefix) {
        boolean owns(String name, boolean shared) {
            return name.startsWith(prefix)
                    && (!shared || vqvae(name.substring(prefix.length())) == (kind == Kind.VQVAE));
        }

        private static boolean vqvae(String name) {
            return VQVAE_MODULES.stream().anyMatch(name::startsWith);
        }
    }

    private KeyMap() {}

    /**
     * The models of a checkpoint. Dictionaries without any are left out (an optimizer's state).
     *
     * @throws FormatException where there is none
     */
    static FoundParts find(Checkpoint checkpoint) {
        List<SourcePart> parts = new ArrayList<>();
        List<Stray> strays = new ArrayList<>();
        Map<String, Integer> unknown = new LinkedHashMap<>();
        for (Checkpoint.Dict dict : checkpoint.dicts()) {
            find(dict, parts, strays, unknown);
        }
        if (parts.isEmpty()) {
            throw new FormatException(checkpoint.path().toString(), nothing(checkpoint));
        }
        return new FoundParts(checkpoint.path().toString(), parts, strays, unknown);
    }

    private static String nothing(Checkpoint checkpoint) {
        for (Checkpoint.Dict dict : checkpoint.dicts()) {
            for (String name : dict.tensors().names()) {
                if (name.endsWith("_flat_param") || name.equals("flat_param_0")) {
                    return "has FSDP's flat parameters, which name no tensors; save it with FULL_STATE_DICT";
                }
                if (name.startsWith("base_model.") && name.contains(".lora_")) {
                    return "has LoRA adapters alone; merge them into the model (merge_and_unload) and save that";
                }
            }
        }
        String none = "holds neither a VQ-VAE nor a VAR transformer nor an Inception-v3";
        for (Checkpoint.Dict dict : checkpoint.dicts()) {
            for (String name : dict.tensors().names()) {
                return none + " (its first tensor is '" + name + "')";
            }
        }
        for (Checkpoint.Dict dict : checkpoint.dicts()) {
            for (Map.Entry<String, String> other : dict.tensors().others().entrySet()) {
                return none + ": it has no tensors ('" + other.getKey() + "' " + other.getValue() + ")";
            }
        }
        return none + " (it has no tensors)";
    }

    private static void find(
            Checkpoint.Dict dict, List<SourcePart> parts, List<Stray> strays, Map<String, Integer> unknown) {
        Checkpoint.Tensors tensors = dict.tensors();
        Map<String, String> nameOf = withoutWrappers(tensors);
        Set<Root> roots = roots(nameOf.keySet());
        if (roots.isEmpty()) {
            unknown.merge(dict.path(), tensors.names().size(), Integer::sum);
            return;
        }
        Map<Root, Map<String, String>> names = new LinkedHashMap<>();
        roots.forEach(r -> names.put(r, new LinkedHashMap<>()));
        Map<String, String> rest = new LinkedHashMap<>();
        nameOf.forEach((name, full) -> {
            Root owner = owner(roots, name);
            String own = owner == null ? name : name.substring(owner.prefix.length());
            // no model's own modules are called an average
            if (owner == null || Weights.at(own.substring(0, Math.max(0, own.lastIndexOf('.')))) == Weights.EMA) {
                rest.put(name, full);
            } else if (owner.kind != Kind.INCEPTION || !InceptionRecognition.ignores(own)) {
                names.get(owner).put(own, full);
            }
        });
        List<SourcePart> here = new ArrayList<>();
        names.forEach((root, map) -> here.add(new SourcePart(root.kind, join(dict.path(), root.prefix), tensors, map)));
        here.addAll(DotlessNames.find(dict.path(), tensors, here, rest));
        rest.forEach((name, full) -> {
            strays.add(new Stray(tensors.origin(), full, name, ExtraTensors.harmless(tensors, full, true)));
            int dot = name.indexOf('.');
            unknown.merge(dot < 0 ? "" : join(dict.path(), name.substring(0, dot + 1)), 1, Integer::sum);
        });
        parts.addAll(here);
    }

    /** The names of a dictionary without wrappers, each with the name it has there. */
    private static Map<String, String> withoutWrappers(Checkpoint.Tensors tensors) {
        Map<String, String> out = new LinkedHashMap<>();
        for (String full : tensors.names()) {
            String other = out.put(Wrappers.without(full), full);
            if (other != null) {
                throw new FormatException(
                        tensors.origin(), "tensors '" + other + "' and '" + full + "' are the same but for wrappers");
            }
        }
        return out;
    }

    /** The root with the longest prefix that the name has. */
    private static Root owner(Set<Root> roots, String name) {
        Root best = null;
        for (Root root : roots) {
            boolean shared =
                    roots.stream().filter(r -> r.prefix.equals(root.prefix)).count() > 1;
            if (root.owns(name, shared) && (best == null || root.prefix.length() > best.prefix.length())) {
                best = root;
            }
        }
        return best;
    }

    private static Set<Root> roots(Set<String> names) {
        Map<Root, Integer> hits = new LinkedHashMap<>();
        Set<Root> nested = new HashSet<>();
        for (String name : names) {
            MARKERS.forEach((kind, markers) -> {
                for (String marker : markers) {
                    if (name.equals(marker) || name.endsWith("." + marker)) {
                        Root root = new Root(kind, name.substring(0, name.length() - marker.length()));
                        hits.merge(root, 1, Integer::sum);
                        if (marker.indexOf('.') > 0) {
                            nested.add(root);
                        }
                    }
                }
            });
        }
        Set<Root> roots = new LinkedHashSet<>();
        hits.forEach((root, count) -> {
            // names without any dot are those of an average whose dots were taken out
            if (count >= ENOUGH && nested.contains(root)) {
                roots.add(root);
            }
        });
        return roots;
    }

    private static String join(String path, String prefix) {
        String last = prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
        return path.isEmpty() || last.isEmpty() ? path + last : path + "." + last;
    }
}
