package dev.tandem.decode;

import dev.tandem.model.Scales;
import dev.tandem.op.SamplingState;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How codes are drawn. Each list has one value for all scales or one per scale.
 *
 * @param cfg strength of the guidance at the last scale; at scale i of S it is cfg · i / (S − 1)
 * @param topK codes kept per position, 0 is off
 * @param topP probability kept per position, 0 is off
 * @param temperature divides the filtered logits, above 0
 * @param smooth whether code vectors are mixed by a Gumbel softmax (the original's more_smooth)
 */
public record SamplingSettings(
        List<Double> cfg, List<Double> topK, List<Double> topP, List<Double> temperature, boolean smooth) {

    /** A value that a setting can't have. */
    public static final class InvalidSettingException extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        private final String setting;

        InvalidSettingException(String setting, String message) {
            super(message);
            this.setting = setting;
        }

        /** Which setting, such as {@code top-k}. */
        public String setting() {
            return setting;
        }
    }

    public SamplingSettings {
        cfg = check("cfg", cfg, 0, Float.MAX_VALUE);
        topK = check("top-k", topK, 0, Integer.MAX_VALUE);
        topP = check("top-p", topP, 0, 1);
        temperature = check("temperature", temperature, 1e-6, Float.MAX_VALUE);
    }

    private static List<Double> check(String what, List<Double> values, double least, double most) {
        if (values.isEmpty()) {
            throw new InvalidSettingException(what, what + " needs a value");
        }
        for (double v : values) {
            if (!(v >= least && v <= most)) {
                throw new InvalidSettingException(
                        what,
                        what + " must be "
                                + (what.equals("temperature")
                                        ? "above 0"
                                        : "from " + (int) least + (most == 1 ? " to 1" : " on"))
                                + ", not " + v);
            }
        }
        return List.copyOf(values);
    }

    /** Always the largest logit, no randomness. */
    public static SamplingSettings greedy(double cfg) {
        return new SamplingSettings(List.of(cfg), List.of(1.0), List.of(0.0), List.of(1.0), false);
    }

    /** The value of scale i out of one for all or one per scale. */
    public static double at(List<Double> values, int i) {
        return values.size() == 1 ? values.getFirst() : values.get(i);
    }

    /** Fails where a list has neither one value nor one per scale. */
    public void checkScales(int scales) {
        checkLength("cfg", cfg, scales);
        checkLength("top-k", topK, scales);
        checkLength("top-p", topP, scales);
        checkLength("temperature", temperature, scales);
    }

    private static void checkLength(String what, List<Double> values, int scales) {
        if (values.size() != 1 && values.size() != scales) {
            throw new InvalidSettingException(
                    what, what + " takes one value or one per scale (" + scales + "), not " + values.size());
        }
    }

    /** Whether a scale is guided, so that whoever decodes it needs unconditional rows. */
    public boolean guided(Scales scales, int scale) {
        return at(cfg, scale) * scales.ratio(scale) != 0;
    }

    /** Whether pictures of these and of other settings can be made in one batch: whether the same steps are taken. */
    public boolean goesWith(SamplingSettings other, Scales scales) {
        return smooth == other.smooth
                && IntStream.range(0, scales.count())
                        .allMatch(scale -> guided(scales, scale) == other.guided(scales, scale));
    }

    /** The numbers of one picture as {@link SamplingState#settings} holds them. */
    float[] table(Scales scales) {
        checkScales(scales.count());
        float[] out = new float[scales.count() * SamplingState.COLUMNS];
        for (int i = 0; i < scales.count(); i++) {
            double ratio = scales.ratio(i);
            int at = i * SamplingState.COLUMNS;
            out[at + SamplingState.GUIDANCE] = (float) (at(cfg, i) * ratio);
            out[at + SamplingState.TOP_K] = (float) at(topK, i);
            out[at + SamplingState.TOP_P] = (float) at(topP, i);
            out[at + SamplingState.TEMPERATURE] = (float) at(temperature, i);
            out[at + SamplingState.SMOOTH_GAIN] = (float) (1 + ratio);
            out[at + SamplingState.SMOOTH_TAU] = (float) Math.max(0.27 * (1 - 0.95 * ratio), 0.005);
        }
        return out;
    }
}
