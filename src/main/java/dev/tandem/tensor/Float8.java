package dev.tandem.tensor;

/**
 * Floating point in eight bits.
 *
 * @see <a href="https://arxiv.org/abs/2209.05433">FP8 formats for deep learning</a>
 */
public final class Float8 {
    private static final int SIGN = 0x80;

    private Float8() {}

    /** The value of eight bits of a type of this family. */
    public static float toFloat(DType dtype, byte bits) {
        int b = bits & 0xff;
        return switch (dtype) {
            case F8_E4M3 -> (b & 0x7f) == 0x7f ? Float.NaN : value(b, 3, 7);
            case F8_E5M2 -> {
                int magnitude = b & 0x7f;
                if (magnitude > 0x7c) {
                    yield Float.NaN;
                }
                yield magnitude == 0x7c
                        ? Math.copySign(Float.POSITIVE_INFINITY, (b & SIGN) == 0 ? 1f : -1f)
                        : value(b, 2, 15);
            }
            case F8_E4M3FNUZ -> b == SIGN ? Float.NaN : value(b, 3, 8);
            case F8_E5M2FNUZ -> b == SIGN ? Float.NaN : value(b, 2, 16);
            case F8_E8M0 -> b == 0xff ? Float.NaN : Math.scalb(1f, b - 127);
            default -> throw new IllegalArgumentException(dtype.toString());
        };
    }

    private static float value(int bits, int fractionBits, int bias) {
        int exponent = (bits & 0x7f) >> fractionBits;
        int fraction = bits & (1 << fractionBits) - 1;
        float magnitude = exponent == 0
                ? Math.scalb((float) fraction, 1 - bias - fractionBits)
                : Math.scalb((float) (fraction + (1 << fractionBits)), exponent - bias - fractionBits);
        return (bits & SIGN) == 0 ? magnitude : -magnitude;
    }
}
