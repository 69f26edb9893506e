package dev.tandem.folder;

import dev.tandem.tensor.TensorSource;

/** A family of models that belong together: one tokenizer and the transformers trained on its codes. */
public interface Model extends AutoCloseable {
    ModelConfig config();

    /** The parameters of one part. */
    TensorSource tensors(String part);

    /** What an error message calls it. */
    String origin();

    @Override
    void close();
}
