package dev.tandem.cli;

import dev.tandem.decode.Schedule;
import dev.tandem.folder.Model;
import dev.tandem.folder.ModelConfig;
import dev.tandem.folder.ModelConfig.VaePart;
import dev.tandem.tensor.FormatException;

/** What commands ask of a model folder. */
final class ModelParts {
    private ModelParts() {}

    /** The tokenizer; every command but {@code inspect} needs one. */
    static VaePart tokenizer(Model model) {
        return model.config()
                .tokenizer()
                .orElseThrow(() -> new FormatException(
                        model.origin(), "has no tokenizer; convert the VQ-VAE checkpoint into it as well"))
                .getValue();
    }

    /** The classes that the first transformer knows. */
    static ClassList classes(ModelConfig config, Schedule schedule) {
        String first = schedule.stages().getFirst().model();
        return new ClassList(config.transformers().get(first).config().classes(), config.classNames());
    }
}
