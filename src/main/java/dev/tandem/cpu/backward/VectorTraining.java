package dev.tandem.cpu.backward;

import static dev.tandem.cpu.work.Lanes.F;
import static dev.tandem.cpu.work.Lanes.L;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuKvCache;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.product.Gemm;
import dev.tandem.cpu.product.Workspace;
import dev.tandem.cpu.work.VectorMath;
import dev.tandem.cpu.work.Workers;
import dev.tandem.op.Buffer;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvCache;
import dev.tandem.op.Modulation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Training on the machine's vectors and all cores. */
public final class VectorTraining extends ScalarTraining {
    private static final int ELEMENTS_PER_ITEM = 1 << 14;

    private final VectorProducts products;
    private final VectorAttentionBackward attention;

    public VectorTraining(Workers workers) {
        super(workers);
        products = new VectorProducts(new Gemm(workers, new Workspace(workers.threads())));
        attention = new VectorAttentionBackward(workers);
    }

    @Override
    protected void inputs(CpuWeight w, CpuBuffer g, CpuBuffer gX) {
        products.inputs(w, g, gX);
    }

    @Override
    protected void weights(CpuBuffer x, CpuBuffer g, CpuBuffer gWeight, CpuBuffer gBias) {
        products.weights(x, g, gWeight);
        if (gBias != null) {
            sumRows(g, gBias);
        }
    }

    /** gBias += the sum of g's rows, a vector of columns at a time. */
    private void sumRows(CpuBuffer g, CpuBuffer gBias) {
        int width = gBias.length;
        int rows = g.length / width;
        workers.forEach((width + L - 1) / L, item -> {
            int column = item * L;
            VectorMask<Float> mask = F.indexInRange(column, width);
            FloatVector sum = FloatVector.zero(F);
            for (int row = 0; row < rows; row++) {
                sum = sum.add(FloatVector.fromArray(F, g.floats, g.offset + row * width + column, mask));
            }
            sum.add(FloatVector.fromArray(F, gBias.floats, gBias.offset + column, mask))
                    .intoArray(gBias.floats, gBias.offset + column, mask);
        });
    }

    @Override
    public void attention(
            Buffer q, KvCache cache, KeyEnds ends, float scale, Buffer out, Buffer gOut, Buffer gQ, KvCache gCache) {
        CpuBuffer g = CpuBuffer.of(gOut);
        attention.attention(
                CpuBuffer.of(q),
                CpuKvCache.of(cache),
                ends,
                scale,
                CpuBuffer.of(out),
                g,
                CpuBuffer.of(gQ),
                CpuKvCache.of(gCache));
        taken(g);
    }

    /** Elements of an operation that knows no rows, in pieces. */
    private interface Piece {
        void accept(int i, VectorMask<Float> mask);
    }

    private void elements(int length, Piece piece) {
        workers.forEach((length + ELEMENTS_PER_ITEM - 1) / ELEMENTS_PER_ITEM, item -> {
            int end = Math.min(length, (item + 1) * ELEMENTS_PER_ITEM);
            for (int i = item * ELEMENTS_PER_ITEM; i < end; i += L) {
                piece.accept(i, F.indexInRange(i, end));
            }
        });
    }

    @Override
    public void gelu(Buffer x, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        elements(
                a.length,
                (i, mask) -> VectorMath.gelu(FloatVector.fromArray(F, a.floats, a.offset + i, mask))
                        .intoArray(o.floats, o.offset + i, mask));
    }

    @Override
    public void gelu(Buffer x, Buffer gOut, Buffer gX) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer g = CpuBuffer.of(gOut);
        CpuBuffer to = CpuBuffer.of(gX);
        elements(a.length, (i, mask) -> {
            FloatVector slope = VectorMath.geluSlope(FloatVector.fromArray(F, a.floats, a.offset + i, mask));
            slope.fma(
                            FloatVector.fromArray(F, g.floats, g.offset + i, mask),
                            FloatVector.fromArray(F, to.floats, to.offset + i, mask))
                    .intoArray(to.floats, to.offset + i, mask);
        });
        taken(g);
    }

    @Override
    public void gatedAdd(Buffer y, Modulation gate, Buffer keep, Buffer x) {
        CpuBuffer a = CpuBuffer.of(y);
        CpuBuffer o = CpuBuffer.of(x);
        CpuBuffer kept = keep == null ? null : CpuBuffer.of(keep);
        float[] gates = CpuBuffer.of(gate.table()).floats;
        int positions = a.size(1);
        int width = a.size(2);
        workers.forEach(a.rows(), item -> {
            int gateAt = CpuBuffer.modulationAt(gate, item / positions, width);
            float factor = kept == null ? 1 : kept.floats[kept.offset + item / positions];
            int from = a.offset + item * width;
            int to = o.offset + item * width;
            for (int i = 0; i < width; i++) {
                o.floats[to + i] += factor * gates[gateAt + i] * a.floats[from + i];
            }
        });
    }

    @Override
    public void gatedAdd(Buffer y, Modulation gate, Buffer keep, Buffer gX, Buffer gY, Modulation gGate) {
        CpuBuffer a = CpuBuffer.of(y);
        CpuBuffer g = CpuBuffer.of(gX);
        CpuBuffer to = CpuBuffer.of(gY);
        CpuBuffer kept = keep == null ? null : CpuBuffer.of(keep);
        int positions = a.size(1);
        int width = a.size(2);
        float[] gates = CpuBuffer.of(gate.table()).floats;
        float[] gGates = CpuBuffer.of(gGate.table()).floats;
        checkRows(gGate, a.size(0));
        int across = (width + L - 1) / L;
        workers.forEach(a.size(0) * across, item -> {
            int row = item / across;
            int i = item % across * L;
            VectorMask<Float> mask = F.indexInRange(i, width);
            float factor = kept == null ? 1 : kept.floats[kept.offset + row];
            int gGateAt = CpuBuffer.modulationAt(gGate, row, width) + i;
            FloatVector by = FloatVector.fromArray(F, gates, CpuBuffer.modulationAt(gate, row, width) + i, mask);
            FloatVector sum = FloatVector.zero(F);
            for (int p = 0; p < positions; p++) {
                int at = (row * positions + p) * width + i;
                FloatVector value =
                        FloatVector.fromArray(F, g.floats, g.offset + at, mask).mul(factor);
                value.fma(by, FloatVector.fromArray(F, to.floats, to.offset + at, mask))
                        .intoArray(to.floats, to.offset + at, mask);
                sum = value.fma(FloatVector.fromArray(F, a.floats, a.offset + at, mask), sum);
            }
            sum.add(FloatVector.fromArray(F, gGates, gGateAt, mask)).intoArray(gGates, gGateAt, mask);
        });
    }

    @Override
    public void adaNorm(
            Buffer x, Modulation scale, float eps, Buffer gOut, Buffer gX, Modulation gScale, Modulation gShift) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer g = CpuBuffer.of(gOut);
        CpuBuffer to = CpuBuffer.of(gX);
        int positions = a.size(1);
        int width = a.size(2);
        float[] scales = CpuBuffer.of(scale.table()).floats;
        float[] gScales = CpuBuffer.of(gScale.table()).floats;
        float[] gShifts = CpuBuffer.of(gShift.table()).floats;
        checkRows(gScale, a.size(0));
        workers.forEach(a.size(0), row -> {
            int scaleAt = CpuBuffer.modulationAt(scale, row, width);
            int gScaleAt = CpuBuffer.modulationAt(gScale, row, width);
            int gShiftAt = CpuBuffer.modulationAt(gShift, row, width);
            double[] exact = new double[width];
            float[] normed = new float[width];
            float[] scaled = new float[width];
            for (int p = 0; p < positions; p++) {
                int at = (row * positions + p) * width;
                float inverse = (float) normalise(a, at, width, eps, exact);
                for (int i = 0; i < width; i++) {
                    normed[i] = (float) exact[i];
                }
                FloatVector sum = FloatVector.zero(F);
                FloatVector along = FloatVector.zero(F);
                for (int i = 0; i < width; i += L) {
                    VectorMask<Float> mask = F.indexInRange(i, width);
                    FloatVector value = FloatVector.fromArray(F, g.floats, g.offset + at + i, mask);
                    FloatVector n = FloatVector.fromArray(F, normed, i, mask);
                    value.fma(n, FloatVector.fromArray(F, gScales, gScaleAt + i, mask))
                            .intoArray(gScales, gScaleAt + i, mask);
                    value.add(FloatVector.fromArray(F, gShifts, gShiftAt + i, mask))
                            .intoArray(gShifts, gShiftAt + i, mask);
                    value = value.mul(
                            FloatVector.fromArray(F, scales, scaleAt + i, mask).add(1));
                    value.intoArray(scaled, i, mask);
                    sum = sum.add(value);
                    along = value.fma(n, along);
                }
                float mean = sum.reduceLanes(VectorOperators.ADD) / width;
                float slope = along.reduceLanes(VectorOperators.ADD) / width;
                for (int i = 0; i < width; i++) {
                    to.floats[to.offset + at + i] += inverse * (scaled[i] - mean - normed[i] * slope);
                }
            }
        });
        taken(g);
    }

    @Override
    public void crossEntropy(Buffer logits, Buffer tokens, Buffer weights, Buffer loss, Buffer gLogits) {
        CpuBuffer t = CpuBuffer.of(tokens);
        int positions = logits.size(1);
        losses(logits, weights, loss, gLogits, (x, at, n, item, by, g, to) -> {
            int token = t.ints[t.offset + item / positions * t.size(1) + item % positions];
            return VectorLosses.crossEntropy(x, at, n, token, by, g, to);
        });
    }

    @Override
    public void divergence(
            Divergence direction, Buffer logits, Buffer teacher, Buffer weights, Buffer loss, Buffer gLogits) {
        CpuBuffer t = CpuBuffer.of(teacher);
        losses(logits, weights, loss, gLogits, (x, at, n, item, by, g, to) -> {
            int from = t.offset + item * n;
            return switch (direction) {
                case TEACHER_STUDENT -> VectorLosses.teacherStudent(x, at, t.floats, from, n, by, g, to);
                case STUDENT_TEACHER -> VectorLosses.studentTeacher(x, at, t.floats, from, n, by, g, to);
            };
        });
    }

    /** The loss of one position, and its gradient times {@code by}. */
    private interface Position {
        float accept(float[] x, int at, int n, int item, float by, float[] g, int to);
    }

    private void losses(Buffer logits, Buffer weights, Buffer loss, Buffer gLogits, Position position) {
        CpuBuffer x = CpuBuffer.of(logits);
        CpuBuffer w = CpuBuffer.of(weights);
        CpuBuffer out = CpuBuffer.of(loss);
        CpuBuffer g = CpuBuffer.of(gLogits);
        int positions = x.size(1);
        int codes = x.size(2);
        workers.forEach(x.size(0) * positions, item -> {
            float by = w.floats[w.offset + item % positions] / x.size(0);
            int at = item * codes;
            out.floats[out.offset + item] =
                    position.accept(x.floats, x.offset + at, codes, item, by, g.floats, g.offset + at);
        });
    }
}
