package dev.tandem.request;

import dev.tandem.text.Suggestions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Understands classes as people name them: ids, names, lists and ranges. */
public final class ClassNames {
    /** The label of unconditional pictures. */
    public static final String NONE = "none";

    private static final String PARAMETER = "class";
    private static final String RANGE = "..";

    private final int classes;
    private final List<String> names;
    private final Map<String, List<Integer>> byName = new LinkedHashMap<>();

    /**
     * @param classes how many there are
     * @param names of the first classes, may be empty; a name may list synonyms with commas, as those of ImageNet do
     */
    public ClassNames(int classes, List<String> names) {
        this.classes = classes;
        this.names = names;
        for (int i = 0; i < Math.min(classes, names.size()); i++) {
            String full = key(names.get(i));
            add(full, i);
            for (String synonym : full.split(",")) {
                add(synonym.strip(), i);
            }
        }
        add(NONE, classes);
    }

    /** How many there are, "none" not among them. */
    public int count() {
        return classes;
    }

    private static String key(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }

    private void add(String name, int id) {
        List<Integer> ids = byName.computeIfAbsent(name, k -> new ArrayList<>());
        if (!ids.contains(id)) {
            ids.add(id);
        }
    }

    /** Every class's label. */
    public List<Integer> all() {
        return IntStream.range(0, classes).boxed().toList();
    }

    /** Labels of all arguments, one after another. */
    public List<Integer> parse(List<String> arguments) {
        List<Integer> labels = new ArrayList<>();
        arguments.forEach(a -> labels.addAll(parse(a)));
        return labels;
    }

    /** Labels of one argument: {@code 3,7,12..20} or {@code heart} or {@code cat,moon}. */
    public List<Integer> parse(String argument) {
        List<Integer> whole = byName.get(key(argument));
        if (whole != null) {
            return List.of(unique(argument, whole));
        }
        List<Integer> labels = new ArrayList<>();
        for (String item : argument.split(",", -1)) {
            labels.addAll(item(item.strip()));
        }
        return labels;
    }

    private List<Integer> item(String item) {
        List<Integer> named = byName.get(key(item));
        if (named != null) {
            return List.of(unique(item, named));
        }
        int dots = item.indexOf(RANGE);
        if (dots > 0) {
            int from = label(item.substring(0, dots).strip());
            int to = label(item.substring(dots + RANGE.length()).strip());
            if (to < from) {
                throw new InvalidRequestException(PARAMETER, "the range of classes " + item + " runs backwards");
            }
            List<Integer> range = new ArrayList<>();
            for (int i = from; i <= to; i++) {
                range.add(i);
            }
            return range;
        }
        return List.of(label(item));
    }

    private int label(String item) {
        if (item.matches("\\d{1,9}")) {
            int id = Integer.parseInt(item);
            if (id > classes) {
                throw new InvalidRequestException(PARAMETER, "there is no class " + id + ": " + numbers() + listed());
            }
            return id;
        }
        List<Integer> named = byName.get(key(item));
        if (named == null) {
            String hint = Suggestions.didYouMean(item, byName.keySet());
            throw new InvalidRequestException(
                    PARAMETER,
                    "unknown class '" + item + "'"
                            + (names.isEmpty()
                                    ? ": this model's classes have no names; " + numbers()
                                    : hint.isEmpty() ? listed() : hint));
        }
        return unique(item, named);
    }

    private int unique(String name, List<Integer> ids) {
        if (ids.size() > 1) {
            throw new InvalidRequestException(
                    PARAMETER, "several classes are called '" + name + "'; name one by its number: " + ids);
        }
        return ids.getFirst();
    }

    private String numbers() {
        return "classes are 0 to " + (classes - 1) + ", and " + NONE + " or " + classes + " is no class";
    }

    private String listed() {
        int few = 30;
        return names.isEmpty()
                ? ""
                : "; they are called " + String.join(", ", names.subList(0, Math.min(few, names.size())))
                        + (names.size() > few ? ", …" : "");
    }

    /** Says how to name a class. */
    public InvalidRequestException missing() {
        return new InvalidRequestException(
                PARAMETER,
                "which class? Name one with ‹class› (none for pictures of no class), or ask for ‹random-classes› N"
                        + listed());
    }

    /** As many classes, each once before any comes again, in an order that the seed determines. */
    public List<Integer> random(int count, long seed) {
        Random random = new Random(seed);
        List<Integer> labels = new ArrayList<>();
        while (labels.size() < count) {
            List<Integer> all = new ArrayList<>();
            for (int i = 0; i < classes; i++) {
                all.add(i);
            }
            Collections.shuffle(all, random);
            labels.addAll(all.subList(0, Math.min(classes, count - labels.size())));
        }
        return labels;
    }

    /** A class's name, or its number where it has none. */
    public String name(int label) {
        if (label == classes) {
            return NONE;
        }
        return label < names.size() ? names.get(label) : String.valueOf(label);
    }

    /** Labels as {@link #parse} understands them, runs as ranges. */
    public String format(List<Integer> labels) {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < labels.size(); ) {
            int end = i + 1;
            while (end < labels.size() && labels.get(end) == labels.get(end - 1) + 1 && labels.get(end) < classes) {
                end++;
            }
            if (end - i >= 3) {
                items.add(labels.get(i) + RANGE + labels.get(end - 1));
                i = end;
            } else {
                items.add(labels.get(i) == classes ? NONE : String.valueOf(labels.get(i)));
                i++;
            }
        }
        return String.join(",", items);
    }
}
