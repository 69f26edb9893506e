package dev.tandem.convert.format;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the dictionaries of tensors in what a checkpoint's pickle holds, however deep. */
final class StateDicts {
    private static final int DEEPEST = 32;

    private final String origin;
    private final StorageFile file;
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Checkpoint.Dict> found = new ArrayList<>();

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
        if (depth > DEEPEST || !seen.add(value)) {
            return;
        }
        if (value instanceof PyDict dict) {
            Map<String, TorchTensor> tensors = new LinkedHashMap<>();
            dict.entries().forEach((key, item) -> {
                if (key instanceof String name && item instanceof TorchTensor tensor) {
                    tensors.put(name, tensor);
                }
            });
            if (!tensors.isEmpty()) {
                found.add(new Checkpoint.Dict(path, new TorchTensors(origin, tensors, file)));
            }
            dict.entries().forEach((key, item) -> descend(path, key, item, depth));
        } else if (value instanceof PyList list) {
            for (int i = 0; i < list.items().size(); i++) {
                descend(path, i, list.items().get(i), depth);
            }
        }
    }

    private void descend(String path, Object key, Object item, int depth) {
        if (item instanceof PyDict || item instanceof PyList) {
            String name = key instanceof String || key instanceof Number ? key.toString() : "?";
            visit(path.isEmpty() ? name : path + "." + name, item, depth + 1);
        }
    }
}
