package dev.tandem.model;

import dev.tandem.op.KeyEnds;
import java.util.Arrays;
import java.util.List;

/**
 * The scales of a model, coarse to fine: scale i is a square of {@code patchNums[i]} tokens a side, and its tokens stand
 * behind those of all scales before it. Counted from 0 here; a person counts from 1.
 */
public final class Scales {
    private final int[] patchNums;
    private final int[] starts;

    /** @param patchNums each at least 1 and not smaller than the one before */
    public Scales(List<Integer> patchNums) {
        if (patchNums.size() < 2) {
            throw new IllegalArgumentException("at least two scales are needed, got " + patchNums);
        }
        this.patchNums = patchNums.stream().mapToInt(Integer::intValue).toArray();
        this.starts = new int[this.patchNums.length + 1];
        for (int i = 0; i < this.patchNums.length; i++) {
            int pn = this.patchNums[i];
            if (pn < 1 || (i > 0 && pn < this.patchNums[i - 1])) {
                throw new IllegalArgumentException("patch numbers must not fall: " + patchNums);
            }
            starts[i + 1] = starts[i] + pn * pn;
        }
    }

    /** Number of scales, S. */
    public int count() {
        return patchNums.length;
    }

    /** Tokens along a side of scale i. */
    public int patchNum(int i) {
        return patchNums[i];
    }

    /** Tokens along a side of the last scale, and of f_hat: P. */
    public int side() {
        return patchNums[patchNums.length - 1];
    }

    /** Tokens of scale i. */
    public int tokens(int i) {
        return patchNums[i] * patchNums[i];
    }

    /** Position of the first token of scale i; for i = S the number of all tokens. */
    public int start(int i) {
        return starts[i];
    }

    /** Tokens of all scales, L. */
    public int length() {
        return starts[patchNums.length];
    }

    /** Where scale i lies between the first (0) and the last (1). */
    public double ratio(int i) {
        return (double) i / (patchNums.length - 1);
    }

    /** The block-causal mask of scales from … to − 1 computed together: each sees all scales up to its own. */
    public KeyEnds keyEnds(int from, int to) {
        int[] queries = new int[to - from];
        int[] keys = new int[to - from];
        for (int i = from; i < to; i++) {
            queries[i - from] = starts[i + 1] - starts[from];
            keys[i - from] = starts[i + 1];
        }
        return new KeyEnds(queries, keys);
    }

    public List<Integer> patchNums() {
        return Arrays.stream(patchNums).boxed().toList();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Scales s && Arrays.equals(patchNums, s.patchNums);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(patchNums);
    }

    @Override
    public String toString() {
        return patchNums().toString();
    }
}
