package dev.tandem.convert.format;

import java.util.ArrayList;
import java.util.List;

/** A pickled list, tuple or set. Equal to itself only, so that a list inside itself does no harm. */
final class PyList {
    private final List<Object> items;

    PyList() {
        this.items = new ArrayList<>();
    }

    PyList(List<Object> items) {
        this.items = new ArrayList<>(items);
    }

    List<Object> items() {
        return items;
    }
}
