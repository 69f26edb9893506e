package dev.tandem.cpu;

import dev.tandem.op.KvCache;

/**
 * Keys and values of one block: per batch row and head, keys transposed to [headSize, keyStride] (so that a vector of
 * keys is contiguous) and values as [capacity, headSize], in as many elements. Vectors may be read a little beyond the
 * last ones.
 */
final class CpuKvCache implements KvCache {
    /** Arrays that caches of one overlay share, one per block; only one model's cache holds anything at a time. */
    static final class Store {
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

    private final Store store;
    private final int rows;
    private final int heads;
    private final int headSize;
    private final int capacity;
    private final int keyStride;

    CpuKvCache(Store store, int rows, int heads, int headSize, int capacity) {
        this.store = store;
        this.rows = rows;
        this.heads = heads;
        this.headSize = headSize;
        this.capacity = capacity;
        int stride = (capacity + 15) / 16 * 16;
        // Key rows a multiple of 4 KB apart would all fall into the same few lines of the first-level cache.
        this.keyStride = stride % 256 == 0 ? stride + 16 : stride;
        store.ensure(Math.toIntExact((long) rows * heads * headSize * keyStride + MARGIN));
    }

    static CpuKvCache of(KvCache cache) {
        return (CpuKvCache) cache;
    }

    float[] keys() {
        return store.keys;
    }

    float[] values() {
        return store.values;
    }

    /** Where head {@code head} of row {@code row} begins in both arrays. */
    int base(int row, int head) {
        return (row * heads + head) * headSize * keyStride;
    }

    /** Distance of a head's rows of keys; not less than the capacity. */
    int keyStride() {
        return keyStride;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int heads() {
        return heads;
    }

    @Override
    public int headSize() {
        return headSize;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public int elementBytes() {
        return Float.BYTES;
    }
}
