package dev.tandem.tornado.element;

import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.Int8Array;

/** Loads and stores by element type, and the activation functions: small enough to be inlined into every kernel. */
public final class Elements {
    private static final float GELU_INNER = 0.7978845608f;
    private static final float GELU_CUBIC = 0.044715f;

    /** Exponents above this would overflow, and compilers that assume finite numbers make NaN of an infinity. */
    private static final float MOST = 80f;

    private Elements() {}

    public static float load(int fp16, FloatArray f, HalfFloatArray h, int i) {
        if (fp16 == 0) {
            return f.get(i);
        } else {
            return h.get(i).getFloat32();
        }
    }

    public static void store(int fp16, FloatArray f, HalfFloatArray h, int i, float value) {
        if (fp16 == 0) {
            f.set(i, value);
        } else {
            h.set(i, new HalfFloat(value));
        }
    }

    /** A weight: 0 is fp32, 1 fp16, 2 int8. */
    public static float weight(int type, FloatArray f, HalfFloatArray h, Int8Array b, int i) {
        if (type == 0) {
            return f.get(i);
        } else if (type == 1) {
            return h.get(i).getFloat32();
        } else {
            return b.get(i);
        }
    }

    /** GELU with the tanh formula: 0.5·(1 + tanh u) is the logistic function of 2u. */
    public static float gelu(float x) {
        float u = GELU_INNER * (x + GELU_CUBIC * x * x * x);
        return x / (1f + TornadoMath.exp(Math.min(-2f * u, MOST)));
    }

    public static float silu(float x) {
        return x / (1f + TornadoMath.exp(Math.min(-x, MOST)));
    }
}
