package dev.tandem.tornado.element;

import uk.ac.manchester.tornado.api.types.HalfFloat;

/** What kernels on tensor cores have in common. */
public final class Fragments {
    /** Floats of local memory that intrinsics take to lie before an array's first. */
    public static final int HEADER = 4;

    private Fragments() {}

    /** Bits of two numbers in fp16. */
    public static int pair(float low, float high) {
        int lower = new HalfFloat(low).getHalfFloatValue() & 0xFFFF;
        int upper = new HalfFloat(high).getHalfFloatValue() & 0xFFFF;
        return lower | upper << 16;
    }
}
