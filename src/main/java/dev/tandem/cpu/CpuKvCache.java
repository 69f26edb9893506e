package dev.tandem.cpu;

import dev.tandem.op.KvCache;

/**
 * Keys and values of one block: per batch row and head, keys transposed to [headSize, capacity] (so that a vector of
 * keys is contiguous) and values as [capacity, headSize].
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

    private final Store store;
    private final int rows;
    private final int heads;
    private final int headSize;
    private final int capacity;

    CpuKvCache(Store store, int rows, int heads, int headSize, int capacity) {
        this.store = store;
        this.rows = rows;
        this.heads = heads;
        this.headSize = headSize;
        this.capacity = capacity;
        store.ensure(Math.toIntExact((long) rows * heads * headSize * capacity));
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
        return (row * heads + head) * headSize * capacity;
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
}
