package dev.tandem.request;

import dev.tandem.decode.Schedule;
import dev.tandem.folder.Model;
import dev.tandem.folder.ModelConfig;
import dev.tandem.folder.ModelConfig.VaePart;
import dev.tandem.folder.ModelConfig.VarPart;
import dev.tandem.model.VarConfig;
import dev.tandem.tensor.FormatException;
import java.util.Comparator;
import java.util.Map;

/** What requests ask of a model folder. */
public final class ModelParts {
    private ModelParts() {}

    /** The tokenizer; all that runs a model needs one. */
    public static VaePart tokenizer(Model model) {
        return model.config()
                .tokenizer()
                .orElseThrow(() -> new FormatException(
                        model.origin(), "has no tokenizer; convert the VQ-VAE checkpoint into it as well"))
                .getValue();
    }

    /** The classes that the first transformer knows. */
    public static ClassNames classes(ModelConfig config, Schedule schedule) {
        return classes(config, schedule.stages().getFirst().model());
    }

    /** The classes that a transformer knows. */
    public static ClassNames classes(ModelConfig config, String transformer) {
        return new ClassNames(config.transformers().get(transformer).config().classes(), config.classNames());
    }

    /** The transformer of that name; the largest where none is named. */
    public static String transformer(Model model, String named) {
        Map<String, VarPart> all = model.config().transformers();
        if (all.isEmpty()) {
            throw new InvalidRequestException("model", model.origin() + " has no transformer");
        }
        if (named != null && !all.containsKey(named)) {
            throw new InvalidRequestException(
                    "transformer",
                    "‹transformer›: " + model.origin() + " has no transformer '" + named + "'; it has "
                            + String.join(", ", all.keySet()));
        }
        return named != null
                ? named
                : all.entrySet().stream()
                        .max(Comparator.comparingLong(e -> work(e.getValue().config())))
                        .orElseThrow()
                        .getKey();
    }

    /** A measure of what a forward costs. */
    private static long work(VarConfig c) {
        return (long) c.depth() * c.width() * c.width();
    }
}
