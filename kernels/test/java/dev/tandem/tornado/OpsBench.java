package dev.tandem.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.engine.Session;
import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Weight;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.function.Consumer;

/** A session with random inputs: the same ones on every session that starts from an equal seed. */
record OpsBench(Session session, Random random) {
    /** Something that computes from the same random numbers on any session. */
    interface Work {
        float[] on(OpsBench bench);
    }

    float[] values(int n) {
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = (float) random.nextGaussian();
        }
        return out;
    }

    /** A view into a larger buffer, so that offsets count. */
    Buffer floats(long... dims) {
        return view(session.floats("floats", Shape.of(dims).elements() + 7), dims);
    }

    Buffer activations(long... dims) {
        return view(session.activations("activations", Shape.of(dims).elements() + 7), dims);
    }

    /** A view that begins where 16 bytes do. */
    Buffer aligned(boolean floats, long... dims) {
        long elements = Shape.of(dims).elements() + 16;
        Buffer whole = floats ? session.floats("floats", elements) : session.activations("activations", elements);
        Buffer b = whole.slice(8, dims);
        session.write(b, values((int) b.shape().elements()));
        return b;
    }

    private Buffer view(Buffer whole, long... dims) {
        Buffer b = whole.slice(5, dims);
        session.write(b, values((int) b.shape().elements()));
        return b;
    }

    Buffer ints(int[] values, long... dims) {
        Buffer b = session.ints("ints", dims);
        session.write(b, values);
        return b;
    }

    Weight weight(long... dims) {
        Shape shape = Shape.of(dims);
        return session.weight(Tensor.ofFloats("weight", shape, values((int) shape.elements())), null);
    }

    /** Stored as int8 with a factor per row. */
    Weight int8(long... dims) {
        Shape shape = Shape.of(dims);
        byte[] bytes = new byte[(int) shape.elements()];
        random.nextBytes(bytes);
        float[] factors = values(shape.size(0));
        for (int i = 0; i < factors.length; i++) {
            factors[i] *= 0.02f;
        }
        MemorySegment data = Arena.ofAuto().allocate(bytes.length);
        data.copyFrom(MemorySegment.ofArray(bytes));
        return session.weight(
                new Tensor("weight", DType.I8, shape, data),
                Tensor.ofFloats("scale", Shape.of(factors.length), factors));
    }

    Linear linear(int outputs, int inputs) {
        return new Linear(weight(outputs, inputs), weight(outputs));
    }

    void run(Consumer<dev.tandem.op.Ops> body) {
        session.program("test", body).run();
    }

    float[] read(Buffer b) {
        return session.readFloats(b);
    }

    /** Compares relative to the largest expected magnitude. */
    static void check(Session reference, Session device, double tolerance, Work work) {
        float[] expected = work.on(new OpsBench(reference, new Random(7)));
        float[] actual = work.on(new OpsBench(device, new Random(7)));
        assertEquals(expected.length, actual.length);
        double largest = 0;
        for (float v : expected) {
            largest = Math.max(largest, Math.abs(v));
        }
        for (int i = 0; i < expected.length; i++) {
            double off = Math.abs((double) expected[i] - actual[i]);
            int at = i;
            assertTrue(
                    off <= tolerance * Math.max(largest, 1),
                    () -> "element " + at + " of " + expected.length + ": " + actual[at] + ", not " + expected[at]);
        }
    }
}
