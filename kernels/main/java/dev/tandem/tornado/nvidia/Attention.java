package dev.tandem.tornado.nvidia;

/**
 * softmax(scale · q·kᵀ)·v for every row and head, in fp16 with fp32 sums: queries [rows, heads, queries, size], keys and
 * values [rows, heads, keys, size], each where its strides say.
 */
public record Attention(
        int rows, int heads, int queries, int keys, int size, float scale, Strides q, Strides kv, Strides out) {
    /** Where a tensor's first element lies in its array, and how far apart rows, heads and positions are, in elements. */
    public record Strides(long offset, long row, long head, long position) {
        Strides atStart() {
            return new Strides(0, row, head, position);
        }
    }

    /** The same over arrays that start with it: what is planned for one serves all blocks, wherever their caches lie. */
    Attention atStart() {
        return new Attention(rows, heads, queries, keys, size, scale, q.atStart(), kv.atStart(), out.atStart());
    }
}
