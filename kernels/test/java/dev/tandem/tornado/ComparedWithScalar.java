package dev.tandem.tornado;

import dev.tandem.engine.Backends;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A session on the device beside the scalar one that it is compared with. */
abstract class ComparedWithScalar {
    protected static final double TOLERANCE = TestDevice.tolerance(2e-5);

    protected static Session scalar;
    protected static Session device;

    @BeforeAll
    static void open() {
        scalar = Backends.choose("scalar").provider().open(SessionOptions.defaults());
        device = Backends.choose("tornado").provider().open(TestDevice.options());
    }

    @AfterAll
    static void close() {
        scalar.close();
        device.close();
    }

    protected static void check(double tolerance, OpsBench.Work work) {
        OpsBench.check(scalar, device, tolerance, work);
    }

    protected static float[] bytesOf(int[] words) {
        float[] out = new float[4 * words.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = words[i / 4] >> 8 * (i % 4) & 0xff;
        }
        return out;
    }

    protected static float[] toFloats(int[] values) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = values[i];
        }
        return out;
    }
}
