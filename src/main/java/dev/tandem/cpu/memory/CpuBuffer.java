package dev.tandem.cpu.memory;

import dev.tandem.op.Buffer;
import dev.tandem.op.Modulation;
import dev.tandem.tensor.Shape;

/** A buffer in the Java heap: a range of one float or int array. */
public final class CpuBuffer implements Buffer {
    private final String name;
    private final Kind kind;
    private final Shape shape;

    /** The whole array that this is a range of; null in a buffer of ints. */
    public final float[] floats;

    /** The whole array that this is a range of; null in a buffer of floats. */
    public final int[] ints;

    /** Where this view begins in the array. */
    public final int offset;

    /** Number of elements of this view. */
    public final int length;

    private CpuBuffer(String name, Kind kind, Shape shape, float[] floats, int[] ints, int offset) {
        this.name = name;
        this.kind = kind;
        this.shape = shape;
        this.floats = floats;
        this.ints = ints;
        this.offset = offset;
        this.length = Math.toIntExact(shape.elements());
    }

    /** Fresh zeros. */
    public static CpuBuffer allocate(String name, Kind kind, long... dims) {
        Shape shape = Shape.of(dims);
        long elements = shape.elements();
        if (elements > Integer.MAX_VALUE - 8) {
            throw new OutOfMemoryError(
                    "buffer '" + name + "' of " + shape + " elements exceeds what one array can hold");
        }
        return kind == Kind.INTS
                ? new CpuBuffer(name, kind, shape, null, new int[(int) elements], 0)
                : new CpuBuffer(name, kind, shape, new float[(int) elements], null, 0);
    }

    public static CpuBuffer of(Buffer buffer) {
        return (CpuBuffer) buffer;
    }

    /** Floats and ints alike. */
    @Override
    public int elementBytes() {
        return Float.BYTES;
    }

    @Override
    public CpuBuffer slice(long from, long... dims) {
        Shape view = Shape.of(dims);
        if (from < 0 || from + view.elements() > length) {
            throw new IllegalArgumentException(
                    "view " + view + " at " + from + " exceeds buffer '" + name + "' of " + shape);
        }
        return new CpuBuffer(name, kind, view, floats, ints, Math.toIntExact(offset + from));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    /** Product of all dimensions but the last. */
    public int rows() {
        int last = size(-1);
        return last == 0 ? 0 : length / last;
    }

    /** Where a modulation's vector for a batch row begins in the table's array. */
    public static int modulationAt(Modulation m, int row, int width) {
        CpuBuffer table = of(m.table());
        return table.offset + Math.min(row, table.rows() - 1) * table.size(-1) + m.vector() * width;
    }

    @Override
    public String toString() {
        return name + " " + kind + " " + shape;
    }
}
