package dev.tandem.convert.format;

import dev.tandem.convert.format.TorchGlobals.Function;
import dev.tandem.convert.format.TorchGlobals.Unreadable;
import dev.tandem.tensor.FormatException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A torch checkpoint's pickle: tensors and plain data become what they are, everything else a {@link Foreign} object.
 * Nothing is ever loaded, made or called. A pickle that would have run something in Python is refused all the same: it
 * is an attack on whoever opens it elsewhere, and its weights deserve no trust.
 */
final class TorchHost implements PickleHost {
    private static final int LONGEST_NAME = 4096;
    private static final int MOST_COPIES = 2_000_000;

    private final String where;
    private final Map<String, TorchStorage> storages = new LinkedHashMap<>();
    private long copied;

    TorchHost(String where) {
        this.where = where;
    }

    /** Every storage that was referred to, by key. */
    Map<String, TorchStorage> storages() {
        return storages;
    }

    @Override
    public Object global(String module, String name) {
        if (module.length() + name.length() > LONGEST_NAME) {
            throw new FormatException(where, "the pickle names a global of more than " + LONGEST_NAME + " characters");
        }
        return TorchGlobals.of(module, name);
    }

    @Override
    public Object call(Object callee, List<Object> arguments) {
        return switch (callee) {
            case Function function -> call(function, arguments);
            case Unreadable unreadable -> TorchTensor.unreadable(unreadable.problem());
            case TorchType type -> Foreign.object("torch." + type.name(), arguments);
            case Foreign f
            when TorchGlobals.runs(f.name()) ->
                throw new FormatException(
                        where,
                        "would have run '" + f.name() + "' in Python; nothing was run here, but don't trust this file");
            case Foreign f -> Foreign.object(f.name(), arguments);
            case null, default -> throw new FormatException(where, "the pickle calls what is no function");
        };
    }

    private Object call(Function function, List<Object> arguments) {
        return switch (function) {
            case DICT -> dict(arguments);
            case LIST -> arguments.isEmpty() || !(arguments.getFirst() instanceof PyList list) ? new PyList() : list;
            case PARAMETER -> TensorRebuild.parameter(arguments);
            case TENSOR -> TensorRebuild.tensor(arguments);
            case TENSOR_WITH_TYPE -> TensorRebuild.tensorWithType(arguments);
            case FROM_CPU_TENSOR -> TensorRebuild.fromCpuTensor(arguments);
            case FROM_TYPE -> fromType(arguments);
            case OBJECT_OF_FIRST -> objectOfFirst(arguments);
            case ATTRIBUTE -> attribute(arguments);
        };
    }

    private Object fromType(List<Object> arguments) {
        if (arguments.size() < 3
                || !TensorRebuild.rebuilds(arguments.getFirst())
                || !(arguments.get(2) instanceof PyList list)) {
            return TorchTensor.unreadable("is rebuilt in an unknown way");
        }
        return TensorRebuild.fromType(call(arguments.getFirst(), list.items()), arguments);
    }

    /** Class, base, what the base is made of: an object of protocol 0 and 1. */
    private Object objectOfFirst(List<Object> arguments) {
        if (arguments.isEmpty()) {
            return Foreign.object("copyreg", arguments);
        }
        if (!(arguments.getFirst() instanceof Foreign type)) {
            return call(arguments.getFirst(), arguments.subList(1, arguments.size()));
        }
        Object object = call(type, arguments.subList(1, arguments.size()));
        if (object instanceof Foreign made && arguments.getLast() instanceof PyDict dict) {
            charge(dict.entries().size());
            made.entries().entries().putAll(dict.entries());
        }
        return object;
    }

    private Object attribute(List<Object> arguments) {
        return arguments.size() > 1 && arguments.get(0) instanceof Foreign f && arguments.get(1) instanceof String name
                ? global(f.name(), name)
                : Foreign.object("builtins.getattr", arguments);
    }

    /** {@code OrderedDict()}, or one of a dict's or of pairs; a default dict's first argument is a type. */
    private PyDict dict(List<Object> arguments) {
        PyDict dict = new PyDict();
        Object from = arguments.isEmpty() ? null : arguments.getLast();
        if (from instanceof PyDict other) {
            charge(other.entries().size());
            dict.entries().putAll(other.entries());
        } else if (from instanceof PyList pairs) {
            charge(pairs.items().size());
            for (Object pair : pairs.items()) {
                if (!(pair instanceof PyList two) || two.items().size() != 2) {
                    throw new FormatException(where, "the pickle makes a dict of what are no pairs");
                }
                dict.entries().put(two.items().get(0), two.items().get(1));
            }
        }
        return dict;
    }

    /** Copying is the one thing here that a short pickle could make last long. */
    private void charge(int items) {
        copied += items + 1;
        if (copied > MOST_COPIES) {
            throw new FormatException(where, "the pickle copies more values than any checkpoint's");
        }
    }

    /**
     * {@code ('storage', type, key, device, elements[, view])}, a view {@code (key, offset, elements)} or None; or
     * {@code ('module', class, file, source)}, which stands for the class.
     */
    @Override
    public Object persistent(Object id) {
        if (!(id instanceof PyList list) || list.items().size() < 2) {
            throw new FormatException(where, "the pickle refers to something other than a storage");
        }
        List<Object> parts = list.items();
        if ("module".equals(parts.getFirst())) {
            return parts.get(1);
        }
        if (parts.size() < 5 || !"storage".equals(parts.getFirst())) {
            throw new FormatException(where, "the pickle refers to something other than a storage");
        }
        if (parts.get(1) instanceof Foreign) {
            return Foreign.object("a storage of an unknown type", parts);
        }
        return storage(parts);
    }

    private TorchStorage storage(List<Object> parts) {
        TorchType type = as(TorchType.class, parts.get(1));
        String key = parts.get(2) instanceof Long number ? number.toString() : as(String.class, parts.get(2));
        long elements = as(Long.class, parts.get(4));
        long offset = 0;
        long viewed = elements;
        if (parts.size() > 5 && parts.get(5) != null) {
            List<Object> view = as(PyList.class, parts.get(5)).items();
            if (view.size() != 3) {
                throw new FormatException(where, "the view of storage '" + key + "' is not understood");
            }
            offset = as(Long.class, view.get(1));
            viewed = as(Long.class, view.get(2));
        }
        if (elements < 0 || offset < 0 || viewed < 0 || offset > elements - viewed) {
            throw new FormatException(where, "storage '" + key + "' has an impossible size");
        }
        if (elements > Long.MAX_VALUE / type.bytes()) {
            throw new FormatException(where, "storage '" + key + "' has more elements than any file");
        }
        TorchStorage storage = new TorchStorage(type.name(), type.dtype(), type.bytes(), key, elements, offset, viewed);
        TorchStorage before = storages.putIfAbsent(key, storage);
        if (before != null && before.elements() * before.elementBytes() != elements * type.bytes()) {
            throw new FormatException(where, "storage '" + key + "' has two sizes");
        }
        return storage;
    }

    /** A dict's state is the {@code _metadata} of a state_dict, a tensor's its attributes: of no use here. */
    @Override
    public void build(Object target, Object state) {
        if (target instanceof Foreign foreign) {
            foreign.setState(state);
        } else if (target instanceof TorchTensor && !(state instanceof PyDict)) {
            throw new FormatException(
                    where, "the pickle sets a tensor's data afterwards, as torch 0.1 did; save it again");
        } else if (!(target instanceof PyDict) && !(target instanceof TorchTensor) && !(target instanceof PyList)) {
            throw new FormatException(where, "the pickle sets the state of what has none");
        }
    }

    private <T> T as(Class<T> type, Object value) {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        throw new FormatException(
                where,
                "the pickle has "
                        + (value == null ? "nothing" : value.getClass().getSimpleName()) + " in place of a "
                        + type.getSimpleName());
    }
}
