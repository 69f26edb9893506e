package dev.tandem.pipeline;

import dev.tandem.decode.Ensemble;
import dev.tandem.decode.Reconstructor;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.decode.Scorer;
import dev.tandem.engine.Session;
import dev.tandem.folder.Model;
import dev.tandem.request.Drawing;
import java.util.Collection;
import java.util.List;

/**
 * A loaded model at work on a device. For one thread.
 *
 * @param session what it was loaded into
 * @param models the tokenizer and the transformers that were asked for
 * @param decodeBatch pictures that are turned into pixels at a time
 */
public record Pipeline(Session session, Ensemble models, int decodeBatch) implements AutoCloseable {
    /** Opens a session and loads into it what the drawing needs. */
    public static Pipeline open(Compute compute, Drawing drawing) {
        return open(compute, drawing.model(), drawing.schedule().models());
    }

    /** Opens a session and loads the tokenizer alone. */
    public static Pipeline open(Compute compute, Model model) {
        return open(compute, model, List.of());
    }

    /** Opens a session and loads the tokenizer and the named transformers. */
    public static Pipeline open(Compute compute, Model model, Collection<String> transformers) {
        Session session = compute.open();
        try {
            return in(session, compute, model, transformers);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /** Loads into a session that is open. */
    public static Pipeline in(Session session, Compute compute, Model model, Collection<String> transformers) {
        return new Pipeline(session, Ensemble.load(session, model, transformers), BatchSize.decode(compute));
    }

    /** Draws, so many pictures at a time. */
    public GenerateJob generating(Schedule schedule, SamplingSettings settings, int batch) {
        return new GenerateJob(models, schedule, settings, batch, decodeBatch);
    }

    public GenerateJob generating(Drawing drawing, int batch) {
        return generating(drawing.schedule(), drawing.settings(), batch);
    }

    /** Draws parts of pictures anew, so many at a time. */
    public EditJob editing(Drawing drawing, int batch) {
        return new EditJob(models, drawing.schedule(), drawing.settings(), batch);
    }

    /** Encodes and decodes pictures. */
    public Reconstructor reconstructor() {
        return new Reconstructor(session, models.vae());
    }

    /** Asks one of the transformers how likely given codes are. */
    public Scorer scorer(String transformer) {
        return new Scorer(session, transformer, models.transformers().get(transformer));
    }

    @Override
    public void close() {
        session.close();
    }
}
