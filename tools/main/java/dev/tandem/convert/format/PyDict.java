package dev.tandem.convert.format;

import java.util.LinkedHashMap;
import java.util.Map;

/** A pickled dict. Equal to itself only, so that a dict inside itself does no harm. */
final class PyDict {
    private final Map<Object, Object> entries = new LinkedHashMap<>();

    Map<Object, Object> entries() {
        return entries;
    }
}
