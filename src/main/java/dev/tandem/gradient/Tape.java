package dev.tandem.gradient;

import dev.tandem.engine.Session;
import dev.tandem.op.Buffer;
import dev.tandem.op.InputWeights;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvCache;
import dev.tandem.op.Linear;
import dev.tandem.op.Modulation;
import dev.tandem.op.Ops;
import dev.tandem.op.QkvWeights;
import dev.tandem.op.TrainingOps;
import dev.tandem.op.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A tape around {@link Ops}: performs every operation on a {@link TapeSession}'s buffers and notes how to go back over
 * it. The forward reuses its buffers, so the tape keeps a copy of what the way back will want; memory for these copies
 * is taken once and used again at every run.
 *
 * <pre>
 *   session.training("step", (ops, training) -> {
 *       Ops forward = tape.record(ops, training);
 *       model.forward(forward, …, logits);
 *       training.crossEntropy(…, gradient(logits));
 *       tape.back(training);
 *   });
 * </pre>
 */
public final class Tape extends NoWayBack {
    private final Session session;
    private final List<Consumer<TrainingOps>> steps = new ArrayList<>();
    private final List<Buffer> copies = new ArrayList<>();
    /** What the branches' rows are multiplied by, in the order in which the forward adds branches; null for ones. */
    private final List<Buffer> keeps;

    private Ops ops;
    private TrainingOps training;
    private int copied;
    private int branches;

    /** @param keeps floats [R] each: drop path, or null without */
    public Tape(Session session, List<Buffer> keeps) {
        this.session = session;
        this.keeps = keeps;
    }

    /** Begins anew; what is called on the result is performed and noted. */
    public Ops record(Ops forward, TrainingOps parts) {
        ops = forward;
        training = parts;
        steps.clear();
        copied = 0;
        branches = 0;
        return this;
    }

    /** Goes back from the gradients that stand in the last outputs to those of all parameters. */
    public void back(TrainingOps backward) {
        steps.reversed().forEach(step -> step.accept(backward));
    }

    private Buffer memory(Buffer.Kind kind, long... dims) {
        if (copied == copies.size()) {
            String name = "kept " + copied;
            copies.add(kind == Buffer.Kind.FLOATS ? session.floats(name, dims) : session.activations(name, dims));
        }
        return copies.get(copied++);
    }

    /** A copy of what a buffer holds now. */
    private Buffer keep(Buffer value) {
        Buffer copy = memory(value.kind(), value.shape().dims());
        ops.lastPositions(value, copy);
        return copy;
    }

    private static Buffer value(Buffer b) {
        return TapeBuffer.of(b).value();
    }

    private static Buffer gradient(Buffer b) {
        return TapeBuffer.of(b).gradient();
    }

    private static Weight value(Weight w) {
        return w == null ? null : TapeWeight.of(w).value();
    }

    private static Buffer gradient(Weight w) {
        return w == null ? null : TapeWeight.of(w).parameter().gradient();
    }

    private static Linear value(Linear w) {
        return new Linear(value(w.weight()), value(w.bias()));
    }

    private static Modulation value(Modulation m) {
        return new Modulation(value(m.table()), m.vector());
    }

    private static Modulation gradient(Modulation m) {
        return new Modulation(gradient(m.table()), m.vector());
    }

    // ---- conditioning

    @Override
    public void embedLabels(Buffer labels, Weight table, Buffer out) {
        ops.embedLabels(value(labels), value(table), value(out));
        steps.add(back -> back.embedLabels(value(labels), gradient(out), gradient(table)));
    }

    @Override
    public void silu(Buffer x, Buffer out) {
        Buffer kept = keep(value(x));
        ops.silu(value(x), value(out));
        steps.add(back -> back.silu(kept, gradient(out), gradient(x)));
    }

    @Override
    public void linear(Buffer x, Linear w, Buffer out) {
        Buffer kept = keep(value(x));
        ops.linear(value(x), value(w), value(out));
        steps.add(back -> back.linear(
                kept, value(w.weight()), gradient(out), gradient(x), gradient(w.weight()), gradient(w.bias())));
    }

    @Override
    public void addRow(Buffer x, Weight row, Buffer out) {
        ops.addRow(value(x), value(row), value(out));
        steps.add(back -> back.addRow(gradient(out), gradient(x), gradient(row)));
    }

    // ---- transformer

    @Override
    public void embedInput(Buffer maps, Buffer cond, InputWeights w, int first, Buffer x) {
        if (first != 0) {
            throw new IllegalArgumentException("the way back begins at the first position, not at " + first);
        }
        InputWeights values = new InputWeights(value(w.wordEmbed()), value(w.posStart()), value(w.lvlPos()));
        ops.embedInput(value(maps), value(cond), values, first, value(x));
        steps.add(back -> back.embedInput(
                value(maps),
                gradient(x),
                gradient(cond),
                gradient(w.wordEmbed().weight()),
                gradient(w.wordEmbed().bias()),
                gradient(w.posStart()),
                gradient(w.lvlPos())));
    }

    @Override
    public void adaNorm(Buffer x, Modulation scale, Modulation shift, float eps, Buffer out) {
        Buffer kept = keep(value(x));
        ops.adaNorm(value(x), value(scale), value(shift), eps, value(out));
        steps.add(back ->
                back.adaNorm(kept, value(scale), eps, gradient(out), gradient(x), gradient(scale), gradient(shift)));
    }

    @Override
    public void qkv(Buffer h, QkvWeights w, int first, Buffer q, KvCache cache) {
        TapeCache kv = TapeCache.of(cache);
        QkvWeights values = new QkvWeights(value(w.matQkv()), value(w.qBias()), value(w.vBias()), value(w.qScale()));
        Projection projection = project(h, new Linear(w.matQkv(), null));
        training.splitQkv(projection.value(), values, value(q), kv.value());
        steps.add(back -> {
            back.splitQkv(
                    projection.value(),
                    values,
                    gradient(q),
                    kv.gradient(),
                    projection.gradient(),
                    gradient(w.qBias()),
                    gradient(w.vBias()),
                    gradient(w.qScale()));
            projection.back(back, gradient(h), w.matQkv(), null);
        });
    }

    @Override
    public void attention(Buffer q, KvCache cache, KeyEnds ends, float scale, Buffer out) {
        TapeCache kv = TapeCache.of(cache);
        ops.attention(value(q), kv.value(), ends, scale, value(out));
        Buffer queries = keep(value(q));
        Buffer result = keep(value(out));
        steps.add(back ->
                back.attention(queries, kv.value(), ends, scale, result, gradient(out), gradient(q), kv.gradient()));
    }

    @Override
    public void linearGelu(Buffer x, Linear w, Buffer out) {
        Projection projection = project(x, w);
        training.gelu(projection.value(), value(out));
        steps.add(back -> {
            back.gelu(projection.value(), gradient(out), projection.gradient());
            projection.back(back, gradient(x), w.weight(), w.bias());
        });
    }

    @Override
    public void linearGatedAdd(Buffer h, Linear w, Modulation gate, Buffer x) {
        Buffer keep = keeps == null ? null : keeps.get(branches++);
        Projection projection = project(h, w);
        training.gatedAdd(projection.value(), value(gate), keep, value(x));
        steps.add(back -> {
            back.gatedAdd(projection.value(), value(gate), keep, gradient(x), projection.gradient(), gradient(gate));
            projection.back(back, gradient(h), w.weight(), w.bias());
        });
    }

    /**
     * A product whose result stays for the way back.
     *
     * @param input a copy of what was projected
     */
    private record Projection(Buffer input, Buffer value, Buffer gradient) {
        void back(TrainingOps back, Buffer gX, Weight w, Weight bias) {
            back.linear(input, Tape.value(w), gradient, gX, Tape.gradient(w), Tape.gradient(bias));
        }
    }

    private Projection project(Buffer x, Linear w) {
        Buffer kept = keep(value(x));
        Buffer out = memory(Buffer.Kind.FLOATS, x.size(0), x.size(1), w.outputs());
        ops.linear(value(x), value(w), out);
        return new Projection(kept, out, memory(Buffer.Kind.FLOATS, out.shape().dims()));
    }
}
