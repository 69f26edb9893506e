package dev.tandem.tornado.memory;

import dev.tandem.op.Buffer;
import dev.tandem.tensor.Shape;

/**
 * A range of an array on the device.
 *
 * @param offset of its first element in the array
 */
public record TornadoBuffer(DeviceArray array, Kind kind, int offset, Shape shape) implements Buffer {
    public static TornadoBuffer of(Buffer buffer) {
        return (TornadoBuffer) buffer;
    }

    @Override
    public String name() {
        return array.name();
    }

    @Override
    public int elementBytes() {
        return array.type().bytes;
    }

    @Override
    public Buffer slice(long from, long... dims) {
        Shape view = Shape.of(dims);
        if (from < 0 || from + view.elements() > shape.elements()) {
            throw new IllegalArgumentException(
                    "view " + view + " at " + from + " exceeds buffer '" + name() + "' of " + shape);
        }
        return new TornadoBuffer(array, kind, Math.toIntExact(offset + from), view);
    }

    public int elements() {
        return Math.toIntExact(shape.elements());
    }

    /** Product of all dimensions but the last. */
    public int rows() {
        return size(-1) == 0 ? 0 : elements() / size(-1);
    }

    /** 1 where elements are fp16. */
    public int half() {
        return array.half();
    }

    @Override
    public String toString() {
        return name() + " " + kind + " " + shape;
    }
}
