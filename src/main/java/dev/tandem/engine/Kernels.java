package dev.tandem.engine;

/** By whom an operation is computed on a device that has libraries for it. */
public enum Kernels {
    /** The faster one that is there. */
    AUTO,
    /** The vendor's library, or an error where it is missing. */
    LIBRARY,
    /** Tandem's own kernels. */
    JAVA
}
