package dev.tandem.model;

import dev.tandem.engine.Session;
import dev.tandem.op.Linear;
import dev.tandem.op.Weight;
import dev.tandem.tensor.FormatException;
import dev.tandem.tensor.Shape;
import dev.tandem.tensor.Tensor;
import dev.tandem.tensor.TensorSource;
import java.util.Optional;

/**
 * Walks a checkpoint by the names that its tensors have there: {@code params.at("blocks", 0, "attn").linear("proj", …)}
 * finds {@code blocks.0.attn.proj.weight} and {@code .bias}, checks their shapes and gives them to the session.
 */
public final class Params {
    /** Ends the name of the tensor that holds an int8 tensor's factors, one per first dimension. */
    public static final String SCALE_SUFFIX = ".scale";

    private final Session session;
    private final TensorSource source;
    private final String prefix;

    public Params(Session session, TensorSource source) {
        this(session, source, "");
    }

    private Params(Session session, TensorSource source, String prefix) {
        this.session = session;
        this.source = source;
        this.prefix = prefix;
    }

    /** The parameters below a module's name. */
    public Params at(Object... modules) {
        StringBuilder name = new StringBuilder(prefix);
        for (Object module : modules) {
            name.append(module).append('.');
        }
        return new Params(session, source, name.toString());
    }

    /** Whether a module or tensor of that name exists here. */
    public boolean has(String name) {
        return source.find(prefix + name).isPresent()
                || source.names().stream().anyMatch(n -> n.startsWith(prefix + name + "."));
    }

    /** The tensor itself, to derive another from. */
    public Tensor tensor(String name, long... shape) {
        Tensor tensor = source.get(prefix + name);
        if (!tensor.shape().equals(Shape.of(shape))) {
            throw new FormatException(
                    source.origin(),
                    "tensor '" + prefix + name + "' has the shape " + tensor.shape() + ", expected " + Shape.of(shape));
        }
        return tensor;
    }

    /** What an error message calls a parameter. */
    public String path(String name) {
        return source.origin() + ": tensor '" + prefix + name + "'";
    }

    /** A parameter's shape, where that is not known from elsewhere. */
    public Shape shape(String name) {
        return source.get(prefix + name).shape();
    }

    /** A parameter's elements, to compute another from; those of an int8 tensor with their factors. */
    public float[] values(String name, long... shape) {
        float[] values = tensor(name, shape).toFloats();
        source.find(prefix + name + SCALE_SUFFIX).ifPresent(scale -> {
            int row = values.length / scale.shape().size(0);
            for (int i = 0; i < values.length; i++) {
                values[i] *= scale.floatAt(i / row);
            }
        });
        return values;
    }

    public Weight weight(String name, long... shape) {
        Tensor tensor = tensor(name, shape);
        Optional<Tensor> scale = source.find(prefix + name + SCALE_SUFFIX);
        return session.weight(tensor, scale.orElse(null));
    }

    /** A parameter computed from others when the model was loaded. */
    public Weight derived(String name, Shape shape, float[] values) {
        return session.weight(Tensor.ofFloats(prefix + name, shape, values), null);
    }

    /** A projection with bias. */
    public Linear linear(String name, int inputs, int outputs) {
        return new Linear(weight(name + ".weight", outputs, inputs), weight(name + ".bias", outputs));
    }

    /** A square convolution with bias. */
    public Linear conv(String name, int inputs, int outputs, int kernel) {
        return new Linear(weight(name + ".weight", outputs, inputs, kernel, kernel), weight(name + ".bias", outputs));
    }
}
