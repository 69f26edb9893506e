package dev.tandem.train;

import dev.tandem.engine.Program;
import dev.tandem.engine.Session;
import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VarTransformer;
import dev.tandem.op.Buffer;

/** A transformer that does not learn: what it says of a batch is what another learns. */
public final class Teacher {
    private final Session session;
    private final Buffer labels;
    private final Buffer logits;
    private final Program run;

    /** @param scales how many it sees */
    public Teacher(Session session, VarTransformer transformer, int batch, Inputs input, int scales) {
        this.session = session;
        VarConfig c = transformer.config();
        Scales of = c.scales();
        int positions = of.start(scales);
        labels = session.ints("teacher's labels", batch);
        logits = session.floats("teacher's logits", batch, positions, c.vocabulary());
        VarTransformer.Workspace work = VarTransformer.Workspace.allocate(
                session, VarTransformer.Workspace.Need.of(c, batch, false, positions, positions));
        VarTransformer.State state =
                VarTransformer.State.allocate(session, c, batch, false, 0, scales, "kv teacher", work);
        run = session.program("teach", ops -> {
            transformer.condition(ops, labels, state);
            transformer.forward(ops, input.maps(), 0, scales, state, logits);
        });
    }

    /** @param labels [B], some of them "none" */
    public void teach(int[] labels) {
        session.write(this.labels, labels);
        run.run();
    }

    /** Floats [B, positions, V]. */
    Buffer logits() {
        return logits;
    }
}
