package dev.tandem.text;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Numbers as people write them. */
public final class Numbers {
    private Numbers() {}

    /** Shortest form that reads back as the same value: 2, 0.7. */
    public static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }

    public static String plain(List<Double> values) {
        return values.stream().map(Numbers::plain).collect(Collectors.joining(","));
    }

    /** {@code 1 picture}, {@code 3 pictures}. */
    public static String count(int n, String what) {
        return n + " " + what + (n == 1 ? "" : "s");
    }

    public static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }

    /** {@code 415.6 MiB}. */
    public static String bytes(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }
}
