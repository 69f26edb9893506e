package dev.tandem.cpu;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuKvCache;
import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.work.Activations;
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
import java.util.Arrays;

/**
 * The oracle: every operation as plain loops that a reader can check by eye, sums in double. Other implementations are
 * tested against this one, and may leave to it what is not worth more.
 */
class ScalarOps extends ScalarMaps {
    protected static final double L2_NORM_EPS = 1e-12;

    ScalarOps(Workers workers) {
        super(workers);
    }

    // ---- conditioning

    @Override
    public void embedLabels(Buffer labels, Weight table, Buffer out) {
        CpuBuffer l = CpuBuffer.of(labels);
        CpuBuffer o = CpuBuffer.of(out);
        CpuWeight w = CpuWeight.of(table);
        int width = o.size(-1);
        for (int b = 0; b < o.rows(); b++) {
            int label = b < l.length ? l.ints[l.offset + b] : w.size(0) - 1;
            w.row(label, o.floats, o.offset + b * width);
        }
    }

    @Override
    public void silu(Buffer x, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        for (int i = 0; i < a.length; i++) {
            o.floats[o.offset + i] = Activations.silu(a.floats[a.offset + i]);
        }
    }

    /** What becomes of element (row, column) of a projection. */
    private interface Store {
        void accept(int row, int column, float value);
    }

    /** Calls {@code store} with x·Wᵀ + b, one output column at a time. */
    private void project(CpuBuffer x, Linear w, Store store) {
        CpuWeight weight = CpuWeight.of(w.weight());
        float[] bias = w.bias() == null ? null : CpuWeight.of(w.bias()).vector();
        project(x, weight, (row, n, value) -> store.accept(row, n, bias == null ? value : value + bias[n]));
    }

    private void project(CpuBuffer x, CpuWeight weight, Store store) {
        int k = weight.rowLength();
        int rows = x.length / k;
        workers.forEach(weight.size(0), n -> {
            float[] w = weight.row(n);
            for (int row = 0; row < rows; row++) {
                double sum = 0;
                int at = x.offset + row * k;
                for (int i = 0; i < k; i++) {
                    sum += (double) x.floats[at + i] * w[i];
                }
                store.accept(row, n, (float) sum);
            }
        });
    }

    @Override
    public void linear(Buffer x, Linear w, Buffer out) {
        CpuBuffer o = CpuBuffer.of(out);
        int width = w.outputs();
        project(CpuBuffer.of(x), w, (row, n, value) -> o.floats[o.offset + row * width + n] = value);
    }

    @Override
    public void addRow(Buffer x, Weight row, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        float[] add = CpuWeight.of(row).vector();
        for (int i = 0; i < a.length; i++) {
            o.floats[o.offset + i] = a.floats[a.offset + i] + add[i % add.length];
        }
    }

    // ---- transformer

    @Override
    public void embedInput(Buffer maps, Buffer cond, InputWeights w, int first, Buffer x) {
        CpuBuffer m = CpuBuffer.of(maps);
        CpuBuffer c = CpuBuffer.of(cond);
        CpuBuffer o = CpuBuffer.of(x);
        CpuWeight wordEmbed = CpuWeight.of(w.wordEmbed().weight());
        float[] bias = CpuWeight.of(w.wordEmbed().bias()).vector();
        float[] posStart = CpuWeight.of(w.posStart()).vector();
        float[] lvlPos = CpuWeight.of(w.lvlPos()).vector();
        int rows = o.size(0);
        int positions = o.size(1);
        int width = o.size(2);
        int pictures = m.size(0);
        int codeSize = m.size(2);
        workers.forEach(width, n -> {
            float[] weight = wordEmbed.row(n);
            for (int r = 0; r < rows; r++) {
                for (int j = 0; j < positions; j++) {
                    int p = first + j;
                    double sum = lvlPos[p * width + n];
                    if (p * width < posStart.length) {
                        sum += c.floats[c.offset + Math.min(r, c.rows() - 1) * width + n] + posStart[p * width + n];
                    } else {
                        int at = m.offset + (r % pictures * m.size(1) + p - 1) * codeSize;
                        sum += bias[n];
                        for (int i = 0; i < codeSize; i++) {
                            sum += (double) m.floats[at + i] * weight[i];
                        }
                    }
                    o.floats[o.offset + (r * positions + j) * width + n] = (float) sum;
                }
            }
        });
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
        workers.forEach(a.size(0) * kept, item -> {
            int row = item / kept;
            int from = a.offset + (row * positions + positions - kept + item % kept) * width;
            int to = o.offset + item * width;
            double mean = 0;
            for (int i = 0; i < width; i++) {
                mean += a.floats[from + i];
            }
            mean /= width;
            double variance = 0;
            for (int i = 0; i < width; i++) {
                double d = a.floats[from + i] - mean;
                variance += d * d;
            }
            double inverse = 1 / Math.sqrt(variance / width + eps);
            int scaleAt = CpuBuffer.modulationAt(scale, row, width);
            int shiftAt = CpuBuffer.modulationAt(shift, row, width);
            for (int i = 0; i < width; i++) {
                double normed = (a.floats[from + i] - mean) * inverse;
                o.floats[to + i] = (float) (normed * (1 + scales[scaleAt + i]) + shifts[shiftAt + i]);
            }
        });
    }

    @Override
    public void qkv(Buffer h, QkvWeights w, int first, Buffer q, KvCache cache) {
        CpuBuffer in = CpuBuffer.of(h);
        CpuBuffer queries = CpuBuffer.of(q);
        CpuKvCache kv = CpuKvCache.of(cache);
        float[] qBias = CpuWeight.of(w.qBias()).vector();
        float[] vBias = CpuWeight.of(w.vBias()).vector();
        int positions = in.size(1);
        int width = in.size(2);
        int d = kv.headSize();
        project(in, CpuWeight.of(w.matQkv()), (item, n, value) -> {
            int column = n % width;
            int row = item / positions;
            int position = first + item % positions;
            switch (n / width) {
                case 0 -> queries.floats[queries.offset + item * width + column] = value + qBias[column];
                case 1 -> kv.keys()[kv.keysAt(row, column / d) + column % d * kv.keyStride() + position] = value;
                default ->
                    kv.values()[kv.valuesAt(row, column / d) + position * d + column % d] = value + vBias[column];
            }
        });
        if (w.l2Norm()) {
            float[] qScale = CpuWeight.of(w.qScale()).vector();
            workers.forEach(in.size(0) * positions, item -> {
                for (int head = 0; head < kv.heads(); head++) {
                    normalise(queries.floats, queries.offset + item * width + head * d, 1, d, qScale[head]);
                    int at = kv.keysAt(item / positions, head) + first + item % positions;
                    normalise(kv.keys(), at, kv.keyStride(), d, 1);
                }
            });
        }
    }

    /** Divides d elements, {@code stride} apart, by their norm and multiplies them by {@code factor}. */
    private static void normalise(float[] x, int at, int stride, int d, float factor) {
        double sum = 0;
        for (int i = 0; i < d; i++) {
            double v = x[at + i * stride];
            sum += v * v;
        }
        double by = factor / Math.max(Math.sqrt(sum), L2_NORM_EPS);
        for (int i = 0; i < d; i++) {
            x[at + i * stride] = (float) (x[at + i * stride] * by);
        }
    }

    @Override
    public void lastPositions(Buffer x, Buffer out) {
        CpuBuffer in = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        int all = in.length / in.size(0);
        int last = o.length / o.size(0);
        for (int row = 0; row < o.size(0); row++) {
            int from = in.offset + (row + 1) * all - last;
            System.arraycopy(in.floats, from, o.floats, o.offset + row * last, last);
        }
    }

    @Override
    public void attention(Buffer q, KvCache cache, KeyEnds ends, float scale, Buffer out) {
        CpuBuffer queries = CpuBuffer.of(q);
        CpuBuffer o = CpuBuffer.of(out);
        CpuKvCache kv = CpuKvCache.of(cache);
        int positions = queries.size(1);
        int width = queries.size(2);
        int d = kv.headSize();
        workers.forEach(queries.size(0) * kv.heads(), item -> {
            int row = item / kv.heads();
            int head = item % kv.heads();
            int keysAt = kv.keysAt(row, head);
            int valuesAt = kv.valuesAt(row, head);
            double[] scores = new double[kv.capacity()];
            for (int j = 0; j < positions; j++) {
                int keys = ends.of(j);
                int at = (row * positions + j) * width + head * d;
                for (int k = 0; k < keys; k++) {
                    double dot = 0;
                    for (int i = 0; i < d; i++) {
                        dot += (double) queries.floats[queries.offset + at + i]
                                * kv.keys()[keysAt + i * kv.keyStride() + k];
                    }
                    scores[k] = dot * scale;
                }
                softmax(scores, keys);
                for (int i = 0; i < d; i++) {
                    double sum = 0;
                    for (int k = 0; k < keys; k++) {
                        sum += scores[k] * kv.values()[valuesAt + k * d + i];
                    }
                    o.floats[o.offset + at + i] = (float) sum;
                }
            }
        });
    }

    @Override
    public void linearGelu(Buffer x, Linear w, Buffer out) {
        CpuBuffer o = CpuBuffer.of(out);
        int width = w.outputs();
        project(CpuBuffer.of(x), w, (row, n, value) -> o.floats[o.offset + row * width + n] = Activations.gelu(value));
    }

    @Override
    public void linearGatedAdd(Buffer h, Linear w, Modulation gate, Buffer x) {
        CpuBuffer o = CpuBuffer.of(x);
        float[] gates = CpuBuffer.of(gate.table()).floats;
        int positions = o.size(1);
        int width = w.outputs();
        project(CpuBuffer.of(h), w, (item, n, value) -> {
            float g = gates[CpuBuffer.modulationAt(gate, item / positions, width) + n];
            o.floats[o.offset + item * width + n] += g * value;
        });
    }

    // ---- from logits to codes

    @Override
    public void guide(Buffer logits, SamplingState state, int scale) {
        CpuBuffer l = CpuBuffer.of(logits);
        int half = l.length / 2;
        workers.forEach(l.rows() / 2, row -> {
            float t = setting(state, row / l.size(1), scale, SamplingState.GUIDANCE);
            int at = l.offset + row * l.size(-1);
            for (int i = at; i < at + l.size(-1); i++) {
                l.floats[i] = (1 + t) * l.floats[i] - t * l.floats[i + half];
            }
        });
    }

    protected static float setting(SamplingState state, int picture, int scale, int column) {
        CpuBuffer settings = CpuBuffer.of(state.settings());
        int row = picture * settings.size(1) + scale;
        return settings.floats[settings.offset + row * SamplingState.COLUMNS + column];
    }

    /** What is done with a row whose codes are filtered; {@code sampler} is null where a logit overflowed. */
    private interface SampleStep {
        void accept(Sampler sampler, float[] logits, int at, int row, int seedLow, int seedHigh);
    }

    /** Filters every row of logits and hands it on with its picture's seed. */
    private void forEachFiltered(Buffer logits, SamplingState state, int scale, SampleStep step) {
        CpuBuffer l = CpuBuffer.of(logits);
        CpuBuffer seeds = CpuBuffer.of(state.seeds());
        int positions = l.size(1);
        ThreadLocal<Sampler> samplers = ThreadLocal.withInitial(() -> new Sampler(l.size(-1)));
        workers.forEach(l.rows(), row -> {
            Sampler sampler = samplers.get();
            int at = l.offset + row * l.size(-1);
            int picture = row / positions;
            int topK = (int) setting(state, picture, scale, SamplingState.TOP_K);
            float topP = setting(state, picture, scale, SamplingState.TOP_P);
            int seed = seeds.offset + picture * 2;
            boolean any = sampler.filter(l.floats, at, topK, topP);
            step.accept(any ? sampler : null, l.floats, at, row, seeds.ints[seed], seeds.ints[seed + 1]);
        });
    }

    @Override
    public void sample(Buffer logits, SamplingState state, int scale, int first, Buffer tokens) {
        CpuBuffer t = CpuBuffer.of(tokens);
        int positions = logits.size(1);
        forEachFiltered(logits, state, scale, (sampler, array, at, row, seedLow, seedHigh) -> {
            int position = row % positions;
            float temperature = setting(state, row / positions, scale, SamplingState.TEMPERATURE);
            t.ints[t.offset + row / positions * t.size(1) + first + position] = sampler == null
                    ? SamplingState.NO_CODE
                    : sampler.draw(array, at, temperature, sampler.uniform(seedLow, seedHigh, scale, position));
        });
    }

    @Override
    public void gumbelMix(Buffer logits, SamplingState state, int scale, Weight codebook, Buffer out) {
        CpuBuffer o = CpuBuffer.of(out);
        float[] codes = CpuWeight.of(codebook).vector();
        int width = o.size(-1);
        int positions = logits.size(1);
        forEachFiltered(logits, state, scale, (sampler, array, at, row, seedLow, seedHigh) -> {
            if (sampler != null) {
                float gain = setting(state, row / positions, scale, SamplingState.SMOOTH_GAIN);
                float tau = setting(state, row / positions, scale, SamplingState.SMOOTH_TAU);
                Sampler.Noise noise = sampler.philoxNoise(seedLow, seedHigh, scale, row % positions);
                sampler.mix(array, at, gain, tau, noise, codes, width, o.floats, o.offset + row * width);
            }
        });
    }

    // ---- multi-scale quantizer

    @Override
    public void lookup(Buffer tokens, int first, Weight codebook, Buffer out) {
        CpuBuffer t = CpuBuffer.of(tokens);
        CpuBuffer o = CpuBuffer.of(out);
        float[] codes = CpuWeight.of(codebook).vector();
        int positions = o.size(1);
        int width = o.size(2);
        for (int row = 0; row < o.rows(); row++) {
            int code = Math.max(0, t.ints[t.offset + row / positions * t.size(1) + first + row % positions]);
            System.arraycopy(codes, code * width, o.floats, o.offset + row * width, width);
        }
    }

    @Override
    public void bicubicUp(Buffer x, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        int from = a.size(1);
        int to = o.size(1);
        int width = a.size(3);
        Bicubic axis = Bicubic.axis(from, to);
        workers.forEach(o.size(0) * to, item -> {
            int picture = item / to;
            int row = item % to;
            for (int column = 0; column < to; column++) {
                for (int c = 0; c < width; c++) {
                    double sum = 0;
                    for (int i = 0; i < 4; i++) {
                        int line = (picture * from + axis.taps()[4 * row + i]) * from;
                        for (int j = 0; j < 4; j++) {
                            float v = a.floats[a.offset + (line + axis.taps()[4 * column + j]) * width + c];
                            sum += (double) axis.weights()[4 * row + i] * axis.weights()[4 * column + j] * v;
                        }
                    }
                    o.floats[o.offset + (item * to + column) * width + c] = (float) sum;
                }
            }
        });
    }

    @Override
    public void phiAdd(Buffer x, Linear w, float ratio, Buffer fHat) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer f = CpuBuffer.of(fHat);
        convolve(a, w, ConvMode.SAME, f.size(1), f.size(2), (index, value) -> {
            f.floats[f.offset + index] += (1 - ratio) * a.floats[a.offset + index] + ratio * value;
        });
    }

    @Override
    public void areaDown(Buffer x, int p, int first, Buffer out) {
        CpuBuffer a = CpuBuffer.of(x);
        CpuBuffer o = CpuBuffer.of(out);
        int side = a.size(1);
        int width = a.size(3);
        for (int b = 0; b < a.size(0); b++) {
            for (int row = 0; row < p; row++) {
                int top = row * side / p;
                int bottom = ((row + 1) * side + p - 1) / p;
                for (int column = 0; column < p; column++) {
                    int left = column * side / p;
                    int right = ((column + 1) * side + p - 1) / p;
                    int to = o.offset + (b * o.size(1) + first + row * p + column) * width;
                    for (int c = 0; c < width; c++) {
                        double sum = 0;
                        for (int y = top; y < bottom; y++) {
                            for (int z = left; z < right; z++) {
                                sum += a.floats[a.offset + ((b * side + y) * side + z) * width + c];
                            }
                        }
                        o.floats[to + c] = (float) (sum / ((bottom - top) * (right - left)));
                    }
                }
            }
        }
    }

    @Override
    public void blendByMask(Buffer fHat, Buffer kept, Buffer mask) {
        CpuBuffer f = CpuBuffer.of(fHat);
        CpuBuffer k = CpuBuffer.of(kept);
        CpuBuffer m = CpuBuffer.of(mask);
        int channels = f.size(-1);
        for (int i = 0; i < f.length; i++) {
            float share = m.floats[m.offset + i / channels];
            f.floats[f.offset + i] = share * f.floats[f.offset + i] + (1 - share) * k.floats[k.offset + i];
        }
    }

    @Override
    public void fill(Buffer out, float value) {
        CpuBuffer o = CpuBuffer.of(out);
        Arrays.fill(o.floats, o.offset, o.offset + o.length, value);
    }

    @Override
    public void subtract(Buffer a, Buffer b, Buffer out) {
        CpuBuffer x = CpuBuffer.of(a);
        CpuBuffer y = CpuBuffer.of(b);
        CpuBuffer o = CpuBuffer.of(out);
        for (int i = 0; i < o.length; i++) {
            o.floats[o.offset + i] = x.floats[x.offset + i] - y.floats[y.offset + i];
        }
    }

    @Override
    public void nearestCode(Buffer z, Weight codebook, boolean normalised, int first, Buffer tokens) {
        CpuBuffer a = CpuBuffer.of(z);
        CpuBuffer t = CpuBuffer.of(tokens);
        float[] codes = CpuWeight.of(codebook).vector();
        int positions = a.size(1);
        int width = a.size(2);
        int vocabulary = codebook.size(0);
        double[] squared = new double[vocabulary];
        for (int v = 0; v < vocabulary; v++) {
            for (int c = 0; c < width; c++) {
                squared[v] += (double) codes[v * width + c] * codes[v * width + c];
            }
        }
        workers.forEach(a.rows(), row -> {
            int best = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int v = 0; v < vocabulary; v++) {
                double dot = 0;
                for (int c = 0; c < width; c++) {
                    dot += (double) a.floats[a.offset + row * width + c] * codes[v * width + c];
                }
                double distance =
                        normalised ? -dot / Math.max(Math.sqrt(squared[v]), L2_NORM_EPS) : squared[v] - 2 * dot;
                if (distance < least) {
                    least = distance;
                    best = v;
                }
            }
            t.ints[t.offset + row / positions * t.size(1) + first + row % positions] = best;
        });
    }
}
