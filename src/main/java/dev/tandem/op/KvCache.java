package dev.tandem.op;

/**
 * Keys and values of one block for all positions that its model decodes. The layout in memory is the back-end's own.
 * The row r of a batch has its own keys; position p is written once, by {@link Ops#qkv}.
 */
public interface KvCache {
    /** Batch rows (twice the pictures where guidance is on). */
    int rows();

    int heads();

    int headSize();

    /** Positions that fit. */
    int capacity();

    /** Bytes that the back-end stores one element in. */
    int elementBytes();
}
