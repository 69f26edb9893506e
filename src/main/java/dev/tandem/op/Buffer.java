package dev.tandem.op;

import dev.tandem.tensor.Shape;

/**
 * Memory of a session that operations read and write, seen as a row-major array. A buffer is a view: several may share
 * memory, and {@link #slice} makes another of the same memory without copying.
 */
public interface Buffer {
    /** What a buffer's elements are; how activations are stored is the back-end's choice. */
    enum Kind {
        /** fp32 on every back-end. */
        FLOATS,
        /** fp32 or fp16, whichever the back-end computes its layers in. */
        ACTIVATIONS,
        /** 32-bit integers. */
        INTS
    }

    String name();

    Kind kind();

    Shape shape();

    /** Bytes that the back-end stores one element in. */
    int elementBytes();

    /** The elements from {@code offset} (counted from this view's first) on, under another shape. */
    Buffer slice(long offset, long... dims);

    /** The first elements under another shape. */
    default Buffer view(long... dims) {
        return slice(0, dims);
    }

    /** Dimension {@code i}; a negative one counts from the end. */
    default int size(int i) {
        return shape().size(i);
    }
}
