package dev.tandem.convert.format;

import java.util.List;

/**
 * A placeholder for what a pickle holds beside tensors and plain data: a global, or an object that one was called for.
 * It keeps what was put into it, as plain data, and never becomes anything.
 */
final class Foreign {
    private final String name;
    private final boolean global;
    private final List<Object> arguments;
    private final PyDict entries = new PyDict();
    private final PyList items = new PyList();
    private Object state;

    private Foreign(String name, boolean global, List<Object> arguments) {
        this.name = name;
        this.global = global;
        this.arguments = arguments;
    }

    /** A global: {@code argparse.Namespace}. */
    static Foreign global(String name) {
        return new Foreign(name, true, List.of());
    }

    /** What calling a global of that name would have given. */
    static Foreign object(String name, List<Object> arguments) {
        return new Foreign(name, false, java.util.Collections.unmodifiableList(arguments));
    }

    /** The global's full name. */
    String name() {
        return name;
    }

    /** For messages. */
    String what() {
        return global ? "the global '" + name + "'" : "an object of '" + name + "'";
    }

    /** What it was made of. */
    List<Object> arguments() {
        return arguments;
    }

    /** What was put into it as into a dict. */
    PyDict entries() {
        return entries;
    }

    /** What was put into it as into a list. */
    PyList items() {
        return items;
    }

    /** Its attributes as a dict, or whatever else its state was; null where none was set. */
    Object state() {
        return state;
    }

    void setState(Object state) {
        this.state = state;
    }
}
