package dev.tandem.evaluate;

import dev.tandem.engine.Session;
import dev.tandem.folder.Model;
import dev.tandem.folder.ModelConfig.InceptionPart;
import dev.tandem.model.Inception;
import dev.tandem.tensor.FormatException;
import java.util.Map;

/** Finds the network in a model folder that pictures are to be compared by. */
public final class FeatureExtractors {
    private FeatureExtractors() {}

    /**
     * Loads the folder's only network of that use.
     *
     * @param session closed with the extractor, or here where there is none to be had
     * @param batch pictures at a time
     */
    public static FeatureExtractor open(Model model, Session session, Preprocessing preprocessing, int batch) {
        try {
            Map<String, InceptionPart> all = model.config().inceptions();
            if (all.size() != 1) {
                throw new FormatException(
                        model.origin(),
                        all.isEmpty()
                                ? "has no network that pictures could be compared by; `tandem convert` makes one of"
                                        + " Inception-v3's weights"
                                : "has several networks that pictures could be compared by: "
                                        + String.join(", ", all.keySet()));
            }
            Map.Entry<String, InceptionPart> part = all.entrySet().iterator().next();
            Inception inception = Inception.load(part.getValue().config(), model.tensors(part.getKey()), session);
            return new InceptionExtractor(part.getKey(), inception, session, preprocessing, batch);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }
}
