package dev.tandem.tornado;

import dev.tandem.engine.Precision;
import dev.tandem.engine.SessionOptions;

/**
 * On what the tests run: the first device, in fp32 storage, so that the CPU's numbers can be asked for. The properties
 * {@code tandem.test.device} and {@code tandem.test.precision} choose otherwise.
 */
public final class TestDevice {
    private TestDevice() {}

    public static Precision precision() {
        return Precision.valueOf(System.getProperty("tandem.test.precision", "FP32"));
    }

    /** How far results may be off where exact arithmetic on fp32 storage would be off by {@code tolerance}. */
    public static double tolerance(double tolerance) {
        return precision() == Precision.FP16 ? Math.max(tolerance, 4e-3) : tolerance;
    }

    /** How often a thing is done that must not depend on timing: a hundred times on a device that was named. */
    public static int repetitions() {
        return System.getProperty("tandem.test.device") == null ? 5 : 100;
    }

    public static SessionOptions options() {
        return new SessionOptions(
                Runtime.getRuntime().availableProcessors(), System.getProperty("tandem.test.device"), precision());
    }
}
