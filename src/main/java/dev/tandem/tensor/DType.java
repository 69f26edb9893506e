package dev.tandem.tensor;

import java.util.Arrays;
import java.util.Optional;

/** Element types that appear in checkpoints, under their safetensors names. */
public enum DType {
    F64(8, true),
    F32(4, true),
    F16(2, true),
    BF16(2, true),
    /** Four bits of exponent, three of fraction, no infinities; the largest is 448. */
    F8_E4M3(1, true),
    /** Five bits of exponent, two of fraction. */
    F8_E5M2(1, true),
    /** As F8_E4M3 with half of each value, one zero and one NaN. */
    F8_E4M3FNUZ(1, true),
    /** As F8_E5M2 with half of each value, one zero and one NaN, no infinities. */
    F8_E5M2FNUZ(1, true),
    /** Powers of two. */
    F8_E8M0(1, true),
    I64(8, false),
    I32(4, false),
    I16(2, false),
    I8(1, false),
    U64(8, false),
    U32(4, false),
    U16(2, false),
    U8(1, false),
    BOOL(1, false);

    private final int bytes;
    private final boolean floating;

    DType(int bytes, boolean floating) {
        this.bytes = bytes;
        this.floating = floating;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    public boolean floating() {
        return floating;
    }

    /** Whether every value but the least of the integers has an opposite. */
    public boolean signed() {
        return switch (this) {
            // fnuz kinds have no -0, e8m0 no sign at all
            case F8_E4M3FNUZ, F8_E5M2FNUZ, F8_E8M0, U64, U32, U16, U8, BOOL -> false;
            default -> true;
        };
    }

    /** The type of that safetensors name ({@code "F16"}), empty where there is none. */
    public static Optional<DType> named(String name) {
        return Arrays.stream(values()).filter(d -> d.name().equals(name)).findFirst();
    }
}
