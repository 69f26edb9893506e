package dev.tandem.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Dimensions of a row-major array, slowest first. A scalar has no dimension and one element.
 *
 * @param dims each at least 0
 */
public record Shape(long... dims) {
    public Shape {
        dims = dims.clone();
        for (long d : dims) {
            if (d < 0) {
                throw new IllegalArgumentException("negative dimension in " + Arrays.toString(dims));
            }
        }
    }

    public static Shape of(long... dims) {
        return new Shape(dims);
    }

    @Override
    public long[] dims() {
        return dims.clone();
    }

    public int rank() {
        return dims.length;
    }

    /** Dimension {@code i}; a negative one counts from the end. */
    public long dim(int i) {
        return dims[i < 0 ? dims.length + i : i];
    }

    /** Dimension {@code i} as an int; a negative one counts from the end. */
    public int size(int i) {
        return Math.toIntExact(dim(i));
    }

    /** Number of elements; throws ArithmeticException where it exceeds a long. */
    public long elements() {
        long n = 1;
        for (long d : dims) {
            n = Math.multiplyExact(n, d);
        }
        return n;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Shape s && Arrays.equals(dims, s.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** As people write it: {@code 3072×1024}, {@code scalar} without dimensions. */
    @Override
    public String toString() {
        return dims.length == 0
                ? "scalar"
                : Arrays.stream(dims).mapToObj(Long::toString).collect(Collectors.joining("×"));
    }
}
