package dev.tandem.cpu.backward;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuKvCache;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.work.Activations;
import dev.tandem.cpu.work.Workers;
import dev.tandem.op.BackwardOps;
import dev.tandem.op.Buffer;
import dev.tandem.op.KeyEnds;
import dev.tandem.op.KvCache;
import dev.tandem.op.Modulation;
import dev.tandem.op.QkvWeights;
import dev.tandem.op.Weight;
import java.util.Arrays;

/** The oracle of the way back: plain loops, sums in double. */
abstract class ScalarBackward implements BackwardOps {
    protected static final double L2_NORM_EPS = 1e-12;

    protected final Workers workers;

    ScalarBackward(Workers workers) {
        this.workers = workers;
    }

    /** Leaves zeros where a gradient was taken. */
    protected static void taken(CpuBuffer g) {
        Arrays.fill(g.floats, g.offset, g.offset + g.length, 0);
    }

    /** What a sum in double does to an element. */
    protected static void add(CpuBuffer to, int i, double value) {
        to.floats[to.offset + i] = (float) (to.floats[to.offset + i] + value);
    }

    private static CpuBuffer orNull(Buffer g) {
        return g == null ? null : CpuBuffer.of(g);
    }

    // ---- conditioning

    @Override
    public void embedLabels(Buffer labels, Buffer gOut, Buffer gTable) {
        CpuBuffer l = CpuBuffer.of(labels);
        CpuBuffer g = CpuBuffer.of(gOut);
        CpuBuffer table = CpuBuffer.of(gTable);
        int width = g.size(-1);
        if (g.rows() != l.length) {
            throw new IllegalArgumentException(g.rows() + " conditions for " + l.length + " labels");
        }
        for (int b = 0; b < l.length; b++) {
            int row = l.ints[l.offset + b] * width;
            for (int i = 0; i < width; i++) {
                add(table, row + i, g.floats[g.offset + b * width + i]);
            }
        }
        taken(g);
    }

    @Override
    public void silu(Buffer x, Buffer gOut, Buffer gX) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer g = CpuBuffer.of(gOut);
        CpuBuffer to = CpuBuffer.of(gX);
        for (int i = 0; i < a.length; i++) {
            add(to, i, g.floats[g.offset + i] * Activations.siluSlope(a.floats[a.offset + i]));
        }
        taken(g);
    }

    @Override
    public void linear(Buffer x, Weight w, Buffer gOut, Buffer gX, Buffer gWeight, Buffer gBias) {
        CpuBuffer g = CpuBuffer.of(gOut);
        if (gX != null) {
            inputs(CpuWeight.of(w), g, CpuBuffer.of(gX));
        }
        weights(CpuBuffer.of(x), g, CpuBuffer.of(gWeight), orNull(gBias));
        taken(g);
    }

    /** gX += gOut·W. */
    protected void inputs(CpuWeight w, CpuBuffer g, CpuBuffer gX) {
        int outputs = w.size(0);
        int inputs = w.rowLength();
        workers.forEach(g.length / outputs, row -> {
            double[] sums = new double[inputs];
            for (int n = 0; n < outputs; n++) {
                double by = g.floats[g.offset + row * outputs + n];
                for (int i = 0; i < inputs; i++) {
                    sums[i] += by * w.at(n, i);
                }
            }
            for (int i = 0; i < inputs; i++) {
                add(gX, row * inputs + i, sums[i]);
            }
        });
    }

    /** gWeight += gOutᵀ·x, gBias += the sum of gOut's rows. */
    protected void weights(CpuBuffer x, CpuBuffer g, CpuBuffer gWeight, CpuBuffer gBias) {
        int outputs = gWeight.size(0);
        int inputs = gWeight.length / outputs;
        int rows = g.length / outputs;
        workers.forEach(outputs, n -> {
            double[] sums = new double[inputs];
            double bias = 0;
            for (int row = 0; row < rows; row++) {
                double by = g.floats[g.offset + row * outputs + n];
                bias += by;
                int at = x.offset + row * inputs;
                for (int i = 0; i < inputs; i++) {
                    sums[i] += by * x.floats[at + i];
                }
            }
            for (int i = 0; i < inputs; i++) {
                add(gWeight, n * inputs + i, sums[i]);
            }
            if (gBias != null) {
                add(gBias, n, bias);
            }
        });
    }

    @Override
    public void addRow(Buffer gOut, Buffer gX, Buffer gRow) {
        CpuBuffer g = CpuBuffer.of(gOut);
        CpuBuffer to = CpuBuffer.of(gX);
        CpuBuffer row = CpuBuffer.of(gRow);
        for (int i = 0; i < row.length; i++) {
            double sum = 0;
            for (int at = i; at < g.length; at += row.length) {
                float value = g.floats[g.offset + at];
                add(to, at, value);
                sum += value;
            }
            add(row, i, sum);
        }
        taken(g);
    }

    // ---- transformer

    @Override
    public void embedInput(
            Buffer maps, Buffer gX, Buffer gCond, Buffer gWordEmbed, Buffer gBias, Buffer gPosStart, Buffer gLvlPos) {
        CpuBuffer m = CpuBuffer.of(maps);
        CpuBuffer g = CpuBuffer.of(gX);
        CpuBuffer cond = CpuBuffer.of(gCond);
        CpuBuffer embed = CpuBuffer.of(gWordEmbed);
        CpuBuffer bias = CpuBuffer.of(gBias);
        CpuBuffer start = CpuBuffer.of(gPosStart);
        CpuBuffer lvlPos = CpuBuffer.of(gLvlPos);
        int rows = g.size(0);
        int positions = g.size(1);
        int width = g.size(2);
        int codeSize = m.size(2);
        workers.forEach(width, n -> {
            double[] weight = new double[codeSize];
            double biasSum = 0;
            for (int p = 0; p < positions; p++) {
                boolean conditioned = p * width < start.length;
                double sum = 0;
                for (int r = 0; r < rows; r++) {
                    double value = g.floats[g.offset + (r * positions + p) * width + n];
                    sum += value;
                    if (conditioned) {
                        add(cond, r * width + n, value);
                    } else {
                        int at = m.offset + (r * m.size(1) + p - 1) * codeSize;
                        for (int i = 0; i < codeSize; i++) {
                            weight[i] += value * m.floats[at + i];
                        }
                    }
                }
                add(lvlPos, p * width + n, sum);
                if (conditioned) {
                    add(start, p * width + n, sum);
                } else {
                    biasSum += sum;
                }
            }
            add(bias, n, biasSum);
            for (int i = 0; i < codeSize; i++) {
                add(embed, n * codeSize + i, weight[i]);
            }
        });
        taken(g);
    }

    /** Every row of a batch has vectors of its own, so that rows may be worked on at once. */
    protected static void checkRows(Modulation m, int rows) {
        if (CpuBuffer.of(m.table()).rows() != rows) {
            throw new IllegalArgumentException("rows that share a modulation have no way back");
        }
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
            double[] scaleSums = new double[width];
            double[] shiftSums = new double[width];
            double[] normed = new double[width];
            for (int p = 0; p < positions; p++) {
                int at = (row * positions + p) * width;
                double inverse = normalise(a, at, width, eps, normed);
                double mean = 0;
                double along = 0;
                for (int i = 0; i < width; i++) {
                    double value = g.floats[g.offset + at + i];
                    scaleSums[i] += value * normed[i];
                    shiftSums[i] += value;
                    value *= 1 + scales[scaleAt + i];
                    mean += value;
                    along += value * normed[i];
                }
                for (int i = 0; i < width; i++) {
                    double value = g.floats[g.offset + at + i] * (1.0 + scales[scaleAt + i]);
                    add(to, at + i, inverse * (value - mean / width - normed[i] * along / width));
                }
            }
            int gScaleAt = CpuBuffer.modulationAt(gScale, row, width);
            int gShiftAt = CpuBuffer.modulationAt(gShift, row, width);
            for (int i = 0; i < width; i++) {
                gScales[gScaleAt + i] = (float) (gScales[gScaleAt + i] + scaleSums[i]);
                gShifts[gShiftAt + i] = (float) (gShifts[gShiftAt + i] + shiftSums[i]);
            }
        });
        taken(g);
    }

    /** The norm's output without scale and shift; gives the factor that elements were multiplied by. */
    protected static double normalise(CpuBuffer a, int at, int width, float eps, double[] normed) {
        double mean = 0;
        for (int i = 0; i < width; i++) {
            mean += a.floats[a.offset + at + i];
        }
        mean /= width;
        double variance = 0;
        for (int i = 0; i < width; i++) {
            normed[i] = a.floats[a.offset + at + i] - mean;
            variance += normed[i] * normed[i];
        }
        double inverse = 1 / Math.sqrt(variance / width + eps);
        for (int i = 0; i < width; i++) {
            normed[i] *= inverse;
        }
        return inverse;
    }

    @Override
    public void splitQkv(
            Buffer projected,
            QkvWeights w,
            Buffer gQ,
            KvCache gCache,
            Buffer gProjected,
            Buffer gQBias,
            Buffer gVBias,
            Buffer gQScale) {
        CpuBuffer three = CpuBuffer.of(projected);
        CpuBuffer g = CpuBuffer.of(gQ);
        CpuKvCache gKv = CpuKvCache.of(gCache);
        CpuBuffer to = CpuBuffer.of(gProjected);
        CpuBuffer gScale = orNull(gQScale);
        float[] qBias = CpuWeight.of(w.qBias()).vector();
        float[] qScale = w.l2Norm() ? CpuWeight.of(w.qScale()).vector() : null;
        int rows = g.size(0);
        int positions = g.size(1);
        int width = g.size(2);
        int d = gKv.headSize();
        workers.forEach(gKv.heads(), head -> {
            double[] x = new double[d];
            double[] gX = new double[d];
            double[] biasSums = new double[2 * d];
            double scaleSum = 0;
            for (int item = 0; item < rows * positions; item++) {
                int from = item * 3 * width + head * d;
                int keysAt = gKv.keysAt(item / positions, head) + item % positions;
                int valuesAt = gKv.valuesAt(item / positions, head) + item % positions * d;
                for (int i = 0; i < d; i++) {
                    x[i] = three.floats[three.offset + from + i] + (double) qBias[head * d + i];
                    gX[i] = g.floats[g.offset + item * width + head * d + i];
                }
                scaleSum += w.l2Norm() ? unit(x, gX, qScale[head]) : 0;
                for (int i = 0; i < d; i++) {
                    add(to, from + i, gX[i]);
                    biasSums[i] += gX[i];
                    x[i] = three.floats[three.offset + from + width + i];
                    gX[i] = gKv.keys()[keysAt + i * gKv.keyStride()];
                    gKv.keys()[keysAt + i * gKv.keyStride()] = 0;
                }
                if (w.l2Norm()) {
                    unit(x, gX, 1);
                }
                for (int i = 0; i < d; i++) {
                    add(to, from + width + i, gX[i]);
                    double value = gKv.values()[valuesAt + i];
                    gKv.values()[valuesAt + i] = 0;
                    add(to, from + 2 * width + i, value);
                    biasSums[d + i] += value;
                }
            }
            for (int i = 0; i < d; i++) {
                add(CpuBuffer.of(gQBias), head * d + i, biasSums[i]);
                add(CpuBuffer.of(gVBias), head * d + i, biasSums[d + i]);
            }
            if (gScale != null) {
                add(gScale, head, scaleSum);
            }
        });
        taken(g);
    }

    /**
     * The way back of y = factor · x / max(‖x‖, ε): turns the gradient of y into that of x, and gives that of the factor.
     */
    static double unit(double[] x, double[] g, double factor) {
        double squares = 0;
        double along = 0;
        for (int i = 0; i < x.length; i++) {
            squares += x[i] * x[i];
            along += x[i] * g[i];
        }
        double norm = Math.sqrt(squares);
        boolean tiny = norm < L2_NORM_EPS;
        double by = 1 / (tiny ? L2_NORM_EPS : norm);
        for (int i = 0; i < x.length; i++) {
            g[i] = factor * by * (tiny ? g[i] : g[i] - x[i] * along / squares);
        }
        return along * by;
    }

    @Override
    public void attention(
            Buffer q, KvCache cache, KeyEnds ends, float scale, Buffer out, Buffer gOut, Buffer gQ, KvCache gCache) {
        CpuBuffer queries = CpuBuffer.of(q);
        CpuBuffer o = CpuBuffer.of(out);
        CpuBuffer g = CpuBuffer.of(gOut);
        CpuBuffer to = CpuBuffer.of(gQ);
        CpuKvCache kv = CpuKvCache.of(cache);
        CpuKvCache gKv = CpuKvCache.of(gCache);
        int positions = queries.size(1);
        int width = queries.size(2);
        int d = kv.headSize();
        int stride = kv.keyStride();
        workers.forEach(queries.size(0) * kv.heads(), item -> {
            int row = item / kv.heads();
            int head = item % kv.heads();
            int keysAt = kv.keysAt(row, head);
            int valuesAt = kv.valuesAt(row, head);
            double[] p = new double[kv.capacity()];
            double[] gKeys = new double[d * kv.capacity()];
            double[] gValues = new double[d * kv.capacity()];
            for (int j = 0; j < positions; j++) {
                int keys = ends.of(j);
                int at = (row * positions + j) * width + head * d;
                probabilities(queries, at, kv, keysAt, keys, scale, p);
                double shared = 0;
                for (int i = 0; i < d; i++) {
                    shared += (double) g.floats[g.offset + at + i] * o.floats[o.offset + at + i];
                }
                double[] gQuery = new double[d];
                for (int k = 0; k < keys; k++) {
                    double gP = 0;
                    for (int i = 0; i < d; i++) {
                        double value = g.floats[g.offset + at + i];
                        gP += value * kv.values()[valuesAt + k * d + i];
                        gValues[k * d + i] += p[k] * value;
                    }
                    double gScore = scale * p[k] * (gP - shared);
                    for (int i = 0; i < d; i++) {
                        gQuery[i] += gScore * kv.keys()[keysAt + i * stride + k];
                        gKeys[k * d + i] += gScore * queries.floats[queries.offset + at + i];
                    }
                }
                for (int i = 0; i < d; i++) {
                    add(to, at + i, gQuery[i]);
                }
            }
            for (int k = 0; k < kv.capacity(); k++) {
                for (int i = 0; i < d; i++) {
                    gKv.keys()[gKv.keysAt(row, head) + i * gKv.keyStride() + k] += (float) gKeys[k * d + i];
                    gKv.values()[gKv.valuesAt(row, head) + k * d + i] += (float) gValues[k * d + i];
                }
            }
        });
        taken(g);
    }

    /** softmax(scale · q·kᵀ) of one query. */
    private static void probabilities(
            CpuBuffer queries, int at, CpuKvCache kv, int keysAt, int keys, float scale, double[] p) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < keys; k++) {
            double dot = 0;
            for (int i = 0; i < kv.headSize(); i++) {
                dot += (double) queries.floats[queries.offset + at + i] * kv.keys()[keysAt + i * kv.keyStride() + k];
            }
            p[k] = dot * scale;
            largest = Math.max(largest, p[k]);
        }
        double sum = 0;
        for (int k = 0; k < keys; k++) {
            p[k] = Math.exp(p[k] - largest);
            sum += p[k];
        }
        for (int k = 0; k < keys; k++) {
            p[k] /= sum;
        }
    }

    @Override
    public void gelu(Buffer x, Buffer gOut, Buffer gX) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer g = CpuBuffer.of(gOut);
        CpuBuffer to = CpuBuffer.of(gX);
        int width = a.size(-1);
        workers.forEach(a.rows(), row -> {
            for (int i = row * width; i < (row + 1) * width; i++) {
                add(to, i, g.floats[g.offset + i] * Activations.geluSlope(a.floats[a.offset + i]));
            }
        });
        taken(g);
    }

    @Override
    public void gatedAdd(Buffer y, Modulation gate, Buffer keep, Buffer gX, Buffer gY, Modulation gGate) {
        CpuBuffer a = CpuBuffer.of(y);
        CpuBuffer g = CpuBuffer.of(gX);
        CpuBuffer to = CpuBuffer.of(gY);
        CpuBuffer kept = orNull(keep);
        int positions = a.size(1);
        int width = a.size(2);
        float[] gates = CpuBuffer.of(gate.table()).floats;
        float[] gGates = CpuBuffer.of(gGate.table()).floats;
        checkRows(gGate, a.size(0));
        workers.forEach(a.size(0), row -> {
            int gateAt = CpuBuffer.modulationAt(gate, row, width);
            int gGateAt = CpuBuffer.modulationAt(gGate, row, width);
            double factor = kept == null ? 1 : kept.floats[kept.offset + row];
            for (int i = 0; i < width; i++) {
                double sum = 0;
                for (int p = 0; p < positions; p++) {
                    int at = (row * positions + p) * width + i;
                    double value = factor * g.floats[g.offset + at];
                    add(to, at, value * gates[gateAt + i]);
                    sum += value * a.floats[a.offset + at];
                }
                gGates[gGateAt + i] = (float) (gGates[gGateAt + i] + sum);
            }
        });
    }

    // ---- parameters that the forward does not use as they are

    @Override
    public void addLevels(int[] starts, Buffer gOut, Buffer gPositions, Buffer gLevels) {
        CpuBuffer g = CpuBuffer.of(gOut);
        CpuBuffer positions = CpuBuffer.of(gPositions);
        CpuBuffer levels = CpuBuffer.of(gLevels);
        int width = levels.size(-1);
        for (int level = 0; level + 1 < starts.length; level++) {
            for (int i = 0; i < width; i++) {
                double sum = 0;
                for (int p = starts[level]; p < starts[level + 1]; p++) {
                    float value = g.floats[g.offset + p * width + i];
                    add(positions, p * width + i, value);
                    sum += value;
                }
                add(levels, level * width + i, sum);
            }
        }
        taken(g);
    }

    @Override
    public void clampedExp(Buffer x, float limit, Buffer gOut, Buffer gX) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer g = CpuBuffer.of(gOut);
        CpuBuffer to = CpuBuffer.of(gX);
        for (int i = 0; i < a.length; i++) {
            float value = a.floats[a.offset + i];
            add(to, i, value <= limit ? g.floats[g.offset + i] * Math.exp(value) : 0);
        }
        taken(g);
    }
}
