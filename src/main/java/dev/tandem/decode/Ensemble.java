package dev.tandem.decode;

import dev.tandem.engine.Session;
import dev.tandem.folder.Model;
import dev.tandem.folder.ModelConfig;
import dev.tandem.model.VarTransformer;
import dev.tandem.model.VqVae;
import dev.tandem.tensor.FormatException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The models of a run, loaded into a session: one tokenizer and the transformers that work on its codes.
 *
 * @param session what they were loaded into
 */
public record Ensemble(Session session, VqVae vae, Map<String, VarTransformer> transformers) {

    /**
     * Loads the tokenizer and the named transformers.
     *
     * @throws FormatException where a part is missing, malformed or does not share the tokenizer
     */
    public static Ensemble load(Session session, Model model, Collection<String> names) {
        ModelConfig config = model.config();
        Map.Entry<String, ModelConfig.VaePart> tokenizer = config.tokenizer()
                .orElseThrow(() -> new FormatException(
                        model.origin(), "has no tokenizer; convert the VQ-VAE checkpoint into it as well"));
        VqVae vae = VqVae.load(tokenizer.getValue().config(), model.tensors(tokenizer.getKey()), session);
        Map<String, VarTransformer> transformers = new LinkedHashMap<>();
        for (String name : names) {
            ModelConfig.VarPart part = config.transformer(name, model.origin());
            Optional<String> mismatch = ModelConfig.mismatch(vae.config(), part.config());
            if (mismatch.isPresent()) {
                throw new FormatException(
                        model.origin(),
                        "'" + name + "' does not share the tokenizer '" + tokenizer.getKey() + "': " + mismatch.get());
            }
            transformers.put(name, VarTransformer.load(part.config(), model.tensors(name), session));
        }
        int classes = -1;
        for (var t : transformers.entrySet()) {
            if (classes >= 0 && t.getValue().config().classes() != classes) {
                throw new FormatException(
                        model.origin(),
                        "'" + t.getKey() + "' has " + t.getValue().config().classes() + " classes, '"
                                + transformers.keySet().iterator().next() + "' has " + classes);
            }
            classes = t.getValue().config().classes();
        }
        return new Ensemble(session, vae, transformers);
    }
}
