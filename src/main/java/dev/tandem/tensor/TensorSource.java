package dev.tandem.tensor;

import java.util.Optional;
import java.util.Set;

/** Named tensors from anywhere: a safetensors file, a checkpoint, memory. */
public interface TensorSource {
    /** Every tensor's name, in the source's own order. */
    Set<String> names();

    Optional<Tensor> find(String name);

    /** What an error message calls this source: a path, or what else a person would recognise. */
    String origin();

    /** The tensor of that name, or a {@link FormatException} that names it and the source. */
    default Tensor get(String name) {
        return find(name).orElseThrow(() -> new FormatException(origin(), "tensor '" + name + "' is missing"));
    }
}
