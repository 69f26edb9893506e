package dev.tandem.tornado;

import dev.tandem.op.KvCache;

/** Keys and values of one block, each [rows, heads, capacity, headSize]. */
record TornadoKvCache(DeviceArray keys, DeviceArray values, int rows, int heads, int headSize, int capacity)
        implements KvCache {
    static TornadoKvCache of(KvCache cache) {
        return (TornadoKvCache) cache;
    }

    @Override
    public int elementBytes() {
        return keys.type().bytes;
    }
}
