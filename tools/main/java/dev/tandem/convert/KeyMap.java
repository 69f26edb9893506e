package dev.tandem.convert;

import dev.tandem.convert.SourcePart.Kind;
import dev.tandem.convert.format.Checkpoint;
import dev.tandem.tensor.FormatException;
import java.util.ArrayList;
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
     * The models of a checkpoint. Dictionaries without any are left out (an optimizer's state); a tensor beside a model
     * in the same dictionary is an error.
     *
     * @throws FormatException where there is none
     */
    static List<SourcePart> parts(Checkpoint checkpoint) {
        List<SourcePart> parts = new ArrayList<>();
        for (Checkpoint.Dict dict : checkpoint.dicts()) {
            parts.addAll(parts(dict));
        }
        if (parts.isEmpty()) {
            throw new FormatException(
                    checkpoint.path().toString(),
                    "holds neither a VQ-VAE nor a VAR transformer nor an Inception-v3"
                            + checkpoint.dicts().stream()
                                    .flatMap(d -> d.tensors().names().stream())
                                    .findFirst()
                                    .map(n -> " (its first tensor is '" + n + "')")
                                    .orElse(" (it has no tensors)"));
        }
        return parts;
    }

    private static List<SourcePart> parts(Checkpoint.Dict dict) {
        Set<Root> roots = roots(dict.tensors().names());
        if (roots.isEmpty()) {
            return List.of();
        }
        Map<Root, Map<String, String>> names = new LinkedHashMap<>();
        roots.forEach(r -> names.put(r, new LinkedHashMap<>()));
        for (String name : dict.tensors().names()) {
            Root owner = owner(roots, name);
            if (owner == null) {
                throw new FormatException(
                        dict.tensors().origin(), "tensor '" + name + "' belongs to no model that can be converted");
            }
            String own = name.substring(owner.prefix.length());
            if (owner.kind != Kind.INCEPTION || !InceptionRecognition.ignores(own)) {
                names.get(owner).put(own, name);
            }
        }
        List<SourcePart> parts = new ArrayList<>();
        names.forEach((root, map) ->
                parts.add(new SourcePart(root.kind, join(dict.path(), root.prefix), dict.tensors(), map)));
        return parts;
    }

    /** The root with the longest prefix that the name has. */
    private static Root owner(Set<Root> roots, String name) {
        Root best = null;
        for (Root root : roots) {
            boolean shared = roots.stream().filter(r -> r.prefix.equals(root.prefix)).count() > 1;
            if (root.owns(name, shared) && (best == null || root.prefix.length() > best.prefix.length())) {
                best = root;
            }
        }
        return best;
    }

    private static Set<Root> roots(Set<String> names) {
        Map<Root, Integer> hits = new LinkedHashMap<>();
        for (String name : names) {
            MARKERS.forEach((kind, markers) -> {
                for (String marker : markers) {
                    if (name.equals(marker) || name.endsWith("." + marker)) {
                        hits.merge(new Root(kind, name.substring(0, name.length() - marker.length())), 1, Integer::sum);
                    }
                }
            });
        }
        Set<Root> roots = new LinkedHashSet<>();
        hits.forEach((root, count) -> {
            if (count >= ENOUGH) {
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
