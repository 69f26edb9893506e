package dev.tandem.cpu;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuKvCache;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.product.Gemm;
import dev.tandem.cpu.product.Workspace;
import dev.tandem.cpu.work.Lanes;
import dev.tandem.cpu.work.VectorMath;
import dev.tandem.cpu.work.Workers;
import dev.tandem.op.Bicubic;
import dev.tandem.op.Buffer;
import dev.tandem.op.InputWeights;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvCache;
import dev.tandem.op.Linear;
import dev.tandem.op.Modulation;
import dev.tandem.op.QkvWeights;
import dev.tandem.op.SamplingState;
import dev.tandem.op.Weight;
import dev.tandem.op.Window;

/**
 * The operations on the machine's vectors and all cores. Every element's sums run in an order that depends on nothing
 * but the operation's own dimensions, so a picture's bits do not depend on its batch, the threads or the vector length.
 */
final class VectorOps extends ScalarOps {
    private static final int ELEMENTS_PER_ITEM = 1 << 14;

    private final Workspace workspace;
    private final Gemm gemm;
    private final VectorAttention attention;
    private final VectorNorm norm;
    private final VectorConv conv;

    VectorOps(Workers workers) {
        super(workers);
        this.workspace = new Workspace(workers.threads());
        this.gemm = new Gemm(workers, workspace);
        this.attention = new VectorAttention(workers, workspace);
        this.norm = new VectorNorm(workers, workspace);
        this.conv = new VectorConv(workers, workspace, gemm);
    }

    private static float[] bias(Linear w) {
        return Epilogues.bias(w.bias() == null ? null : CpuWeight.of(w.bias()), w.outputs());
    }

    private void project(CpuBuffer x, Linear w, Gemm.Epilogue epilogue) {
        CpuWeight weight = CpuWeight.of(w.weight());
        gemm.run(x.floats, x.offset, x.length / weight.rowLength(), weight, epilogue);
    }

    // ---- conditioning

    @Override
    public void silu(Buffer x, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        int items = (a.length + ELEMENTS_PER_ITEM - 1) / ELEMENTS_PER_ITEM;
        workers.forEach(items, item -> {
            int from = item * ELEMENTS_PER_ITEM;
            int n = Math.min(ELEMENTS_PER_ITEM, a.length - from);
            VectorMath.silu(a.floats, a.offset + from, o.floats, o.offset + from, n);
        });
    }

    @Override
    public void linear(Buffer x, Linear w, Buffer out) {
        CpuBuffer o = CpuBuffer.of(out);
        project(CpuBuffer.of(x), w, Epilogues.store(bias(w), null, 0, o.floats, o.offset, w.outputs()));
    }

    // ---- transformer

    @Override
    public void embedInput(Buffer maps, Buffer cond, InputWeights w, int first, Buffer x) {
        CpuBuffer m = CpuBuffer.of(maps);
        CpuBuffer c = CpuBuffer.of(cond);
        CpuBuffer o = CpuBuffer.of(x);
        int rows = o.size(0);
        int positions = o.size(1);
        int width = o.size(2);
        int pictures = m.size(0);
        int codeSize = m.size(2);
        float[] lvlPos = CpuWeight.of(w.lvlPos()).vector();
        float[] posStart = CpuWeight.of(w.posStart()).vector();
        // The first scale has no maps, so positions from `skipped` on are projected, once for both halves of a guided
        // batch.
        int skipped = first == 0 ? posStart.length / width : 0;
        int mapped = positions - skipped;
        float[] gathered = workspace.first(pictures * mapped * codeSize);
        for (int b = 0; b < pictures; b++) {
            int from = m.offset + (b * m.size(1) + first + skipped - 1) * codeSize;
            System.arraycopy(m.floats, from, gathered, b * mapped * codeSize, mapped * codeSize);
        }
        float[] bias = bias(w.wordEmbed());
        CpuWeight weight = CpuWeight.of(w.wordEmbed().weight());
        gemm.run(gathered, 0, pictures * mapped, weight, (tile, tileAt, row, count, column, columns) -> {
            for (int i = 0; i < count; i++) {
                int position = skipped + (row + i) % mapped;
                int table = (first + position) * width + column;
                for (int r = (row + i) / mapped; r < rows; r += pictures) {
                    int to = o.offset + (r * positions + position) * width + column;
                    for (int j = 0; j < columns; j++) {
                        o.floats[to + j] = tile[tileAt + i * Lanes.COLUMNS + j] + bias[column + j] + lvlPos[table + j];
                    }
                }
            }
        });
        for (int r = 0; r < rows; r++) {
            int at = c.offset + Math.min(r, c.rows() - 1) * width;
            int to = o.offset + r * positions * width;
            for (int i = 0; i < skipped * width; i++) {
                o.floats[to + i] = c.floats[at + i % width] + posStart[i] + lvlPos[i];
            }
        }
    }

    @Override
    public void adaNorm(Buffer x, Modulation scale, Modulation shift, float eps, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        int positions = a.size(1);
        int kept = o.size(1);
        int width = a.size(2);
        float[] scales = CpuBuffer.of(scale.table()).floats;
        float[] shifts = CpuBuffer.of(shift.table()).floats;
        int total = a.size(0) * kept;
        int perItem = Math.max(1, ELEMENTS_PER_ITEM / width);
        workers.forEach((total + perItem - 1) / perItem, (worker, item) -> {
            float[] partial = workspace.own(worker).partial;
            int end = Math.min(total, (item + 1) * perItem);
            for (int i = item * perItem; i < end; i++) {
                int row = i / kept;
                int from = a.offset + (row * positions + positions - kept + i % kept) * width;
                int scaleAt = CpuBuffer.modulationAt(scale, row, width);
                int shiftAt = CpuBuffer.modulationAt(shift, row, width);
                VectorNorm.layer(
                        a.floats,
                        from,
                        scales,
                        scaleAt,
                        shifts,
                        shiftAt,
                        eps,
                        o.floats,
                        o.offset + i * width,
                        width,
                        partial);
            }
        });
    }

    @Override
    public void qkv(Buffer h, QkvWeights w, int first, Buffer q, KvCache cache) {
        CpuBuffer in = CpuBuffer.of(h);
        CpuBuffer queries = CpuBuffer.of(q);
        CpuKvCache kv = CpuKvCache.of(cache);
        int rows = in.size(0);
        int positions = in.size(1);
        int width = in.size(2);
        int d = kv.headSize();
        float[] qBias = CpuWeight.of(w.qBias()).vector();
        float[] vBias = CpuWeight.of(w.vBias()).vector();
        Gemm.Epilogue apart = Epilogues.qkv(qBias, vBias, queries, kv, first, positions, width);
        gemm.run(in.floats, in.offset, rows * positions, CpuWeight.of(w.matQkv()), apart);
        if (!w.l2Norm()) {
            return;
        }
        float[] qScale = CpuWeight.of(w.qScale()).vector();
        workers.forEach(rows * kv.heads(), (worker, item) -> {
            int row = item / kv.heads();
            int head = item % kv.heads();
            float[] partial = workspace.own(worker).partial;
            for (int p = 0; p < positions; p++) {
                int at = queries.offset + (row * positions + p) * width + head * d;
                VectorNorm.unit(queries.floats, at, d, qScale[head], partial);
            }
            VectorNorm.unitColumns(kv.keys(), kv.keysAt(row, head) + first, kv.keyStride(), d, positions);
        });
    }

    @Override
    public void attention(Buffer q, KvCache cache, KeyEnds ends, float scale, Buffer out) {
        attention.attention(CpuBuffer.of(q), CpuKvCache.of(cache), ends, scale, CpuBuffer.of(out));
    }

    @Override
    public void linearGelu(Buffer x, Linear w, Buffer out) {
        CpuBuffer o = CpuBuffer.of(out);
        project(CpuBuffer.of(x), w, Epilogues.gelu(bias(w), o.floats, o.offset, w.outputs()));
    }

    @Override
    public void linearGatedAdd(Buffer h, Linear w, Modulation gate, Buffer x) {
        CpuBuffer o = CpuBuffer.of(x);
        float[] gates = CpuBuffer.of(gate.table()).floats;
        int positions = o.size(1);
        int width = w.outputs();
        Epilogues.GateAt gateAt = row -> CpuBuffer.modulationAt(gate, row / positions, width);
        project(CpuBuffer.of(h), w, Epilogues.gatedAdd(bias(w), gates, gateAt, o.floats, o.offset, width));
    }

    // ---- from logits to codes

    @Override
    public void guide(Buffer logits, SamplingState state, int scale) {
        CpuBuffer l = CpuBuffer.of(logits);
        int half = l.length / 2;
        int picture = 2 * half / l.size(0);
        int items = (picture + ELEMENTS_PER_ITEM - 1) / ELEMENTS_PER_ITEM;
        workers.forEach(l.size(0) / 2 * items, item -> {
            int within = item % items * ELEMENTS_PER_ITEM;
            int from = item / items * picture + within;
            int n = Math.min(ELEMENTS_PER_ITEM, picture - within);
            float t = setting(state, item / items, scale, SamplingState.GUIDANCE);
            VectorMath.guide(l.floats, l.offset + from, l.offset + half + from, n, t);
        });
    }

    // ---- multi-scale quantizer

    @Override
    public void bicubicUp(Buffer x, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        int from = a.size(1);
        int to = o.size(1);
        int width = a.size(3);
        Bicubic axis = Bicubic.axis(from, to);
        workers.forEach(o.size(0) * to, item -> {
            int picture = a.offset + item / to * from * from * width;
            for (int column = 0; column < to; column++) {
                int at = o.offset + (item * to + column) * width;
                VectorMath.blend16(a.floats, picture, from, width, axis, item % to, column, o.floats, at);
            }
        });
    }

    @Override
    public void phiAdd(Buffer x, Linear w, float ratio, Buffer fHat) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer f = CpuBuffer.of(fHat);
        Gemm.Epilogue blend = Epilogues.blend(bias(w), ratio, a, f, w.outputs());
        conv.run(a, CpuWeight.of(w.weight()), ConvMode.SAME, f.size(1), f.size(2), blend);
    }

    @Override
    public void nearestCode(Buffer z, Weight codebook, boolean normalised, int first, Buffer tokens) {
        CpuBuffer a = CpuBuffer.of(z);
        CpuBuffer t = CpuBuffer.of(tokens);
        int positions = a.size(1);
        NearestCode codes = new NearestCode(CpuWeight.of(codebook).vector(), codebook.size(0), a.size(2), normalised);
        workers.forEach(a.rows(), row -> {
            int to = t.offset + row / positions * t.size(1) + first + row % positions;
            t.ints[to] = codes.of(a.floats, a.offset + row * a.size(2));
        });
    }

    // ---- VQ-VAE

    @Override
    public void conv(Buffer x, Linear w, ConvMode mode, Buffer residual, Buffer out) {
        CpuBuffer o = CpuBuffer.of(out);
        CpuBuffer r = residual == null ? null : CpuBuffer.of(residual);
        Gemm.Epilogue store = Epilogues.store(
                bias(w), r == null ? null : r.floats, r == null ? 0 : r.offset, o.floats, o.offset, w.outputs());
        conv.run(CpuBuffer.of(x), CpuWeight.of(w.weight()), mode, o.size(1), o.size(2), store);
    }

    @Override
    public void groupNorm(Buffer x, Weight gamma, Weight beta, int groups, float eps, boolean silu, Buffer out) {
        float[] g = CpuWeight.of(gamma).vector();
        float[] b = CpuWeight.of(beta).vector();
        norm.group(CpuBuffer.of(x), g, b, groups, eps, silu, CpuBuffer.of(out));
    }

    @Override
    public void spatialAttention(Buffer qkv, float scale, Buffer out) {
        attention.spatial(CpuBuffer.of(qkv), scale, CpuBuffer.of(out));
    }

    // ---- classifiers

    @Override
    public void convRelu(Buffer x, Linear w, Window window, int firstChannel, Buffer out) {
        CpuBuffer o = CpuBuffer.of(out);
        Gemm.Epilogue relu = Epilogues.relu(bias(w), o.floats, o.offset + firstChannel, o.size(3));
        conv.run(CpuBuffer.of(x), CpuWeight.of(w.weight()), window, 0, o.size(1), o.size(2), relu);
    }
}
