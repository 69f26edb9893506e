package dev.tandem.tornado.launch;

import java.util.Arrays;

/** A launch's dimensions and offsets, each put at the index that its kernel reads it from. */
public final class Dims {
    private Integer[] values = new Integer[0];

    /** Puts a value where there is none yet. */
    public Dims put(int index, int value) {
        if (index >= values.length) {
            values = Arrays.copyOf(values, index + 1);
        }
        if (values[index] != null) {
            throw new IllegalStateException("dimension " + index + " is there already");
        }
        values[index] = value;
        return this;
    }

    /** All of them, without a gap. */
    int[] toArray() {
        int gap = Arrays.asList(values).indexOf(null);
        if (gap >= 0) {
            throw new IllegalStateException("dimension " + gap + " is missing");
        }
        return Arrays.stream(values).mapToInt(Integer::intValue).toArray();
    }
}
