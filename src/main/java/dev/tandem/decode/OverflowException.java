package dev.tandem.decode;

/** Numbers grew beyond what their type holds, so that nothing can be made of them; the message says whose and what helps. */
public final class OverflowException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final String REMEDY = "; on a device ‹precision› fp32 helps against outliers among the weights";

    private OverflowException(String message) {
        super(message);
    }

    /** A model's logits, on the way to a picture. */
    static OverflowException generating(String model, int scale, int scales, Prompt picture, boolean guided) {
        return new OverflowException("the logits of '" + model + "' overflow at scale " + (scale + 1) + " of " + scales
                + ", in the picture of class " + picture.label() + " with seed " + picture.seed() + REMEDY
                + (guided ? ", a smaller ‹cfg› against much guidance" : ""));
    }

    /** A model's logits for a given picture's codes. */
    static OverflowException scoring(String model, int scale, int scales, String picture) {
        return new OverflowException("the logits of '" + model + "' overflow at scale " + (scale + 1) + " of " + scales
                + ", for " + picture + REMEDY);
    }

    /** Fails where a number that a tokenizer computed is not finite. */
    static float[] checked(float[] values, String what) {
        boolean finite = true;
        for (float x : values) {
            finite &= Math.abs(x) <= Float.MAX_VALUE;
        }
        if (!finite) {
            throw new OverflowException(what + " overflow in the tokenizer" + REMEDY);
        }
        return values;
    }
}
