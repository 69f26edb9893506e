package dev.tandem.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds what a person may have meant. */
public final class Suggestions {
    private static final int MOST = 3;

    private Suggestions() {}

    /** {@code "; did you mean 'a' or 'b'?"}, or nothing where nothing is near. */
    public static String didYouMean(String given, Collection<String> known) {
        String wanted = given.toLowerCase(Locale.ROOT);
        List<String> near = known.stream()
                .filter(k -> near(wanted, k.toLowerCase(Locale.ROOT)))
                .sorted(Comparator.comparingInt(k -> distance(wanted, k.toLowerCase(Locale.ROOT))))
                .limit(MOST)
                .map(k -> "'" + k + "'")
                .toList();
        return near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?";
    }

    private static boolean near(String wanted, String known) {
        return distance(wanted, known) <= Math.max(1, Math.min(wanted.length(), known.length()) / 3)
                || (wanted.length() >= 3 && (known.contains(wanted) || wanted.contains(known)));
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = corner + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                corner = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
