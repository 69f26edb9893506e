package dev.tandem.convert.format;

import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tensors of one dict of a torch checkpoint: views of the mapped file, copies only where strides demand it. */
final class TorchTensors implements Checkpoint.Tensors {
    private final String origin;
    private final Map<String, TorchTensor> tensors;
    private final StorageFile file;

    TorchTensors(String origin, Map<String, TorchTensor> tensors, StorageFile file) {
        this.origin = origin;
        this.tensors = tensors;
        this.file = file;
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(name)).map(t -> tensor(name, t, true));
    }

    @Override
    public Checkpoint.Header header(String name) {
        TorchTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new FormatException(origin, "tensor '" + name + "' is missing");
        }
        Tensor view = tensor(name, tensor, false);
        return new Checkpoint.Header(view.dtype(), Shape.of(tensor.sizes()));
    }

    @Override
    public String origin() {
        return origin;
    }

    @Override
    public void verify(String name) {
        TorchTensor tensor = tensors.get(name);
        if (tensor != null) {
            file.verify(tensor.storage());
        }
    }

    private Tensor tensor(String name, TorchTensor t, boolean elements) {
        TorchStorage storage = t.storage();
        if (storage.dtype() == null) {
            throw wrong(name, "has the type " + storage.type() + ", which can't be converted");
        }
        try {
            return view(name, t, Shape.of(t.sizes()), elements);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw wrong(name, "has an impossible size");
        }
    }

    private Tensor view(String name, TorchTensor t, Shape shape, boolean gather) {
        TorchStorage storage = t.storage();
        long[] sizes = t.sizes();
        long[] strides = t.strides();
        long elements = shape.elements();
        int bytes = storage.elementBytes();
        if (strides.length != sizes.length) {
            throw wrong(name, "has " + sizes.length + " sizes but " + strides.length + " strides");
        }
        long last = t.offset();
        boolean contiguous = true;
        long expected = 1;
        for (int d = sizes.length - 1; d >= 0; d--) {
            if (strides[d] < 0) {
                throw wrong(name, "has a negative stride");
            }
            if (sizes[d] > 1) {
                contiguous &= strides[d] == expected;
                last = Math.addExact(last, Math.multiplyExact(sizes[d] - 1, strides[d]));
            }
            expected = Math.multiplyExact(expected, Math.max(1, sizes[d]));
        }
        if (t.offset() < 0 || (elements > 0 && last >= storage.viewElements())) {
            throw wrong(name, "reaches beyond its storage of " + storage.viewElements() + " elements");
        }
        MemorySegment whole = file.bytes(storage);
        if (whole.byteSize() < storage.elements() * bytes) {
            throw wrong(name, "needs " + storage.elements() * bytes + " bytes of storage '" + storage.key()
                    + "', the file has " + whole.byteSize());
        }
        if (elements == 0) {
            return new Tensor(name, storage.dtype(), shape, whole.asSlice(0, 0));
        }
        long first = (storage.viewOffset() + t.offset()) * bytes;
        if (contiguous) {
            return new Tensor(name, storage.dtype(), shape, whole.asSlice(first, elements * bytes));
        }
        if (elements > storage.viewElements()) {
            throw wrong(name, "repeats its elements (an expanded tensor); save a contiguous one");
        }
        if (!gather) {
            return new Tensor(name, storage.dtype(), Shape.of(0), whole.asSlice(0, 0));
        }
        return new Tensor(name, storage.dtype(), shape, gather(name, whole, first, sizes, strides, bytes));
    }

    private MemorySegment gather(
            String name, MemorySegment whole, long first, long[] sizes, long[] strides, int bytes) {
        MemorySegment out;
        try {
            out = Arena.ofAuto().allocate(Shape.of(sizes).elements() * bytes, 64);
        } catch (OutOfMemoryError e) {
            // only this one allocation failed: nothing else is harmed
            throw wrong(name, "is not contiguous and too large to be copied; save a contiguous one");
        }
        long[] at = new long[sizes.length];
        long from = first;
        for (long to = 0; to < out.byteSize(); to += bytes) {
            MemorySegment.copy(whole, from, out, to, bytes);
            for (int d = sizes.length - 1; d >= 0; d--) {
                from += strides[d] * bytes;
                if (++at[d] < sizes[d]) {
                    break;
                }
                from -= sizes[d] * strides[d] * bytes;
                at[d] = 0;
            }
        }
        return out;
    }

    private FormatException wrong(String name, String what) {
        return new FormatException(origin, "tensor '" + name + "' " + what);
    }
}
