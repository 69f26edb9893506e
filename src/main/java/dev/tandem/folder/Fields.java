package dev.tandem.folder;

import dev.tandem.tensor.FormatException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A JSON object whose fields are asked for by type; what is missing or of another type is named in the error. */
public final class Fields {
    private final String where;
    private final String path;
    private final Map<?, ?> json;

    /**
     * An object of a JSON text.
     *
     * @param where what an error message calls the text
     * @param path keys that lead to the object, joined by dots
     */
    public Fields(String where, String path, Map<?, ?> json) {
        this.where = where;
        this.path = path;
        this.json = json;
    }

    public String where() {
        return where;
    }

    public String path() {
        return path.isEmpty() ? "the top level" : path;
    }

    @SuppressWarnings("unchecked")
    public Set<String> names() {
        return (Set<String>) json.keySet();
    }

    public boolean has(String key) {
        return json.get(key) != null;
    }

    public FormatException wrong(String key, String expected) {
        Object value = json.get(key);
        String full = path.isEmpty() ? key : path + "." + key;
        return new FormatException(
                where, "'" + full + "' must be " + expected + (value == null ? "; it is missing" : ", not " + value));
    }

    public Fields object(String key) {
        if (json.get(key) instanceof Map<?, ?> map) {
            return new Fields(where, path.isEmpty() ? key : path + "." + key, map);
        }
        throw wrong(key, "an object");
    }

    public String text(String key) {
        if (json.get(key) instanceof String s) {
            return s;
        }
        throw wrong(key, "a text");
    }

    /** An optional list. */
    public List<String> texts(String key) {
        if (!has(key)) {
            return List.of();
        }
        if (json.get(key) instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw wrong(key, "a list of texts");
    }

    public int integer(String key) {
        if (json.get(key) instanceof Integer i && i >= 0) {
            return i;
        }
        throw wrong(key, "a whole number that is not negative");
    }

    public double number(String key) {
        if (json.get(key) instanceof Number n && Double.isFinite(n.doubleValue())) {
            return n.doubleValue();
        }
        throw wrong(key, "a number");
    }

    public boolean flag(String key) {
        if (json.get(key) instanceof Boolean b) {
            return b;
        }
        throw wrong(key, "true or false");
    }

    public List<Integer> integers(String key) {
        if (json.get(key) instanceof List<?> list && list.stream().allMatch(Integer.class::isInstance)) {
            return list.stream().map(Integer.class::cast).toList();
        }
        throw wrong(key, "a list of whole numbers");
    }

    /** One number or a list of them. */
    public List<Double> numbers(String key) {
        if (json.get(key) instanceof Number n) {
            return List.of(n.doubleValue());
        }
        if (json.get(key) instanceof List<?> list && list.stream().allMatch(Number.class::isInstance)) {
            return list.stream().map(v -> ((Number) v).doubleValue()).toList();
        }
        throw wrong(key, "a number or a list of numbers");
    }
}
