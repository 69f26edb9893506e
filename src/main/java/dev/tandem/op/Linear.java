package dev.tandem.op;

/**
 * A projection {@code y = x·Wᵀ + b}, or a convolution's kernel and bias.
 *
 * @param weight [out, in], for convolutions [out, in, kh, kw]
 * @param bias [out], or null where there is none
 */
public record Linear(Weight weight, Weight bias) {
    public int outputs() {
        return weight.size(0);
    }

    public int inputs() {
        return weight.size(1);
    }
}
