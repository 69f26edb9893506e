package dev.tandem.cpu.work;

/** The activation functions, as the original computes them. */
public final class Activations {
    private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

    private Activations() {}

    /** {@code nn.GELU(approximate='tanh')}. */
    public static float gelu(float x) {
        return (float) (0.5 * x * (1 + Math.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x))));
    }

    public static float silu(float x) {
        return (float) (x / (1 + Math.exp(-x)));
    }

    /** The slope of {@link #gelu}. */
    public static double geluSlope(double x) {
        double t = Math.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x));
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * SQRT_2_OVER_PI * (1 + 3 * 0.044715 * x * x);
    }

    /** The slope of {@link #silu}. */
    public static double siluSlope(double x) {
        double sigmoid = 1 / (1 + Math.exp(-x));
        return sigmoid * (1 + x * (1 - sigmoid));
    }
}
