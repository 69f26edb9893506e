package dev.tandem.bench;

import dev.tandem.engine.Backends;
import dev.tandem.engine.Program;
import dev.tandem.engine.Session;
import dev.tandem.engine.SessionOptions;
import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import dev.tandem.op.Ops;
import dev.tandem.op.Weight;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.function.Consumer;

/** A session of a back-end with random buffers and weights. */
final class Bench implements AutoCloseable {
    private final Session session;
    private final Random random = new Random(1);
    private final Arena arena = Arena.ofShared();

    Bench(String backend) {
        session = Backends.choose(backend).provider().open(SessionOptions.defaults());
    }

    Session session() {
        return session;
    }

    Buffer activations(long... dims) {
        Buffer buffer = session.activations("x", dims);
        float[] values = new float[Math.toIntExact(buffer.shape().elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        session.write(buffer, values);
        return buffer;
    }

    Buffer empty(long... dims) {
        return session.activations("out", dims);
    }

    Weight weight(DType type, double sigma, long... dims) {
        Shape shape = Shape.of(dims);
        int n = Math.toIntExact(shape.elements());
        MemorySegment data = arena.allocate((long) n * type.bytes(), 64);
        for (int i = 0; i < n; i++) {
            float v = (float) (random.nextGaussian() * sigma);
            switch (type) {
                case F16 -> data.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(v));
                case I8 -> data.set(ValueLayout.JAVA_BYTE, i, (byte) Math.clamp(Math.round(v / sigma * 40), -127, 127));
                default -> data.setAtIndex(ValueLayout.JAVA_FLOAT, i, v);
            }
        }
        Tensor scale = null;
        if (type == DType.I8) {
            float[] factors = new float[(int) dims[0]];
            java.util.Arrays.fill(factors, (float) (sigma / 40));
            scale = Tensor.ofFloats("factors", Shape.of(factors.length), factors);
        }
        return session.weight(new Tensor("w", type, shape, data), scale);
    }

    Linear linear(DType type, long... dims) {
        double inputs = Shape.of(dims).elements() / (double) dims[0];
        return new Linear(weight(type, 1 / Math.sqrt(inputs), dims), weight(DType.F32, 0.1, dims[0]));
    }

    Program program(Consumer<Ops> body) {
        return session.program("benchmark", body);
    }

    @Override
    public void close() {
        session.close();
        arena.close();
    }
}
