package dev.tandem.gradient;

import dev.tandem.op.Weight;
import dev.tandem.tensor.Shape;

/** A weight that learns. */
record TapeWeight(Parameter parameter) implements Weight {
    static TapeWeight of(Weight weight) {
        return (TapeWeight) weight;
    }

    Weight value() {
        return parameter.weight();
    }

    @Override
    public String name() {
        return parameter.name();
    }

    @Override
    public Shape shape() {
        return parameter.shape();
    }

    @Override
    public int elementBytes() {
        return value().elementBytes();
    }
}
