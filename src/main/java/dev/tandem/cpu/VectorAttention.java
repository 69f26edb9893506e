package dev.tandem.cpu;

import static dev.tandem.cpu.work.Lanes.CHUNK;
import static dev.tandem.cpu.work.Lanes.COLUMNS;
import static dev.tandem.cpu.work.Lanes.F;
import static dev.tandem.cpu.work.Lanes.L;
import static dev.tandem.cpu.work.Lanes.TALL;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.memory.CpuKvCache;
import dev.tandem.cpu.product.MicroKernel;
import dev.tandem.cpu.product.PackedRows;
import dev.tandem.cpu.product.Workspace;
import dev.tandem.cpu.work.Lanes;
import dev.tandem.cpu.work.VectorMath;
import dev.tandem.cpu.work.Workers;
import dev.tandem.op.KeyEnds;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Softmax attention for one register tile of queries at a time: scores against all keys by the {@link MicroKernel}, the
 * softmax's numerators written as packed rows, and the same kernel again for the values.
 */
final class VectorAttention {
    /** Where a head's keys and values lie: keys as [d][ldk], values as [keys][ldv], both readable COLUMNS too far. */
    record Head(float[] keys, int keysAt, int ldk, float[] values, int valuesAt, int ldv, int size) {}

    private final Workers workers;
    private final Workspace workspace;

    VectorAttention(Workers workers, Workspace workspace) {
        this.workers = workers;
        this.workspace = workspace;
    }

    /** See {@link dev.tandem.op.Ops#attention}. */
    void attention(CpuBuffer q, CpuKvCache cache, KeyEnds ends, float scale, CpuBuffer out) {
        int positions = q.size(1);
        int width = q.size(2);
        int d = cache.headSize();
        int[] first = tiles(ends, positions);
        int tiles = first.length - 1;
        workers.forEach(q.size(0) * cache.heads() * tiles, (worker, item) -> {
            int tile = item % tiles;
            int head = item / tiles % cache.heads();
            int row = item / tiles / cache.heads();
            Head h = new Head(
                    cache.keys(),
                    cache.keysAt(row, head),
                    cache.keyStride(),
                    cache.values(),
                    cache.valuesAt(row, head),
                    d,
                    d);
            int at = (row * positions + first[tile]) * width + head * d;
            int count = first[tile + 1] - first[tile];
            int keys = ends.of(first[tile]);
            tile(
                    workspace.own(worker),
                    q.floats,
                    q.offset + at,
                    width,
                    count,
                    h,
                    keys,
                    scale,
                    out.floats,
                    out.offset + at,
                    width);
        });
    }

    /** Where each tile of queries begins, and the end: a tile's queries see the same keys. */
    private static int[] tiles(KeyEnds ends, int positions) {
        int[] first = new int[positions + 1];
        int n = 0;
        int from = 0;
        for (int end : ends.queryEnds()) {
            for (; from < end; from = Math.min(from + TALL, end)) {
                first[n++] = from;
            }
        }
        first[n++] = positions;
        return Arrays.copyOf(first, n);
    }

    /** See {@link dev.tandem.op.Ops#spatialAttention}. */
    void spatial(CpuBuffer qkv, float scale, CpuBuffer out) {
        int channels = out.size(3);
        int pixels = out.size(1) * out.size(2);
        int ldk = Lanes.roundUp(pixels, COLUMNS) + CHUNK;
        int ldv = Lanes.roundUp(channels, COLUMNS);
        float[] keys = workspace.first(channels * ldk + COLUMNS);
        float[] values = workspace.second(pixels * ldv);
        for (int picture = 0; picture < out.size(0); picture++) {
            int from = qkv.offset + picture * pixels * 3 * channels;
            int blocks = (pixels + CHUNK - 1) / CHUNK;
            workers.forEach(blocks, block -> {
                int first = block * CHUNK;
                int last = Math.min(first + CHUNK, pixels);
                for (int c = 0; c < channels; c++) {
                    for (int p = first; p < last; p++) {
                        keys[c * ldk + p] = qkv.floats[from + p * 3 * channels + channels + c];
                    }
                }
                for (int p = first; p < last; p++) {
                    System.arraycopy(qkv.floats, from + (p * 3 + 2) * channels, values, p * ldv, channels);
                }
            });
            Head head = new Head(keys, 0, ldk, values, 0, ldv, channels);
            int to = out.offset + picture * pixels * channels;
            workers.forEach((pixels + TALL - 1) / TALL, (worker, tile) -> {
                int first = tile * TALL;
                int count = Math.min(TALL, pixels - first);
                tile(
                        workspace.own(worker),
                        qkv.floats,
                        from + first * 3 * channels,
                        3 * channels,
                        count,
                        head,
                        pixels,
                        scale,
                        out.floats,
                        to + first * channels,
                        channels);
            });
        }
    }

    /** Attention of {@code count} queries, {@code ldq} apart. */
    private static void tile(
            Workspace.Own own,
            float[] q,
            int qo,
            int ldq,
            int count,
            Head h,
            int keys,
            float scale,
            float[] out,
            int oo,
            int ldo) {
        int height = PackedRows.tileRows(0, count);
        int d = h.size();
        float[] queries = own.queries(PackedRows.size(height, d));
        for (int r = 0; r < height; r++) {
            if (r < count) {
                PackedRows.packRow(q, qo + r * ldq, d, queries, r * CHUNK, height);
            } else {
                PackedRows.clearRow(d, queries, r * CHUNK, height);
            }
        }
        int lds = Lanes.roundUp(keys, COLUMNS);
        float[] scores = own.accumulators(height * lds);
        Arrays.fill(scores, 0, height * lds, 0);
        for (int k = 0; k < keys; k += COLUMNS) {
            MicroKernel.run(height, queries, 0, h.keys(), h.keysAt() + k, h.ldk(), d, scores, k, lds);
        }
        float[] weights = own.weights(PackedRows.size(height, keys));
        float[] inverse = own.inverse;
        for (int r = 0; r < height; r++) {
            inverse[r] = 1 / numerators(scores, r * lds, keys, scale, weights, r * CHUNK, height * CHUNK, own.partial);
        }
        float[] c = own.panel(height * COLUMNS);
        for (int i = 0; i < d; i += COLUMNS) {
            Arrays.fill(c, 0, height * COLUMNS, 0);
            MicroKernel.run(height, weights, 0, h.values(), h.valuesAt() + i, h.ldv(), keys, c, 0, COLUMNS);
            int columns = Math.min(COLUMNS, d - i);
            for (int r = 0; r < count; r++) {
                int to = oo + r * ldo + i;
                if (columns == COLUMNS) {
                    FloatVector.fromArray(F, c, r * COLUMNS).mul(inverse[r]).intoArray(out, to);
                    FloatVector.fromArray(F, c, r * COLUMNS + L).mul(inverse[r]).intoArray(out, to + L);
                } else {
                    for (int j = 0; j < columns; j++) {
                        out[to + j] = c[r * COLUMNS + j] * inverse[r];
                    }
                }
            }
        }
    }

    /** Writes exp(scale·score − maximum) in chunks {@code step} apart, zeros after the last; returns their sum. */
    private static float numerators(
            float[] scores, int at, int keys, float scale, float[] to, int first, int step, float[] partial) {
        float max = max(scores, at, keys, scale);
        for (int lane = 0; lane < CHUNK; lane += L) {
            FloatVector sum = FloatVector.zero(F);
            int chunk = first + lane;
            for (int k = lane; k < keys; k += CHUNK, chunk += step) {
                FloatVector e = VectorMath.exp(
                        FloatVector.fromArray(F, scores, at + k).mul(scale).sub(max));
                if (k + L > keys) {
                    VectorMask<Float> beyond = F.indexInRange(k, keys).not();
                    e = e.blend(0, beyond);
                }
                e.intoArray(to, chunk);
                sum = sum.add(e);
            }
            sum.intoArray(partial, lane);
        }
        return VectorMath.total(partial);
    }

    private static float max(float[] scores, int at, int keys, float scale) {
        FloatVector max = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        int k = 0;
        for (; k <= keys - L; k += L) {
            max = max.max(FloatVector.fromArray(F, scores, at + k).mul(scale));
        }
        float most = max.reduceLanes(VectorOperators.MAX);
        for (; k < keys; k++) {
            most = Math.max(most, scores[at + k] * scale);
        }
        return most;
    }
}
