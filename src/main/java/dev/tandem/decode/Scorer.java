package dev.tandem.decode;

import dev.tandem.engine.Session;
import dev.tandem.model.Scales;
import dev.tandem.model.VarConfig;
import dev.tandem.model.VarTransformer;
import dev.tandem.op.Buffer;
import dev.tandem.op.SamplingState;

/**
 * The training-time forward: all positions at once under the block-causal mask, no guidance, the inputs made from given
 * codes.
 *
 * @see "VAR: var.py (forward)"
 */
public final class Scorer {
    private final Session session;
    private final String name;
    private final VarTransformer transformer;
    private final Buffer labels;
    private final Buffer maps;
    private final Buffer logits;
    private final dev.tandem.engine.Program program;

    /** @param name of the transformer, for messages */
    public Scorer(Session session, String name, VarTransformer transformer) {
        this.name = name;
        this.session = session;
        this.transformer = transformer;
        VarConfig c = transformer.config();
        Scales scales = c.scales();
        labels = session.ints("labels", 1);
        maps = session.floats("maps", 1, scales.length() - 1, c.codeSize());
        VarTransformer.Workspace work = VarTransformer.Workspace.allocate(
                session, VarTransformer.Workspace.Need.of(c, 1, false, scales.length(), scales.length()));
        logits = work.x().view(1, scales.length(), c.vocabulary());
        VarTransformer.State state =
                VarTransformer.State.allocate(session, c, 1, false, 0, scales.count(), "kv score", work);
        program = session.program("score", ops -> {
            transformer.condition(ops, labels, state);
            transformer.forward(ops, maps, 0, scales.count(), state, logits);
        });
    }

    /**
     * Logits of every position.
     *
     * @param label class index; the number of classes means "none"
     * @param teacherMaps [L − 1, Cvae], see {@link Reconstructor.Encoding#maps}
     * @return [L, V]
     */
    public float[] logits(int label, float[] teacherMaps) {
        session.write(labels, new int[] {label});
        session.write(maps, teacherMaps);
        program.run();
        return session.readFloats(logits);
    }

    /**
     * How well logits foretell codes at one scale.
     *
     * @param crossEntropy mean over positions, in nats
     * @param top1 share of positions whose largest logit is the code
     */
    public record ScaleScore(int scale, int positions, double crossEntropy, double top1) {}

    /**
     * Scores one scale of logits [L, V] against codes [L].
     *
     * @param picture what the codes are of, for messages
     * @throws OverflowException where a logit overflowed
     */
    public ScaleScore score(String picture, int scale, float[] all, int[] tokens) {
        Scales scales = transformer.config().scales();
        int vocabulary = transformer.config().vocabulary();
        double loss = 0;
        int hits = 0;
        for (int p = scales.start(scale); p < scales.start(scale + 1); p++) {
            int at = p * vocabulary;
            int best = 0;
            boolean whole = true;
            for (int v = 0; v < vocabulary; v++) {
                whole &= Math.abs(all[at + v]) < SamplingState.OVERFLOW; // not so for NaN
                if (all[at + v] > all[at + best]) {
                    best = v;
                }
            }
            if (!whole) {
                throw OverflowException.scoring(name, scale, scales.count(), picture);
            }
            double sum = 0;
            for (int v = 0; v < vocabulary; v++) {
                sum += Math.exp(all[at + v] - all[at + best]);
            }
            loss += Math.log(sum) + all[at + best] - all[at + tokens[p]];
            hits += best == tokens[p] ? 1 : 0;
        }
        int n = scales.tokens(scale);
        return new ScaleScore(scale, n, loss / n, (double) hits / n);
    }
}
