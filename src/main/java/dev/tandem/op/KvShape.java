package dev.tandem.op;

/**
 * The caches of a model's blocks, and how they share memory. Only the first {@code kept} positions are read again after
 * the forward that wrote them. What the last forward appends is needed while its block is at work and never after: it
 * may lie over the caches of the blocks before, whose turn is over. So blocks lie in a strip in reverse order, each with
 * room for its kept positions, and only the last in the strip, which is the first at work, with room for all.
 *
 * @param blocks of the model
 * @param rows of the batch (twice the pictures where guidance is on)
 * @param kept positions written by all forwards but the last
 * @param capacity positions of all forwards
 */
public record KvShape(int blocks, int rows, int heads, int headSize, int kept, int capacity) {
    /** Elements that an int can count, and a header before them. */
    public static final long MOST = Integer.MAX_VALUE - 1024;

    public KvShape {
        if (kept < 0 || kept > capacity) {
            throw new IllegalArgumentException(kept + " positions kept of " + capacity);
        }
    }

    /** Caches that share nothing. */
    public static KvShape apart(int blocks, int rows, int heads, int headSize, int capacity) {
        return new KvShape(blocks, rows, heads, headSize, capacity, capacity);
    }

    /** Numbers of one position of all rows. */
    private long position() {
        return (long) rows * heads * headSize;
    }

    /**
     * Cut into strips.
     *
     * @param spacing what the distance of blocks in a strip is a multiple of, in positions
     * @param most elements of one array
     */
    public Strips strips(int spacing, long most) {
        int apart = Math.ceilDiv(kept, spacing) * spacing;
        long positions = most / position();
        long fit = apart == 0 ? blocks : 1 + Math.max(0, positions - capacity) / apart;
        int count = (int) Math.ceilDiv((long) blocks, Math.min(fit, blocks));
        return new Strips(this, Math.ceilDiv(blocks, count), apart, count);
    }

    /**
     * Where blocks lie.
     *
     * @param blocks of one strip, at most
     * @param apart positions from a block's beginning to that of the block before
     * @param count of strips
     */
    public record Strips(KvShape shape, int blocks, int apart, int count) {
        /** Positions of a strip: the last may have fewer blocks. */
        public int length(int strip) {
            return (blocksOf(strip) - 1) * apart + shape.capacity;
        }

        private int blocksOf(int strip) {
            return Math.min(blocks, shape.blocks - strip * blocks);
        }

        /** Elements of a strip, all rows and heads; none is longer than the first. */
        public long elements(int strip) {
            return shape.position() * length(strip);
        }

        /** Elements of all strips. */
        public long elements() {
            return shape.position() * ((long) (shape.blocks - count) * apart + (long) count * shape.capacity);
        }

        /** Which strip a block lies in. */
        public int of(int block) {
            return block / blocks;
        }

        /** The position in its strip where a block begins. */
        public int start(int block) {
            return (blocksOf(of(block)) - 1 - block % blocks) * apart;
        }
    }
}
