package dev.tandem.convert.format;

import java.util.List;

/**
 * Gives a pickle's references to the outside their meaning. Implementations decide from names alone and must not load
 * any class that a file names; what means nothing to them becomes a {@link Foreign} object.
 */
interface PickleHost {
    /** What {@code module.name} stands for. */
    Object global(String module, String name);

    /** The result of calling what {@link #global} gave. */
    Object call(Object callee, List<Object> arguments);

    /** What a persistent id stands for. */
    Object persistent(Object id);

    /** Applies pickled state to an object. */
    void build(Object target, Object state);
}
