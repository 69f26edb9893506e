package dev.tandem.convert;

import dev.tandem.convert.FoundParts.Stray;
import dev.tandem.convert.format.Checkpoint;
import dev.tandem.tensor.FormatException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tensors that a checkpoint has beside a model's own. Counters are passed over with a line; what might change what the
 * model computes (adapters, further layers) is an error, unless it is named to be ignored.
 */
final class ExtraTensors {
    private static final int FEW = 3;

    private final List<String> ignored;
    private final Consumer<String> note;
    private final Set<String> used = new LinkedHashSet<>();

    /**
     * @param ignored patterns of names, with {@code *} for anything and {@code ?} for a character
     * @param note takes a line for people
     */
    ExtraTensors(List<String> ignored, Consumer<String> note) {
        this.ignored = ignored;
        this.note = note;
    }

    /**
     * Whether a tensor can't be part of what a model computes: a counter, or a single number.
     *
     * @param outside whether it lies in none of the model's modules
     */
    static boolean harmless(Checkpoint.Tensors tensors, String name, boolean outside) {
        try {
            Checkpoint.Header header = tensors.header(name);
            long elements = header.shape().elements();
            return !header.dtype().floating() || elements == 0 || (outside && elements == 1);
        } catch (FormatException e) {
            // of a kind that can't be read; no model has one
            return false;
        }
    }

    /**
     * Passes over what may be.
     *
     * @param beside what they are beside: "this VAR transformer's"
     * @throws FormatException where a tensor may not be passed over; it names the way out
     */
    void check(List<Stray> strays, String beside) {
        List<Stray> refused =
                strays.stream().filter(s -> !s.harmless() && !ignores(s)).toList();
        if (!refused.isEmpty()) {
            Stray first = refused.getFirst();
            throw new FormatException(
                    first.origin(),
                    "tensor '" + first.name() + "' " + beside
                            + (refused.size() == 1 ? "" : " (and " + (refused.size() - 1) + " more)")
                            + "; if the model does without, " + options(refused) + " passes over "
                            + (refused.size() == 1 ? "it" : "them"));
        }
        if (!strays.isEmpty()) {
            List<String> names =
                    strays.stream().limit(FEW).map(s -> "'" + s.name() + "'").toList();
            note.accept(strays.getFirst().origin() + ": ignored " + String.join(", ", names)
                    + (strays.size() > FEW ? " and " + (strays.size() - FEW) + " more" : "")
                    + ", which no model here uses");
        }
    }

    private static String options(List<Stray> refused) {
        return refused.size() > FEW
                ? "--ignore '" + pattern(refused) + "'"
                : refused.stream().map(s -> "--ignore '" + s.name() + "'").collect(Collectors.joining(" "));
    }

    private static String pattern(List<Stray> refused) {
        String first = refused.getFirst().name();
        int common = first.length();
        for (Stray s : refused) {
            int i = 0;
            while (i < Math.min(common, s.name().length()) && s.name().charAt(i) == first.charAt(i)) {
                i++;
            }
            common = i;
        }
        return first.substring(0, common) + "*";
    }

    private boolean ignores(Stray stray) {
        boolean hit = false;
        for (String pattern : ignored) {
            if (matches(pattern, stray.name()) || matches(pattern, stray.own())) {
                used.add(pattern);
                hit = true;
            }
        }
        return hit;
    }

    private static boolean matches(String pattern, String name) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.matches(regex.toString(), name);
    }

    /** Says which patterns named nothing that could be ignored. */
    void noteUnused() {
        ignored.stream()
                .filter(p -> !used.contains(p))
                .forEach(p -> note.accept("--ignore '" + p + "' names no tensor that is one too many"));
    }
}
