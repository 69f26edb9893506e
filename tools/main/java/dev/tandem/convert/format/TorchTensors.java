package dev.tandem.convert.format;

import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of one dict of a torch checkpoint: views of the mapped file, copies only where strides, signs or the order
 * of bytes demand it.
 */
final class TorchTensors implements Checkpoint.Tensors {
    /** What an expanded tensor may come to; a file of some bytes could ask for any memory otherwise. */
    private static final long MOST_REPEATED_BYTES = 1L << 28;

    private final String origin;
    private final Map<String, TorchTensor> tensors;
    private final Map<String, String> others;
    private final StorageFile file;

    /** @param others what stands under further names of the dict in place of tensors */
    TorchTensors(String origin, Map<String, TorchTensor> tensors, Map<String, String> others, StorageFile file) {
        this.origin = origin;
        this.tensors = tensors;
        this.others = others;
        this.file = file;
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(name)).map(t -> {
            Shape shape = check(name, t);
            return elements(name, t, shape);
        });
    }

    @Override
    public Checkpoint.Header header(String name) {
        TorchTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new FormatException(origin, "tensor '" + name + "' is missing");
        }
        Shape shape = check(name, tensor);
        return new Checkpoint.Header(tensor.storage().dtype(), shape);
    }

    @Override
    public Map<String, String> others() {
        return others;
    }

    @Override
    public String origin() {
        return origin;
    }

    @Override
    public void verify(String name) {
        TorchTensor tensor = tensors.get(name);
        if (tensor != null && tensor.problem() == null) {
            file.verify(tensor.storage());
        }
    }

    /** Everything about a tensor but its elements. */
    private Shape check(String name, TorchTensor t) {
        if (t.problem() != null) {
            throw wrong(name, t.problem());
        }
        TorchStorage storage = t.storage();
        if (storage.dtype() == null) {
            throw wrong(name, "has the type " + storage.type() + ", which can't be converted");
        }
        try {
            Shape shape = Shape.of(t.sizes());
            checkWindow(name, t, shape.elements());
            return shape;
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw wrong(name, "has an impossible size");
        }
    }

    private void checkWindow(String name, TorchTensor t, long elements) {
        TorchStorage storage = t.storage();
        long[] sizes = t.sizes();
        long[] strides = t.strides();
        if (strides.length != sizes.length) {
            throw wrong(name, "has " + sizes.length + " sizes but " + strides.length + " strides");
        }
        long last = t.offset();
        for (int d = 0; d < sizes.length; d++) {
            if (strides[d] < 0) {
                throw wrong(name, "has a negative stride");
            }
            if (sizes[d] > 1) {
                last = Math.addExact(last, Math.multiplyExact(sizes[d] - 1, strides[d]));
            }
        }
        if (t.offset() < 0 || (elements > 0 && last >= storage.viewElements())) {
            throw wrong(name, "reaches beyond its storage of " + storage.viewElements() + " elements");
        }
        long bytes = Math.multiplyExact(elements, (long) storage.elementBytes());
        if (elements > storage.viewElements() && bytes > MOST_REPEATED_BYTES) {
            throw wrong(name, "repeats its elements up to " + (bytes >> 20) + " MiB; save it .contiguous()");
        }
        if (t.negative() && !storage.dtype().signed()) {
            throw wrong(name, "is negative, but of the type " + storage.type());
        }
        long size = file.size(storage);
        if (size < storage.elements() * storage.elementBytes()) {
            throw wrong(
                    name,
                    "needs " + storage.elements() * storage.elementBytes() + " bytes of storage '" + storage.key()
                            + "', the file has " + size);
        }
    }

    private Tensor elements(String name, TorchTensor t, Shape shape) {
        TorchStorage storage = t.storage();
        int bytes = storage.elementBytes();
        MemorySegment whole = file.bytes(storage);
        if (shape.elements() == 0) {
            return new Tensor(name, storage.dtype(), shape, whole.asSlice(0, 0));
        }
        long first = (storage.viewOffset() + t.offset()) * bytes;
        boolean swapped = file.bigEndian() && bytes > 1;
        if (contiguous(t) && !swapped && !t.negative()) {
            return new Tensor(name, storage.dtype(), shape, whole.asSlice(first, shape.elements() * bytes));
        }
        try {
            MemorySegment copy = Gather.copy(whole, first, t.sizes(), t.strides(), bytes);
            if (swapped) {
                Gather.swap(copy, bytes);
            }
            if (t.negative()) {
                Gather.negate(copy, storage.dtype());
            }
            return new Tensor(name, storage.dtype(), shape, copy);
        } catch (OutOfMemoryError e) {
            // only this one allocation failed: nothing else is harmed
            throw wrong(name, "is too large to be copied in memory; save it .contiguous()");
        }
    }

    private static boolean contiguous(TorchTensor t) {
        long expected = 1;
        for (int d = t.sizes().length - 1; d >= 0; d--) {
            if (t.sizes()[d] > 1 && t.strides()[d] != expected) {
                return false;
            }
            expected *= Math.max(1, t.sizes()[d]);
        }
        return true;
    }

    private FormatException wrong(String name, String what) {
        return new FormatException(origin, "tensor '" + name + "' " + what);
    }
}
