package dev.tandem.gradient;

import dev.tandem.op.Buffer;
import dev.tandem.op.Weight;
import dev.tandem.tensor.Shape;

/**
 * A parameter that learns.
 *
 * @param value fp32 whatever the weight is stored in
 * @param gradient fp32, added to by every way back until somebody clears it
 * @param weight what the forward reads; null where it reads another that is computed from this one
 */
public record Parameter(String name, Shape shape, Buffer value, Buffer gradient, Weight weight) {}
