package dev.tandem.cpu.memory;

import dev.tandem.op.KvCache;
import dev.tandem.op.KvShape;

/**
 * Keys and values of one block: per batch row and head, keys transposed to [headSize, keyStride] (so that a vector of
 * keys is contiguous) and values as [keyStride, headSize], in as many elements, which are those of all blocks of a
 * strip. Vectors may be read a little beyond the last ones.
 */
public final class CpuKvCache implements KvCache {
    /** Arrays that caches of one overlay share, one per strip; only one model's cache holds anything at a time. */
    public static final class Store {
        float[] keys = new float[0];
        float[] values = new float[0];

        void ensure(int elements) {
            if (keys.length < elements) {
                keys = null;
                values = null;
                keys = new float[elements];
                values = new float[elements];
            }
        }
    }

    private static final int MARGIN = 64;

    /** Blocks begin at multiples of this, a vector's length at most. */
    private static final int SPACING = 16;

    private final Store store;
    private final KvShape shape;
    private final int start;
    private final int keyStride;

    public CpuKvCache(Store store, KvShape.Strips strips, int block) {
        this.store = store;
        this.shape = strips.shape();
        this.start = strips.start(block);
        int stride = Math.ceilDiv(strips.length(strips.of(block)), SPACING) * SPACING;
        // Key rows a multiple of 4 KB apart would all fall into the same few lines of the first-level cache.
        this.keyStride = stride % 256 == 0 ? stride + SPACING : stride;
        store.ensure(Math.toIntExact((long) rows() * heads() * headSize() * keyStride + MARGIN));
    }

    public static KvShape.Strips strips(KvShape shape) {
        // a stride is a little more than a strip's length
        return shape.strips(SPACING, Integer.MAX_VALUE / 2);
    }

    /** The first block's, in memory of its own. */
    public static CpuKvCache first(KvShape shape) {
        return new CpuKvCache(new Store(), strips(shape), 0);
    }

    public static CpuKvCache of(KvCache cache) {
        return (CpuKvCache) cache;
    }

    public float[] keys() {
        return store.keys;
    }

    public float[] values() {
        return store.values;
    }

    /** Where the keys of head {@code head} of row {@code row} begin. */
    public int keysAt(int row, int head) {
        return base(row, head) + start;
    }

    /** Where the values of head {@code head} of row {@code row} begin. */
    public int valuesAt(int row, int head) {
        return base(row, head) + start * shape.headSize();
    }

    private int base(int row, int head) {
        return (row * shape.heads() + head) * shape.headSize() * keyStride;
    }

    /** Distance of a head's rows of keys; not less than the capacity. */
    public int keyStride() {
        return keyStride;
    }

    @Override
    public int rows() {
        return shape.rows();
    }

    @Override
    public int heads() {
        return shape.heads();
    }

    @Override
    public int headSize() {
        return shape.headSize();
    }

    @Override
    public int capacity() {
        return shape.capacity();
    }

    @Override
    public int elementBytes() {
        return Float.BYTES;
    }
}
