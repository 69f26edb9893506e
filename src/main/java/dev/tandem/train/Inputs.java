package dev.tandem.train;

import dev.tandem.engine.Program;
import dev.tandem.engine.Session;
import dev.tandem.model.Quantizer;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.op.Buffer;

/** A batch's codes, and the maps that teacher forcing makes of them. */
public final class Inputs {
    private final Session session;
    private final Quantizer.State state;
    private final Program embed;

    /** @param scales how many are looked at; the maps of later ones stay as they are */
    public Inputs(Session session, Quantizer quantizer, VqVaeConfig config, int batch, int scales) {
        this.session = session;
        state = Quantizer.State.allocate(session, config, batch);
        embed = session.program("embed", ops -> {
            ops.fill(state.fHat(), 0);
            for (int i = 0; i < scales - 1; i++) {
                quantizer.accumulate(ops, i, state);
            }
        });
    }

    /** @param tokens [B, L] */
    public void write(int[] tokens) {
        session.write(state.tokens(), tokens);
        embed.run();
    }

    /** Ints [B, L]. */
    Buffer tokens() {
        return state.tokens();
    }

    /** Floats [B, L − 1, Cvae]. */
    Buffer maps() {
        return state.maps();
    }
}
