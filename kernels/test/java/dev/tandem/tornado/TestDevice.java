package dev.tandem.tornado;

import dev.tandem.engine.Precision;
import dev.tandem.engine.SessionOptions;

/** On what the tests run: fp32 storage, so that the CPU's numbers can be asked for. */
public final class TestDevice {
    private TestDevice() {}

    public static SessionOptions options() {
        return new SessionOptions(Runtime.getRuntime().availableProcessors(), null, Precision.FP32);
    }
}
