package dev.tandem.tornado.element;

import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.Int8Array;

/** Loads and stores by element type, and the activation functions: small enough to be inlined into every kernel. */
public final class Elements {
    /** How an array of activations is stored. */
    public static final int FP32 = 0;

    public static final int FP16 = 1;

    /** How a matrix is, besides. */
    public static final int INT8 = 2;

    private static final float GELU_INNER = 0.7978845608f;
    private static final float GELU_CUBIC = 0.044715f;

    /** Exponents above this would overflow, and compilers that assume finite numbers make NaN of an infinity. */
    private static final float MOST = 80f;

    private Elements() {}

    /** An element of {@code f}, or of {@code h} where {@code fp16} is 1. */
    public static float load(int fp16, FloatArray f, HalfFloatArray h, int i) {
        if (fp16 == FP32) {
            return f.get(i);
        } else {
            return h.get(i).getFloat32();
        }
    }

    /** Puts an element into {@code f}, or into {@code h} where {@code fp16} is 1. */
    public static void store(int fp16, FloatArray f, HalfFloatArray h, int i, float value) {
        if (fp16 == FP32) {
            f.set(i, value);
        } else {
            h.set(i, new HalfFloat(value));
        }
    }

    /** A weight of that type. */
    public static float weight(int type, FloatArray f, HalfFloatArray h, Int8Array b, int i) {
        if (type == FP32) {
            return f.get(i);
        } else if (type == FP16) {
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

    /** x · logistic(x). */
    public static float silu(float x) {
        return x / (1f + TornadoMath.exp(Math.min(-x, MOST)));
    }
}
