package dev.tandem.gradient;

import dev.tandem.op.Buffer;
import dev.tandem.tensor.Shape;

/**
 * A buffer and, in memory laid out alike, its gradient: a view of the one is the same view of the other. A gradient
 * belongs to what the memory holds at that moment of the forward.
 *
 * @param gradient floats; null in a buffer of ints
 */
record TapeBuffer(Buffer value, Buffer gradient) implements Buffer {
    static TapeBuffer of(Buffer buffer) {
        return (TapeBuffer) buffer;
    }

    @Override
    public String name() {
        return value.name();
    }

    @Override
    public Kind kind() {
        return value.kind();
    }

    @Override
    public Shape shape() {
        return value.shape();
    }

    @Override
    public int elementBytes() {
        return value.elementBytes();
    }

    @Override
    public Buffer slice(long offset, long... dims) {
        return new TapeBuffer(value.slice(offset, dims), gradient == null ? null : gradient.slice(offset, dims));
    }
}
