package dev.tandem.cpu.product;

import dev.tandem.cpu.work.Lanes;

/**
 * The buffers that operations compute in: they grow to what the largest operation needs and stay. Some are shared by
 * all workers of an operation, some are each worker's own. What they hold is whatever was left there.
 */
public final class Workspace {
    private static final float[] EMPTY = new float[0];

    private final Own[] own;
    private float[] rows = EMPTY;
    private float[] first = EMPTY;
    private float[] second = EMPTY;

    public Workspace(int workers) {
        own = new Own[workers];
        for (int i = 0; i < workers; i++) {
            own[i] = new Own();
        }
    }

    /** Shared: packed rows of a product. */
    public float[] rows(int elements) {
        rows = grown(rows, elements);
        return rows;
    }

    /** Shared, for what an operation prepares; never used by a product inside of it. */
    public float[] first(int elements) {
        first = grown(first, elements);
        return first;
    }

    /** Shared, as {@link #first}. */
    public float[] second(int elements) {
        second = grown(second, elements);
        return second;
    }

    public Own own(int worker) {
        return own[worker];
    }

    private static float[] grown(float[] buffer, int elements) {
        return buffer.length < elements ? new float[elements] : buffer;
    }

    /** What belongs to one worker. */
    public static final class Own {
        public final PanelPacker packer = new PanelPacker();
        public final float[] partial = new float[Lanes.CHUNK];
        public final float[] inverse = new float[Lanes.TALL];

        /** Where the pixels of a patch begin. */
        public final int[] patch = new int[36];

        /** Keeps the reads of {@link PanelPacker#touch} alive. */
        public int touched;

        private float[] points = EMPTY;
        private float[] raw = EMPTY;
        private float[] panel = EMPTY;
        private float[] accumulators = EMPTY;
        private float[] queries = EMPTY;
        private float[] weights = EMPTY;

        public float[] points(int elements) {
            points = grown(points, elements);
            return points;
        }

        public float[] raw(int elements) {
            raw = grown(raw, elements);
            return raw;
        }

        public float[] panel(int elements) {
            panel = grown(panel, elements);
            return panel;
        }

        public float[] accumulators(int elements) {
            accumulators = grown(accumulators, elements);
            return accumulators;
        }

        public float[] queries(int elements) {
            queries = grown(queries, elements);
            return queries;
        }

        public float[] weights(int elements) {
            weights = grown(weights, elements);
            return weights;
        }
    }
}
