package dev.tandem.api;

import java.util.Objects;

/** What computes: chosen by what is there, the processor, or a device by its name. */
public final class Device {
    /** The best that is there: a GPU, else the processor. */
    public static final Device AUTO = new Device("auto", null);
    /** The processor, by vectors where Java has them. */
    public static final Device CPU = new Device(null, null);

    private final String backend;
    private final String name;

    private Device(String backend, String name) {
        this.backend = backend;
        this.name = name;
    }

    /**
     * A device by name, as {@code tandem devices} lists it: {@code auto}, {@code cpu}, {@code scalar}, {@code vector},
     * {@code tornado}, the interface of a GPU ({@code cuda}, {@code opencl}, {@code ptx}, {@code spirv}), or one device of
     * it ({@code opencl:1}).
     */
    public static Device of(String name) {
        return switch (Objects.requireNonNull(name, "name")) {
            case "auto" -> AUTO;
            case "cpu" -> CPU;
            case "scalar", "vector", "tornado" -> new Device(name, null);
            default -> new Device("tornado", name);
        };
    }

    /** Null for the best on the processor. */
    String backend() {
        return backend;
    }

    /** Null for the back-end's own choice. */
    String name() {
        return name;
    }

    @Override
    public String toString() {
        return name != null ? name : backend != null ? backend : "cpu";
    }
}
