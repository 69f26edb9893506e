package dev.tandem.gradient;

import dev.tandem.op.KvCache;

/** Keys and values, and their gradients in a cache of the same kind. */
record TapeCache(KvCache value, KvCache gradient) implements KvCache {
    static TapeCache of(KvCache cache) {
        return (TapeCache) cache;
    }

    @Override
    public int rows() {
        return value.rows();
    }

    @Override
    public int heads() {
        return value.heads();
    }

    @Override
    public int headSize() {
        return value.headSize();
    }

    @Override
    public int capacity() {
        return value.capacity();
    }

    @Override
    public int elementBytes() {
        return value.elementBytes();
    }
}
