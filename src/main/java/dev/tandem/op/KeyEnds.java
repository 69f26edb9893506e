package dev.tandem.op;

import java.util.Arrays;

/**
 * The block-causal mask without a matrix: queries come in segments (one per scale), and all queries of a segment see
 * the keys before the same end.
 *
 * @param queryEnds where each segment ends, counted in queries of this call
 * @param keyEnds the first key position that a query of the segment does not see
 */
public record KeyEnds(int[] queryEnds, int[] keyEnds) {
    public KeyEnds {
        if (queryEnds.length != keyEnds.length || queryEnds.length == 0) {
            throw new IllegalArgumentException("one key end per segment is needed");
        }
        queryEnds = queryEnds.clone();
        keyEnds = keyEnds.clone();
    }

    /** Every one of {@code queries} sees {@code keys} keys. */
    public static KeyEnds all(int queries, int keys) {
        return new KeyEnds(new int[] {queries}, new int[] {keys});
    }

    @Override
    public int[] queryEnds() {
        return queryEnds.clone();
    }

    @Override
    public int[] keyEnds() {
        return keyEnds.clone();
    }

    public int segments() {
        return queryEnds.length;
    }

    public int queries() {
        return queryEnds[queryEnds.length - 1];
    }

    /** Of the last queries alone. */
    public KeyEnds last(int queries) {
        int before = queries() - queries;
        int first = 0;
        while (queryEnds[first] <= before) {
            first++;
        }
        int[] ends = Arrays.copyOfRange(queryEnds, first, segments());
        for (int s = 0; s < ends.length; s++) {
            ends[s] -= before;
        }
        return new KeyEnds(ends, Arrays.copyOfRange(keyEnds, first, segments()));
    }

    /** The key end of one query. */
    public int of(int query) {
        int s = 0;
        while (query >= queryEnds[s]) {
            s++;
        }
        return keyEnds[s];
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof KeyEnds k && Arrays.equals(queryEnds, k.queryEnds) && Arrays.equals(keyEnds, k.keyEnds);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(queryEnds) + Arrays.hashCode(keyEnds);
    }

    @Override
    public String toString() {
        return "queries before " + Arrays.toString(queryEnds) + " see keys before " + Arrays.toString(keyEnds);
    }
}
