package dev.tandem.model;

import dev.tandem.engine.Session;
import dev.tandem.op.Buffer;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvCache;
import dev.tandem.op.KvShape;
import dev.tandem.op.Modulation;
import dev.tandem.op.Ops;
import dev.tandem.tensor.TensorSource;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The VAR transformer, top to bottom. {@link #condition} once per batch, then {@link #forward} over ranges of scales in
 * order; the keys and values of scales already seen stay in the cache.
 *
 * @see "VAR: basic_var.py (AdaLNSelfAttn), var.py (autoregressive_infer_cfg, forward)"
 */
public final class VarTransformer {
    private final VarConfig config;
    private final VarWeights weights;

    private VarTransformer(VarConfig config, VarWeights weights) {
        this.config = config;
        this.weights = weights;
    }

    /** Checks every tensor's name and shape and hands it to the session. */
    public static VarTransformer load(VarConfig config, TensorSource source, Session session) {
        return new VarTransformer(config, VarWeights.load(config, new Params(session, source)));
    }

    public VarConfig config() {
        return config;
    }

    /**
     * What a run of this model keeps on the device.
     *
     * @param cond floats [B or B + 1, C], class embeddings; with guidance the last row is the class "none"
     * @param ada per block, floats [rows of cond, 6C]: γ1, γ2, scale1, scale2, shift1, shift2
     * @param headAda floats [rows of cond, 2C]: scale, shift
     * @param caches per block
     * @param work buffers that nobody needs after a forward; several models may share them
     */
    public record State(Buffer cond, List<Buffer> ada, Buffer headAda, List<KvCache> caches, Workspace work) {

        /**
         * Allocates.
         *
         * @param pictures B
         * @param guided whether every picture has a conditional and an unconditional row
         * @param kept how many scales, from the first, are seen by all forwards but the last
         * @param scales how many are seen by all
         * @param overlay which other models' caches may share the cache's memory
         */
        public static State allocate(
                Session session,
                VarConfig c,
                int pictures,
                boolean guided,
                int kept,
                int scales,
                String overlay,
                Workspace work) {
            int rows = guided ? 2 * pictures : pictures;
            int conditions = guided ? pictures + 1 : pictures;
            List<Buffer> ada = IntStream.range(0, c.depth())
                    .mapToObj(i -> session.floats("ada" + i, conditions, 6 * c.width()))
                    .toList();
            return new State(
                    session.floats("cond", conditions, c.width()),
                    ada,
                    session.floats("head_ada", conditions, 2 * c.width()),
                    session.kvCaches(
                            overlay,
                            new KvShape(
                                    c.depth(),
                                    rows,
                                    c.heads(),
                                    c.headSize(),
                                    c.scales().start(kept),
                                    c.scales().start(scales))),
                    work);
        }
    }

    /**
     * Scratch memory of a forward, as large as the largest of its users needs. The logits lie where x does, which nobody
     * reads any more by then.
     */
    public record Workspace(Buffer x, Buffer normed, Buffer q, Buffer attended, Buffer hidden, Buffer cond) {

        /** How much one model's largest forward takes. */
        public record Need(long x, long width, long hidden, long cond) {
            /**
             * Of one forward.
             *
             * @param positions how many it takes at once
             * @param last for how many of these it makes logits
             */
            public static Need of(VarConfig c, int pictures, boolean guided, int positions, int last) {
                long rows = (guided ? 2L : 1L) * pictures;
                long x = (positions + (last < positions ? last : 0)) * (long) c.width();
                return new Need(
                        rows * Math.max(x, (long) last * c.vocabulary()),
                        rows * positions * c.width(),
                        rows * positions * c.hidden(),
                        7L * c.width() * (pictures + 1));
            }

            public Need max(Need other) {
                return new Need(
                        Math.max(x, other.x),
                        Math.max(width, other.width),
                        Math.max(hidden, other.hidden),
                        Math.max(cond, other.cond));
            }
        }

        public static Workspace allocate(Session session, Need need) {
            return new Workspace(
                    session.floats("x", need.x()),
                    session.activations("normed", need.width()),
                    session.activations("q", need.width()),
                    session.activations("attended", need.width()),
                    session.activations("hidden", need.hidden()),
                    session.floats("shared_cond", need.cond()));
        }
    }

    /** Computes all that depends on the labels alone: the class embeddings and every block's AdaLN vectors. */
    public void condition(Ops ops, Buffer labels, State s) {
        int rows = s.cond().size(0);
        int width = config.width();
        ops.embedLabels(labels, weights.classEmb(), s.cond());
        Buffer active = s.work().cond().view(rows, width);
        ops.silu(s.cond(), active);
        if (config.sharedAdaLn()) {
            ops.linear(active, weights.headNm(), s.headAda());
            Buffer shared = s.work().cond().slice((long) rows * width, rows, 6 * width);
            ops.linear(active, weights.sharedAdaLin(), shared);
            for (int i = 0; i < config.depth(); i++) {
                ops.addRow(shared, weights.blocks().get(i).adaGss(), s.ada().get(i));
            }
        } else {
            for (int i = 0; i < config.depth(); i++) {
                ops.linear(active, weights.blocks().get(i).adaLin(), s.ada().get(i));
            }
            ops.linear(active, weights.headNm(), s.headAda());
        }
    }

    /** What the head sees of the last {@code positions}, as {@link #forward} leaves it: [R, positions, C]. */
    public Buffer features(State s, int rows, int positions) {
        return s.work().normed().view(rows, positions, config.width());
    }

    /**
     * Runs all blocks over scales {@code from} … {@code to − 1} at once, under the block-causal mask, and the head over
     * the last positions. Of the others, the last block makes keys and values only.
     *
     * @param maps floats [B, L − 1, Cvae]: the reduced feature maps that feed scales 2 …
     * @param logits out, floats [R, m, V]: of the last m positions; may lie where the state's x does
     */
    public void forward(Ops ops, Buffer maps, int from, int to, State s, Buffer logits) {
        Scales scales = config.scales();
        int width = config.width();
        int rows = s.caches().getFirst().rows();
        int first = scales.start(from);
        int n = scales.start(to) - first;
        int last = logits.size(1);
        KeyEnds ends = scales.keyEnds(from, to);
        Buffer x = s.work().x().view(rows, n, width);
        Buffer normed = s.work().normed().view(rows, n, width);
        Buffer q = s.work().q().view(rows, n, width);
        Buffer attended = s.work().attended().view(rows, n, width);
        Buffer hidden = s.work().hidden().view(rows, n, config.hidden());

        ops.embedInput(maps, s.cond(), weights.input(), first, x);
        for (int i = 0; i < config.depth(); i++) {
            VarWeights.Block block = weights.blocks().get(i);
            Buffer ada = s.ada().get(i);
            Modulation gamma1 = new Modulation(ada, 0);
            Modulation gamma2 = new Modulation(ada, 1);
            Modulation scale1 = new Modulation(ada, 2);
            Modulation scale2 = new Modulation(ada, 3);
            Modulation shift1 = new Modulation(ada, 4);
            Modulation shift2 = new Modulation(ada, 5);
            KvCache cache = s.caches().get(i);

            ops.adaNorm(x, scale1, shift1, config.normEps(), normed);
            ops.qkv(normed, block.attn(), first, q, cache);
            if (i == config.depth() - 1 && last < n) {
                x = last(ops, x, s.work().x().slice(x.shape().elements(), rows, last, width));
                q = last(ops, q, s.work().normed().view(rows, last, width));
                normed = s.work().q().view(rows, last, width);
                attended = s.work().attended().view(rows, last, width);
                hidden = s.work().hidden().view(rows, last, config.hidden());
                ends = ends.last(last);
            }
            ops.attention(q, cache, ends, config.attentionScale(), attended);
            ops.linearGatedAdd(attended, block.proj(), gamma1, x);

            ops.adaNorm(x, scale2, shift2, config.normEps(), normed);
            ops.linearGelu(normed, block.fc1(), hidden);
            ops.linearGatedAdd(hidden, block.fc2(), gamma2, x);
        }
        Buffer seen = features(s, rows, last);
        ops.adaNorm(x, new Modulation(s.headAda(), 0), new Modulation(s.headAda(), 1), config.normEps(), seen);
        ops.linear(seen, weights.head(), logits);
    }

    private static Buffer last(Ops ops, Buffer of, Buffer to) {
        ops.lastPositions(of, to);
        return to;
    }
}
