package dev.tandem.op;

import dev.tandem.tensor.Shape;

/**
 * A parameter of the model as a back-end holds it: mapped, uploaded, packed, quantised. Operations of the same back-end
 * read it; nothing writes it.
 */
public interface Weight {
    String name();

    Shape shape();

    /** Bytes that the back-end stores one element in, where it is read as a matrix. */
    int elementBytes();

    default int size(int i) {
        return shape().size(i);
    }
}
