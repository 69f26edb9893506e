package dev.tandem.gradient;

import dev.tandem.engine.Program;
import dev.tandem.engine.Session;
import dev.tandem.engine.TrainingSession;
import dev.tandem.op.Buffer;
import dev.tandem.op.KvCache;
import dev.tandem.op.KvShape;
import dev.tandem.op.Ops;
import dev.tandem.op.Weight;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A session for a model that learns: what it allocates has a gradient beside it, what it takes as weights becomes a
 * {@link Parameter}. Programs are recorded by a {@link Tape}.
 */
public final class TapeSession implements Session {
    private final TrainingSession session;
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();

    public TapeSession(TrainingSession session) {
        this.session = session;
    }

    /** What the model took as weights so far, by name. */
    public Map<String, Parameter> parameters() {
        return parameters;
    }

    /** A parameter that no operation reads as it is. */
    public Parameter parameter(String name, Shape shape, float[] values) {
        return parameter(name, shape, values, null);
    }

    private Parameter parameter(String name, Shape shape, float[] values, Weight weight) {
        Buffer value = session.floats(name, shape.dims());
        session.write(value, values);
        Parameter p = new Parameter(name, shape, value, session.floats("gradient of " + name, shape.dims()), weight);
        parameters.put(name, p);
        return p;
    }

    @Override
    public Weight weight(Tensor tensor, Tensor scale) {
        if (scale != null) {
            throw new IllegalArgumentException("'" + tensor.name() + "' is int8, which can't learn");
        }
        float[] values = tensor.toFloats();
        Weight weight = session.weight(Tensor.ofFloats(tensor.name(), tensor.shape(), values), null);
        return new TapeWeight(parameter(tensor.name(), tensor.shape(), values, weight));
    }

    @Override
    public String description() {
        return session.description();
    }

    @Override
    public Buffer floats(String name, long... dims) {
        return new TapeBuffer(session.floats(name, dims), session.floats("gradient of " + name, dims));
    }

    @Override
    public Buffer activations(String name, long... dims) {
        return new TapeBuffer(session.activations(name, dims), session.floats("gradient of " + name, dims));
    }

    @Override
    public Buffer ints(String name, long... dims) {
        return new TapeBuffer(session.ints(name, dims), null);
    }

    @Override
    public List<KvCache> kvCaches(String overlay, KvShape shape) {
        List<KvCache> values = session.kvCaches(overlay, shape);
        List<KvCache> gradients = session.kvCaches("gradient of " + overlay, shape);
        List<KvCache> caches = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            caches.add(new TapeCache(values.get(i), gradients.get(i)));
        }
        return caches;
    }

    /** Not here: what learns is recorded by a {@link Tape}. */
    @Override
    public Program program(String name, Consumer<Ops> body) {
        throw new UnsupportedOperationException("a tape records programs that learn");
    }

    @Override
    public void write(Buffer buffer, float[] values) {
        session.write(TapeBuffer.of(buffer).value(), values);
    }

    @Override
    public void write(Buffer buffer, int[] values) {
        session.write(TapeBuffer.of(buffer).value(), values);
    }

    @Override
    public float[] readFloats(Buffer buffer) {
        return session.readFloats(TapeBuffer.of(buffer).value());
    }

    @Override
    public int[] readInts(Buffer buffer) {
        return session.readInts(TapeBuffer.of(buffer).value());
    }

    /** A buffer that needs no gradient, for the forward to read. */
    public Buffer over(Buffer given) {
        return new TapeBuffer(given, null);
    }

    /** The buffer itself, for operations that have no way back. */
    public static Buffer value(Buffer buffer) {
        return TapeBuffer.of(buffer).value();
    }

    /** The buffer's gradient. */
    public static Buffer gradient(Buffer buffer) {
        return TapeBuffer.of(buffer).gradient();
    }

    /** Whoever opened the session beneath closes it. */
    @Override
    public void close() {}
}
