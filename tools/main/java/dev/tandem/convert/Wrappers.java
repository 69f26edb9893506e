package dev.tandem.convert;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Modules that hold another one and nothing of their own: they come and go in tensor names, at any place. */
final class Wrappers {
    private static final Set<String> NAMES = Set.of(
            "module",
            "_module",
            "_orig_mod",
            "_fsdp_wrapped_module",
            "_fpw_module",
            "_checkpoint_wrapped_module",
            "_forward_module");

    private Wrappers() {}

    /** A name without them: {@code module.blocks.0._checkpoint_wrapped_module.attn.q_bias} is {@code blocks.0.attn.q_bias}. */
    static String without(String name) {
        return Arrays.stream(name.split("\\.", -1))
                .filter(n -> !NAMES.contains(n))
                .collect(Collectors.joining("."));
    }
}
