package dev.tandem.cpu.backward;

import static dev.tandem.cpu.work.Lanes.F;
import static dev.tandem.cpu.work.Lanes.L;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuKvCache;
import dev.tandem.cpu.work.Lanes;
import dev.tandem.cpu.work.VectorMath;
import dev.tandem.cpu.work.Workers;
import dev.tandem.op.KeyEnds;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The way back of attention, a head at a time, four queries at a time: scores and probabilities anew, then the gradients
 * of scores, queries, keys and values. Keys lie in rows of one dimension each, and values are brought into that layout,
 * so that every loop runs along keys.
 */
final class VectorAttentionBackward {
    /** Queries that share the reading of keys and values. */
    private static final int QUERIES = 4;

    private final Workers workers;

    VectorAttentionBackward(Workers workers) {
        this.workers = workers;
    }

    /** See {@link dev.tandem.op.BackwardOps#attention}. */
    void attention(
            CpuBuffer q,
            CpuKvCache kv,
            KeyEnds ends,
            float scale,
            CpuBuffer out,
            CpuBuffer gOut,
            CpuBuffer gQ,
            CpuKvCache gKv) {
        int positions = q.size(1);
        int capacity = ends.of(positions - 1);
        workers.forEach(q.size(0) * kv.heads(), item -> {
            Head head = new Head(q, kv, item / kv.heads(), item % kv.heads(), scale, out, gOut, gQ, capacity);
            int first = 0;
            for (int end : ends.queryEnds()) {
                int keys = ends.of(first);
                for (; first < end; first += Math.min(QUERIES, end - first)) {
                    head.queries(first, Math.min(QUERIES, end - first), keys);
                }
            }
            head.store(gKv);
        });
    }

    /** A head at work. */
    private static final class Head {
        private final CpuBuffer q;
        private final CpuKvCache kv;
        private final int row;
        private final int head;
        private final float scale;
        private final CpuBuffer out;
        private final CpuBuffer gOut;
        private final CpuBuffer gQ;
        private final int d;
        private final int width;
        private final int keysAt;
        private final int keys;
        /** Distance of the rows of everything that runs along keys. */
        private final int stride;

        /** [d][stride], as are the two gradients. */
        private final float[] values;

        private final float[] gKeys;
        private final float[] gValues;
        /** [QUERIES][stride]. */
        private final float[] p;

        private final float[] gP;

        Head(
                CpuBuffer q,
                CpuKvCache kv,
                int row,
                int head,
                float scale,
                CpuBuffer out,
                CpuBuffer gOut,
                CpuBuffer gQ,
                int keys) {
            this.q = q;
            this.kv = kv;
            this.row = row;
            this.head = head;
            this.scale = scale;
            this.out = out;
            this.gOut = gOut;
            this.gQ = gQ;
            this.keys = keys;
            d = kv.headSize();
            width = q.size(2);
            keysAt = kv.keysAt(row, head);
            stride = Lanes.roundUp(keys, L);
            values = new float[d * stride];
            gKeys = new float[d * stride];
            gValues = new float[d * stride];
            p = new float[QUERIES * stride];
            gP = new float[QUERIES * stride];
            int at = kv.valuesAt(row, head);
            for (int k = 0; k < keys; k++) {
                for (int i = 0; i < d; i++) {
                    values[i * stride + k] = kv.values()[at + k * d + i];
                }
            }
        }

        void queries(int first, int count, int seen) {
            int at = (row * q.size(1) + first) * width + head * d;
            along(q.floats, q.offset + at, count, kv.keys(), keysAt, kv.keyStride(), seen, scale, p);
            along(gOut.floats, gOut.offset + at, count, values, 0, stride, seen, 1, gP);
            for (int j = 0; j < count; j++) {
                softmax(p, j * stride, seen);
                float shared = dot(gOut.floats, gOut.offset + at + j * width, out.floats, out.offset + at + j * width);
                scores(j * stride, seen, shared);
            }
            for (int i = 0; i < d; i++) {
                spread(gOut, at + i, count, p, gValues, i * stride, seen);
                spread(q, at + i, count, gP, gKeys, i * stride, seen);
                for (int j = 0; j < count; j++) {
                    gQ.floats[gQ.offset + at + j * width + i] +=
                            sum(gP, j * stride, kv.keys(), keysAt + i * kv.keyStride(), seen);
                }
            }
        }

        /** to[j][k] = factor · Σ over i of x[j][i] · y[i][k]. */
        private void along(
                float[] x, int at, int count, float[] y, int from, int ld, int seen, float factor, float[] to) {
            int second = count > 1 ? width : 0;
            int third = count > 2 ? 2 * width : 0;
            int fourth = count > 3 ? 3 * width : 0;
            for (int k = 0; k < seen; k += L) {
                VectorMask<Float> mask = F.indexInRange(k, seen);
                FloatVector sum0 = FloatVector.zero(F);
                FloatVector sum1 = FloatVector.zero(F);
                FloatVector sum2 = FloatVector.zero(F);
                FloatVector sum3 = FloatVector.zero(F);
                for (int i = 0; i < d; i++) {
                    FloatVector v = FloatVector.fromArray(F, y, from + i * ld + k, mask);
                    sum0 = v.fma(FloatVector.broadcast(F, x[at + i]), sum0);
                    sum1 = v.fma(FloatVector.broadcast(F, x[at + second + i]), sum1);
                    sum2 = v.fma(FloatVector.broadcast(F, x[at + third + i]), sum2);
                    sum3 = v.fma(FloatVector.broadcast(F, x[at + fourth + i]), sum3);
                }
                sum0.mul(factor).intoArray(to, k);
                sum1.mul(factor).intoArray(to, stride + k);
                sum2.mul(factor).intoArray(to, 2 * stride + k);
                sum3.mul(factor).intoArray(to, 3 * stride + k);
            }
        }

        private static void softmax(float[] x, int at, int n) {
            FloatVector largest = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
            for (int k = 0; k < n; k += L) {
                VectorMask<Float> mask = F.indexInRange(k, n);
                largest = largest.lanewise(VectorOperators.MAX, FloatVector.fromArray(F, x, at + k, mask), mask);
            }
            float most = largest.reduceLanes(VectorOperators.MAX);
            FloatVector sum = FloatVector.zero(F);
            for (int k = 0; k < n; k += L) {
                VectorMask<Float> mask = F.indexInRange(k, n);
                FloatVector e =
                        VectorMath.exp(FloatVector.fromArray(F, x, at + k, mask).sub(most));
                e.intoArray(x, at + k, mask);
                sum = sum.add(e, mask);
            }
            float by = 1 / sum.reduceLanes(VectorOperators.ADD);
            for (int k = 0; k < n; k += L) {
                VectorMask<Float> mask = F.indexInRange(k, n);
                FloatVector.fromArray(F, x, at + k, mask).mul(by).intoArray(x, at + k, mask);
            }
        }

        private float dot(float[] x, int at, float[] y, int from) {
            float sum = 0;
            for (int i = 0; i < d; i++) {
                sum += x[at + i] * y[from + i];
            }
            return sum;
        }

        /** Turns gradients of probabilities into those of scores. */
        private void scores(int at, int seen, float shared) {
            for (int k = 0; k < seen; k += L) {
                VectorMask<Float> mask = F.indexInRange(k, seen);
                FloatVector.fromArray(F, gP, at + k, mask)
                        .sub(shared)
                        .mul(FloatVector.fromArray(F, p, at + k, mask))
                        .mul(scale)
                        .intoArray(gP, at + k, mask);
            }
        }

        /** to[k] += Σ over queries j of x[j] · weights[j][k]. */
        private void spread(CpuBuffer x, int at, int count, float[] weights, float[] to, int from, int seen) {
            float x0 = x.floats[x.offset + at];
            float x1 = count > 1 ? x.floats[x.offset + at + width] : 0;
            float x2 = count > 2 ? x.floats[x.offset + at + 2 * width] : 0;
            float x3 = count > 3 ? x.floats[x.offset + at + 3 * width] : 0;
            for (int k = 0; k < seen; k += L) {
                // what stands beyond the last key is never read again
                FloatVector sum = FloatVector.fromArray(F, to, from + k);
                sum = FloatVector.fromArray(F, weights, k).fma(FloatVector.broadcast(F, x0), sum);
                sum = FloatVector.fromArray(F, weights, stride + k).fma(FloatVector.broadcast(F, x1), sum);
                sum = FloatVector.fromArray(F, weights, 2 * stride + k).fma(FloatVector.broadcast(F, x2), sum);
                sum = FloatVector.fromArray(F, weights, 3 * stride + k).fma(FloatVector.broadcast(F, x3), sum);
                sum.intoArray(to, from + k, F.indexInRange(k, seen));
            }
        }

        private static float sum(float[] x, int at, float[] y, int from, int n) {
            FloatVector sum = FloatVector.zero(F);
            for (int k = 0; k < n; k += L) {
                VectorMask<Float> mask = F.indexInRange(k, n);
                sum = FloatVector.fromArray(F, x, at + k, mask).fma(FloatVector.fromArray(F, y, from + k, mask), sum);
            }
            return sum.reduceLanes(VectorOperators.ADD);
        }

        /** Adds what has been summed up to the cache of gradients. */
        void store(CpuKvCache gKv) {
            int toKeys = gKv.keysAt(row, head);
            int toValues = gKv.valuesAt(row, head);
            for (int i = 0; i < d; i++) {
                for (int k = 0; k < keys; k++) {
                    gKv.keys()[toKeys + i * gKv.keyStride() + k] += gKeys[i * stride + k];
                    gKv.values()[toValues + k * d + i] += gValues[i * stride + k];
                }
            }
        }
    }
}
