package dev.tandem.convert.format;

import dev.tandem.convert.format.TorchGlobals.Function;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What torch's functions that rebuild tensors make of their arguments. Every argument that changes a value is honoured
 * or makes the tensor unreadable; whether a gradient is wanted, and hooks of the backward pass, change none.
 *
 * @see "torch: _utils.py, _tensor.py"
 */
final class TensorRebuild {
    private static final int MOST_DIMENSIONS = 64;

    private TensorRebuild() {}

    /** Storage, offset, sizes, strides[, requires_grad, hooks[, metadata]]. */
    static TorchTensor tensor(List<Object> arguments) {
        return tensor(arguments, null, 6);
    }

    /** Storage, offset, sizes, strides, requires_grad, hooks, dtype[, metadata]: of a storage without a type. */
    static TorchTensor tensorWithType(List<Object> arguments) {
        return arguments.size() > 6 && arguments.get(6) instanceof TorchType type
                ? tensor(arguments, type, 7)
                : TorchTensor.unreadable("is of an unknown type");
    }

    private static TorchTensor tensor(List<Object> arguments, TorchType type, int metadata) {
        if (arguments.size() < 4
                || !(arguments.get(0) instanceof TorchStorage storage)
                || !(arguments.get(1) instanceof Long offset)) {
            return TorchTensor.unreadable("is no window on a storage");
        }
        Optional<long[]> sizes = longs(arguments.get(2));
        Optional<long[]> strides = longs(arguments.get(3));
        if (sizes.isEmpty() || strides.isEmpty()) {
            return TorchTensor.unreadable("has sizes or strides that are none");
        }
        TorchTensor tensor = new TorchTensor(
                type == null ? storage : storage.as(type), offset, sizes.get(), strides.get(), false, null);
        return arguments.size() > metadata ? marked(tensor, arguments.get(metadata)) : tensor;
    }

    private static TorchTensor marked(TorchTensor tensor, Object metadata) {
        if (metadata == null) {
            return tensor;
        }
        if (!(metadata instanceof PyDict marks)) {
            return TorchTensor.unreadable("has marks that are not understood");
        }
        TorchTensor out = tensor;
        for (Map.Entry<Object, Object> mark : marks.entries().entrySet()) {
            if (Boolean.FALSE.equals(mark.getValue())) {
                continue;
            }
            if (!"neg".equals(mark.getKey()) || !Boolean.TRUE.equals(mark.getValue())) {
                return TorchTensor.unreadable(
                        "is marked '" + mark.getKey() + "', which is not understood; save it .clone()d");
            }
            out = tensor.negated();
        }
        return out;
    }

    private static Optional<long[]> longs(Object value) {
        if (!(value instanceof PyList list)
                || list.items().size() > MOST_DIMENSIONS
                || !list.items().stream().allMatch(Long.class::isInstance)) {
            return Optional.empty();
        }
        return Optional.of(list.items().stream().mapToLong(v -> (Long) v).toArray());
    }

    /** A parameter is its first argument; a saved state has attributes only, which plain tensors don't look at. */
    static Object parameter(List<Object> arguments) {
        return arguments.isEmpty() || !(arguments.getFirst() instanceof TorchTensor tensor)
                ? TorchTensor.unreadable("is a parameter made of something other than a tensor")
                : tensor;
    }

    /** Data, dtype, device, requires_grad. */
    static Object fromCpuTensor(List<Object> arguments) {
        boolean same = arguments.size() > 1
                && arguments.get(0) instanceof TorchTensor tensor
                && arguments.get(1) instanceof TorchType type
                && tensor.storage() != null
                && type.name().equals(tensor.storage().type());
        return same ? arguments.getFirst() : TorchTensor.unreadable("comes from another device in an unknown way");
    }

    /**
     * Function, class, arguments, state: {@code rebuilt} with another class. One that is not torch's own may keep what
     * it is in its state; where that has tensors of its own, nobody here knows what the data mean.
     */
    static Object fromType(Object rebuilt, List<Object> arguments) {
        Object type = arguments.get(1);
        if (rebuilt instanceof TorchTensor
                && !TorchGlobals.plainTensor(type)
                && arguments.size() > 3
                && holdsTensor(arguments.get(3), 0)) {
            String name = type instanceof Foreign f ? f.name() : String.valueOf(type);
            return TorchTensor.unreadable("is of the class '" + name + "', which keeps tensors beside the data");
        }
        return rebuilt;
    }

    /** Looks a few levels deep: a state may hold itself. */
    private static boolean holdsTensor(Object state, int depth) {
        return switch (state) {
            case TorchTensor t -> true;
            case PyDict d when depth < 3 -> d.entries().values().stream().anyMatch(v -> holdsTensor(v, depth + 1));
            case PyList l when depth < 3 -> l.items().stream().anyMatch(v -> holdsTensor(v, depth + 1));
            case Foreign f when depth < 3 -> holdsTensor(f.state(), depth + 1) || holdsTensor(f.entries(), depth + 1);
            case null, default -> false;
        };
    }

    /** Whether a function is one that {@link #fromType} may call: not itself, which would have no end. */
    static boolean rebuilds(Object function) {
        return function instanceof TorchGlobals.Unreadable
                || function == Function.TENSOR
                || function == Function.TENSOR_WITH_TYPE
                || function == Function.PARAMETER
                || function == Function.FROM_CPU_TENSOR;
    }
}
