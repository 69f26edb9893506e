package dev.tandem.random;

import dev.tandem.folder.ModelConfig;
import dev.tandem.folder.ModelConfig.Pair;
import dev.tandem.folder.ModelConfig.Part;
import dev.tandem.folder.ModelConfig.SamplingDefaults;
import dev.tandem.folder.ModelConfig.VaePart;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VqVaeConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The public models' dimensions by the names that people give them: {@code d16}, {@code d30+d16}. */
public final class Shapes {
    private static final Pattern NAME = Pattern.compile("d([1-9]\\d{0,2})");
    private static final List<Integer> SCALES_256 = List.of(1, 2, 3, 4, 5, 6, 8, 10, 13, 16);
    private static final List<Integer> SCALES_512 = List.of(1, 2, 3, 4, 6, 9, 13, 18, 24, 32);
    /** The one public model of 512 pixels; it shares AdaLN between its blocks. */
    private static final int DEPTH_512 = 36;

    private static final int HEAD_SIZE = 64;
    private static final int VOCABULARY = 4096;
    private static final int CODE_SIZE = 32;
    private static final int CLASSES = 1000;
    private static final float EPS = 1e-6f;
    private static final String VAE = "vae_ch160v4096z32";

    private Shapes() {}

    /**
     * A tokenizer and one or two transformers.
     *
     * @param names such as {@code d16} or {@code d30+d16}; any depth will do
     * @param dtype fp32, fp16, bf16 or int8
     * @throws IllegalArgumentException where they are not of this form or do not go together
     */
    public static ModelConfig of(String names, String dtype) {
        String[] each = names.split("\\+", -1);
        if (each.length > 2) {
            throw new IllegalArgumentException("a shape is one transformer or two, not " + names);
        }
        Map<String, Part> parts = new LinkedHashMap<>();
        Scales scales = null;
        for (String name : each) {
            VarConfig var = var(name);
            if (scales != null && !scales.equals(var.scales())) {
                throw new IllegalArgumentException("the models of " + names + " have different scales");
            }
            scales = var.scales();
            parts.put(parts.containsKey(name) ? name + "-2" : name, new VarPart("", dtype, var, null));
        }
        parts.put(VAE, new VaePart("", dtype, vae(scales)));
        List<String> keys =
                parts.keySet().stream().filter(key -> !key.equals(VAE)).toList();
        // named in this order, they are a pair; the last two scales are the refiner's
        Pair pair = keys.size() == 2 ? new Pair(keys.getFirst(), keys.getLast(), scales.count() - 2) : null;
        return new ModelConfig("random " + names, List.of(), parts, SamplingDefaults.NONE, pair);
    }

    private static VarConfig var(String name) {
        Matcher m = NAME.matcher(name);
        if (!m.matches()) {
            throw new IllegalArgumentException(
                    "a shape is d16, d20, d24, d30, d36 or two such as d30+d16, not " + name);
        }
        int depth = Integer.parseInt(m.group(1));
        int width = HEAD_SIZE * depth;
        boolean large = depth == DEPTH_512;
        return new VarConfig(
                depth,
                width,
                depth,
                4 * width,
                VOCABULARY,
                CODE_SIZE,
                CLASSES,
                new Scales(large ? SCALES_512 : SCALES_256),
                large,
                true,
                EPS);
    }

    private static VqVaeConfig vae(Scales scales) {
        return new VqVaeConfig(VOCABULARY, CODE_SIZE, 160, List.of(1, 1, 2, 2, 4), 2, scales, 4, 0.5f, 32, EPS, false);
    }
}
