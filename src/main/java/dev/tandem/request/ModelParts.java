package dev.tandem.request;

import dev.tandem.decode.Schedule;
import dev.tandem.folder.Model;
import dev.tandem.folder.ModelConfig.VaePart;
import dev.tandem.folder.ModelConfig;
import dev.tandem.tensor.FormatException;

/** What commands ask of a model folder. */
public final class ModelParts {
    private ModelParts() {}

    /** The tokenizer; every command but {@code inspect} needs one. */
    public static VaePart tokenizer(Model model) {
        return model.config()
                .tokenizer()
                .orElseThrow(() -> new FormatException(
                        model.origin(), "has no tokenizer; convert the VQ-VAE checkpoint into it as well"))
                .getValue();
    }

    /** The classes that the first transformer knows. */
    public static ClassNames classes(ModelConfig config, Schedule schedule) {
        String first = schedule.stages().getFirst().model();
        return new ClassNames(config.transformers().get(first).config().classes(), config.classNames());
    }
}
