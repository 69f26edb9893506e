package dev.tandem.cpu.backward;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuKvCache;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.work.Activations;
import dev.tandem.cpu.work.Workers;
import dev.tandem.op.AdamSettings;
import dev.tandem.op.Buffer;
import dev.tandem.op.KvCache;
import dev.tandem.op.Modulation;
import dev.tandem.op.QkvWeights;
import dev.tandem.op.TrainingOps;
import dev.tandem.op.Weight;

/** The oracle of training: every operation as plain loops that a reader can check by eye. */
public class ScalarTraining extends ScalarLosses implements TrainingOps {
    /** That a thread takes at a time where elements know nothing of each other. */
    private static final int ELEMENTS = 1 << 14;

    public ScalarTraining(Workers workers) {
        super(workers);
    }

    @Override
    public void splitQkv(Buffer projected, QkvWeights w, Buffer q, KvCache cache) {
        CpuBuffer three = CpuBuffer.of(projected);
        CpuBuffer queries = CpuBuffer.of(q);
        CpuKvCache kv = CpuKvCache.of(cache);
        float[] qBias = CpuWeight.of(w.qBias()).vector();
        float[] vBias = CpuWeight.of(w.vBias()).vector();
        float[] qScale = w.l2Norm() ? CpuWeight.of(w.qScale()).vector() : null;
        int positions = queries.size(1);
        int width = queries.size(2);
        int d = kv.headSize();
        workers.forEach(queries.size(0) * positions, item -> {
            int position = item % positions;
            for (int head = 0; head < kv.heads(); head++) {
                int from = three.offset + item * 3 * width + head * d;
                int to = queries.offset + item * width + head * d;
                int keysAt = kv.keysAt(item / positions, head) + position;
                int valuesAt = kv.valuesAt(item / positions, head) + position * d;
                double qSquares = 0;
                double kSquares = 0;
                for (int i = 0; i < d; i++) {
                    float query = three.floats[from + i] + qBias[head * d + i];
                    float key = three.floats[from + width + i];
                    queries.floats[to + i] = query;
                    kv.keys()[keysAt + i * kv.keyStride()] = key;
                    kv.values()[valuesAt + i] = three.floats[from + 2 * width + i] + vBias[head * d + i];
                    qSquares += (double) query * query;
                    kSquares += (double) key * key;
                }
                if (w.l2Norm()) {
                    double byQ = qScale[head] / Math.max(Math.sqrt(qSquares), L2_NORM_EPS);
                    double byK = 1 / Math.max(Math.sqrt(kSquares), L2_NORM_EPS);
                    for (int i = 0; i < d; i++) {
                        queries.floats[to + i] = (float) (queries.floats[to + i] * byQ);
                        int at = keysAt + i * kv.keyStride();
                        kv.keys()[at] = (float) (kv.keys()[at] * byK);
                    }
                }
            }
        });
    }

    @Override
    public void gelu(Buffer x, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        int width = a.size(-1);
        workers.forEach(a.rows(), row -> {
            for (int i = row * width; i < (row + 1) * width; i++) {
                o.floats[o.offset + i] = Activations.gelu(a.floats[a.offset + i]);
            }
        });
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
            for (int i = 0; i < width; i++) {
                int at = item * width + i;
                o.floats[o.offset + at] += factor * gates[gateAt + i] * a.floats[a.offset + at];
            }
        });
    }

    @Override
    public void addLevels(Buffer positions, Buffer levels, int[] starts, Buffer out) {
        CpuBuffer p = CpuBuffer.of(positions);
        CpuBuffer l = CpuBuffer.of(levels);
        CpuBuffer o = CpuBuffer.of(out);
        int width = l.size(-1);
        for (int level = 0; level + 1 < starts.length; level++) {
            for (int i = starts[level] * width; i < starts[level + 1] * width; i++) {
                o.floats[o.offset + i] = p.floats[p.offset + i] + l.floats[l.offset + level * width + i % width];
            }
        }
    }

    @Override
    public void clampedExp(Buffer x, float limit, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        for (int i = 0; i < a.length; i++) {
            o.floats[o.offset + i] = (float) Math.exp(Math.min(a.floats[a.offset + i], limit));
        }
    }

    @Override
    public void squaredNorm(Buffer g, Buffer out, int index) {
        CpuBuffer a = CpuBuffer.of(g);
        CpuBuffer o = CpuBuffer.of(out);
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double value = a.floats[a.offset + i];
            sum += value * value;
        }
        o.floats[o.offset + index] = (float) sum;
    }

    @Override
    public void adamW(Buffer parameter, Buffer g, Buffer m, Buffer v, Buffer settings) {
        CpuBuffer p = CpuBuffer.of(parameter);
        CpuBuffer gradient = CpuBuffer.of(g);
        CpuBuffer first = CpuBuffer.of(m);
        CpuBuffer second = CpuBuffer.of(v);
        CpuBuffer s = CpuBuffer.of(settings);
        float[] set = new float[AdamSettings.COUNT];
        System.arraycopy(s.floats, s.offset, set, 0, set.length);
        double beta1 = set[AdamSettings.BETA_1];
        double beta2 = set[AdamSettings.BETA_2];
        workers.forEach((p.length + ELEMENTS - 1) / ELEMENTS, item -> {
            for (int i = item * ELEMENTS; i < Math.min(p.length, (item + 1) * ELEMENTS); i++) {
                double slope = (double) set[AdamSettings.FACTOR] * gradient.floats[gradient.offset + i];
                double mean = beta1 * first.floats[first.offset + i] + (1 - beta1) * slope;
                double square = beta2 * second.floats[second.offset + i] + (1 - beta2) * slope * slope;
                double value = p.floats[p.offset + i];
                value -= set[AdamSettings.DECAY] * value;
                value -= set[AdamSettings.RATE]
                        * mean
                        / (Math.sqrt(square) * set[AdamSettings.ROOT] + set[AdamSettings.EPSILON]);
                first.floats[first.offset + i] = (float) mean;
                second.floats[second.offset + i] = (float) square;
                p.floats[p.offset + i] = (float) value;
            }
        });
    }

    @Override
    public void store(Buffer values, Weight weight) {
        CpuBuffer from = CpuBuffer.of(values);
        CpuWeight.of(weight).store(from.floats, from.offset);
    }
}
