package dev.tandem.tornado;

import java.io.PrintStream;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a device's time goes, by kernel: every launch is waited for and timed on the host, so that each carries some
 * microseconds that a replayed graph would not.
 */
final class Profile {
    private static final class Entry {
        private long nanos;
        private int launches;
    }

    private final Map<String, Entry> entries = new TreeMap<>();

    void add(String key, long nanos) {
        Entry e = entries.computeIfAbsent(key, k -> new Entry());
        e.nanos += nanos;
        e.launches++;
    }

    /** Prints what was added since the last time, the longest first. */
    void print(PrintStream out) {
        entries.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Entry> e) -> -e.getValue().nanos))
                .forEach(e -> out.printf(
                        "%-20s %6d launches %10.3f ms %10.1f us each%n",
                        e.getKey(),
                        e.getValue().launches,
                        e.getValue().nanos / 1e6,
                        e.getValue().nanos / 1e3 / e.getValue().launches));
        entries.clear();
    }
}
