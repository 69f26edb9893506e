package dev.tandem.tornado.memory;

import dev.tandem.op.KvCache;

/**
 * Keys and values of one block, each [rows, heads, length, headSize] from a start on.
 *
 * @param start the position in the strip where the block's first lies
 * @param length positions of the strip
 */
public record TornadoKvCache(
        DeviceArray keys, DeviceArray values, int rows, int heads, int headSize, int capacity, int start, int length)
        implements KvCache {
    public static TornadoKvCache of(KvCache cache) {
        return (TornadoKvCache) cache;
    }

    @Override
    public int elementBytes() {
        return keys.type().bytes;
    }
}
