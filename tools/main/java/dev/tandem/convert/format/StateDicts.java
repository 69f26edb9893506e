package dev.tandem.convert.format;

import dev.tandem.tensor.FormatException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the dictionaries of tensors in what a checkpoint's pickle holds, however deep: dicts, lists of tensors by their
 * numbers, and modules that were pickled whole, which are read as their {@code state_dict()} would be.
 */
final class StateDicts {
    private static final int DEEPEST = 32;
    /** Modules may be shared, so that a short file could name endlessly many. */
    private static final int MOST_MODULES = 100_000;

    private static final String PARAMETERS = "_parameters";
    private static final String BUFFERS = "_buffers";
    private static final String MODULES = "_modules";
    private static final String UNSAVED = "_non_persistent_buffers_set";

    private final String origin;
    private final StorageFile file;
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Checkpoint.Dict> found = new ArrayList<>();
    private int modules;

    private StateDicts(String origin, StorageFile file) {
        this.origin = origin;
        this.file = file;
    }

    static List<Checkpoint.Dict> in(Object root, String origin, StorageFile file) {
        StateDicts walk = new StateDicts(origin, file);
        walk.visit("", root, 0);
        return walk.found;
    }

    private void visit(String path, Object value, int depth) {
        // a value may hold itself, and the same one may stand in many places
        if (value == null || depth > DEEPEST || !seen.add(value)) {
            return;
        }
        switch (value) {
            case PyDict dict -> {
                add(path, dict.entries());
                dict.entries().forEach((key, item) -> descend(path, key, item, depth));
            }
            case PyList list -> {
                Map<Object, Object> numbered = new LinkedHashMap<>();
                for (int i = 0; i < list.items().size(); i++) {
                    Object item = list.items().get(i);
                    if (item instanceof TorchTensor) {
                        numbered.put(String.valueOf(i), item);
                    } else {
                        descend(path, i, item, depth);
                    }
                }
                add(path, numbered);
            }
            case Foreign module when state(module) != null -> module(path, module, depth);
            case Foreign object -> {
                visit(path, object.entries(), depth + 1);
                visit(path, object.items(), depth + 1);
                visit(path, object.state(), depth + 1);
                object.arguments().forEach(a -> descend(path, "?", a, depth));
            }
            default -> {
                // plain
            }
        }
    }

    private void descend(String path, Object key, Object item, int depth) {
        if (item instanceof PyDict || item instanceof PyList || item instanceof Foreign) {
            visit(join(path, key instanceof String || key instanceof Number ? key.toString() : "?"), item, depth + 1);
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() || name.isEmpty() ? path + name : path + "." + name;
    }

    private void add(String path, Map<Object, Object> entries) {
        Map<String, TorchTensor> tensors = new LinkedHashMap<>();
        Map<String, String> others = new LinkedHashMap<>();
        entries.forEach((key, item) -> {
            if (key instanceof String name && item instanceof TorchTensor tensor) {
                tensors.put(name, tensor);
            } else if (key instanceof String name && item instanceof Foreign foreign) {
                others.put(name, "is " + foreign.what() + ", not a tensor");
            }
        });
        add(path, tensors, others);
    }

    private void add(String path, Map<String, TorchTensor> tensors, Map<String, String> others) {
        if (!tensors.isEmpty() || !others.isEmpty()) {
            found.add(new Checkpoint.Dict(path, new TorchTensors(origin, tensors, others, file)));
        }
    }

    /** The attributes of a pickled module, null where an object is none. */
    private static Map<Object, Object> state(Object object) {
        return object instanceof Foreign f
                        && f.state() instanceof PyDict state
                        && state.entries().get(PARAMETERS) instanceof PyDict
                        && state.entries().get(MODULES) instanceof PyDict
                ? state.entries()
                : null;
    }

    private void module(String path, Foreign module, int depth) {
        Map<String, TorchTensor> tensors = new LinkedHashMap<>();
        Map<String, Foreign> all = new LinkedHashMap<>();
        flatten("", module, tensors, all, depth);
        add(path, tensors, Map.of());
        // a module may keep others outside of its state_dict, as VAR does its tokenizer
        all.forEach((prefix, inner) -> state(inner).forEach((key, item) -> {
            if (!PARAMETERS.equals(key) && !BUFFERS.equals(key) && !MODULES.equals(key)) {
                descend(join(path, prefix), key, item, depth);
            }
        }));
    }

    private void flatten(
            String prefix, Foreign module, Map<String, TorchTensor> tensors, Map<String, Foreign> all, int depth) {
        if (++modules > MOST_MODULES) {
            throw new FormatException(origin, "has more modules than any model");
        }
        if (depth > 2 * DEEPEST) {
            return;
        }
        seen.add(module);
        all.put(prefix, module);
        Map<Object, Object> state = state(module);
        Object unsaved = state.get(UNSAVED);
        ((PyDict) state.get(PARAMETERS)).entries().forEach((key, item) -> put(prefix, key, item, tensors));
        if (state.get(BUFFERS) instanceof PyDict buffers) {
            buffers.entries().forEach((key, item) -> {
                if (!(unsaved instanceof PyList list && list.items().contains(key))) {
                    put(prefix, key, item, tensors);
                }
            });
        }
        ((PyDict) state.get(MODULES)).entries().forEach((key, item) -> {
            if (item instanceof Foreign child && state(child) != null) {
                flatten(join(prefix, String.valueOf(key)), child, tensors, all, depth + 1);
            }
        });
    }

    private static void put(String prefix, Object key, Object item, Map<String, TorchTensor> tensors) {
        if (item instanceof TorchTensor tensor) {
            tensors.put(join(prefix, String.valueOf(key)), tensor);
        }
    }
}
