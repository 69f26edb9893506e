package dev.tandem.convert.format;

import dev.tandem.tensor.FormatException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names that a torch checkpoint may use: those that describe tensors, and plain data beside them. The list is the
 * whole of what is allowed; names are compared, never loaded.
 */
final class TorchHost implements PickleHost {
    /** Stands for plain values that nobody here needs: a device, a numpy scalar, a Python type. */
    private enum Inert {
        VALUE
    }

    private enum Function {
        DICT,
        LIST,
        FIRST_ARGUMENT,
        TENSOR,
        TENSOR_WITH_TYPE,
        CALL_FIRST,
        INERT
    }

    private static final Map<String, Function> FUNCTIONS = new HashMap<>();

    static {
        allow(Function.DICT, "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "builtins.dict");
        allow(Function.LIST, "builtins.set", "builtins.frozenset", "builtins.list", "builtins.tuple", "torch.Size");
        allow(
                Function.FIRST_ARGUMENT,
                "torch._utils._rebuild_parameter",
                "torch._utils._rebuild_parameter_with_state",
                "torch.nn.parameter.Parameter");
        allow(Function.TENSOR, "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor");
        allow(Function.TENSOR_WITH_TYPE, "torch._utils._rebuild_tensor_v3");
        allow(Function.CALL_FIRST, "torch._tensor._rebuild_from_type_v2");
        allow(
                Function.INERT,
                "torch.device",
                "torch.Tensor",
                "torch._tensor.Tensor",
                "torch.serialization._get_layout",
                "numpy.dtype",
                "numpy.core.multiarray.scalar",
                "numpy._core.multiarray.scalar",
                "_codecs.encode",
                "builtins.int",
                "builtins.float",
                "builtins.bool",
                "builtins.str",
                "builtins.bytes",
                "builtins.bytearray",
                "builtins.complex",
                "builtins.slice",
                "builtins.range");
    }

    private static void allow(Function function, String... names) {
        for (String name : names) {
            FUNCTIONS.put(name, function);
        }
    }

    private static final Set<String> STORAGE_MODULES =
            Set.of("torch", "torch.cuda", "torch.storage", "torch.sparse", "torch.cuda.sparse");

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
        String full = (module.equals("__builtin__") ? "builtins" : module) + "." + name;
        Function function = FUNCTIONS.get(full);
        if (function != null) {
            return function;
        }
        if (STORAGE_MODULES.contains(module)) {
            TorchType type = TorchType.named(name).orElse(null);
            if (type != null) {
                return type;
            }
        }
        throw new FormatException(
                where, "forbidden global '" + module + "." + name + "' (only tensors and plain data are read)");
    }

    @Override
    public Object call(Object callee, List<Object> arguments) {
        return switch (callee) {
            case Function.DICT -> dict(arguments);
            case Function.LIST -> arguments.isEmpty() ? new PyList() : arguments.getFirst();
            case Function.FIRST_ARGUMENT -> first(arguments);
            case Function.TENSOR -> tensor(arguments, null);
            case Function.TENSOR_WITH_TYPE ->
                tensor(arguments, as(TorchType.class, arguments.isEmpty() ? null : arguments.getLast()));
            case Function.CALL_FIRST -> callFirst(arguments);
            case Function.INERT -> Inert.VALUE;
            case null, default -> throw new FormatException(where, "the pickle calls what is no function");
        };
    }

    private Object first(List<Object> arguments) {
        if (arguments.isEmpty()) {
            throw new FormatException(where, "the pickle makes a parameter of nothing");
        }
        return arguments.getFirst();
    }

    private Object callFirst(List<Object> arguments) {
        if (arguments.size() != 4 || arguments.getFirst() == Function.CALL_FIRST) {
            throw new FormatException(where, "the pickle rebuilds a tensor in an unknown way");
        }
        return call(arguments.getFirst(), as(PyList.class, arguments.get(2)).items());
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
                List<Object> items = as(PyList.class, pair).items();
                if (items.size() != 2) {
                    throw new FormatException(where, "the pickle makes a dict of what are no pairs");
                }
                dict.entries().put(items.get(0), items.get(1));
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

    private TorchTensor tensor(List<Object> arguments, TorchType type) {
        if (arguments.size() < 4) {
            throw new FormatException(where, "the pickle makes a tensor of " + arguments.size() + " arguments");
        }
        TorchStorage storage = as(TorchStorage.class, arguments.get(0));
        return new TorchTensor(
                type == null ? storage : storage.as(type),
                as(Long.class, arguments.get(1)),
                longs(arguments.get(2)),
                longs(arguments.get(3)));
    }

    private long[] longs(Object value) {
        List<Object> items = as(PyList.class, value).items();
        if (items.size() > 64) {
            throw new FormatException(where, "the pickle makes a tensor of " + items.size() + " dimensions");
        }
        return items.stream().mapToLong(v -> as(Long.class, v)).toArray();
    }

    /** {@code ('storage', type, key, device, elements[, view])}, a view {@code (key, offset, elements)} or None. */
    @Override
    public Object persistent(Object id) {
        List<Object> parts = as(PyList.class, id).items();
        if (parts.size() < 5 || !"storage".equals(parts.getFirst())) {
            throw new FormatException(
                    where,
                    "the pickle refers to something other than a storage"
                            + (!parts.isEmpty() && "module".equals(parts.getFirst())
                                    ? ": a whole module was saved, not its state_dict"
                                    : ""));
        }
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
        TorchStorage storage =
                new TorchStorage(type.name(), type.dtype(), type.bytes(), key, elements, offset, viewed);
        TorchStorage before = storages.putIfAbsent(key, storage);
        if (before != null && before.elements() * before.elementBytes() != elements * type.bytes()) {
            throw new FormatException(where, "storage '" + key + "' has two sizes");
        }
        return storage;
    }

    /** State is only ever set on dicts (the {@code _metadata} of a state_dict); it is of no use here. */
    @Override
    public void build(Object target, Object state) {
        if (!(target instanceof PyDict) && target != Inert.VALUE && !(target instanceof TorchTensor)) {
            throw new FormatException(where, "the pickle sets the state of something other than a dict");
        }
    }

    private <T> T as(Class<T> type, Object value) {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        throw new FormatException(
                where,
                "the pickle has " + (value == null ? "nothing" : value.getClass().getSimpleName()) + " in place of a "
                        + type.getSimpleName());
    }
}
