package dev.tandem.study;

import dev.tandem.decode.Reconstructor;
import dev.tandem.decode.Scorer;
import dev.tandem.model.Scales;
import dev.tandem.pipeline.Pipeline;
import java.io.IOException;
import java.util.List;

/** Asks how well a transformer foretells the codes of given pictures. */
public record ScoreJob(Pipeline pipeline, String transformer) {
    /** Gives the codes of picture i. */
    public interface Source {
        /** What messages call it. */
        String name(int i);

        Reconstructor.Encoding codes(int i, Reconstructor by) throws IOException;
    }

    /** Hears how the job goes on. */
    public interface Listener {
        /** Picture i is next. */
        default void begins(int i) {}

        /** A picture is scored; {@code logits} are those of all positions, [L, V]. */
        default void scored(int label, int[] tokens, float[] logits) {}
    }

    /** @param labels of the pictures, in their order */
    public ScoreResult run(List<Integer> labels, Source source, Listener listener) throws IOException {
        Scales scales = pipeline.models().vae().config().scales();
        ScoreResult result = ScoreResult.empty(transformer, scales, labels.size());
        Reconstructor reconstructor = pipeline.reconstructor();
        Scorer scorer = pipeline.scorer(transformer);
        for (int i = 0; i < labels.size(); i++) {
            listener.begins(i);
            Reconstructor.Encoding encoding = source.codes(i, reconstructor);
            float[] logits = scorer.logits(labels.get(i), encoding.maps());
            for (int scale = 0; scale < scales.count(); scale++) {
                result.add(scorer.score(source.name(i), scale, logits, encoding.tokens()));
            }
            listener.scored(labels.get(i), encoding.tokens(), logits);
        }
        return result;
    }
}
