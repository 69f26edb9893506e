package dev.tandem.tornado.launch;

import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid3D;

/** How many groups of how many work-items a launch has. */
public record Grid(long groupsX, long groupsY, long groupsZ, int localX, int localY) {
    private static final int LANES = 256;

    /** One work-item per element. */
    public static Grid elements(long n) {
        return new Grid(blocks(n, LANES), 1, 1, LANES, 1);
    }

    public static Grid groups(long n, int lanes) {
        return new Grid(n, 1, 1, lanes, 1);
    }

    public static Grid groups(long x, long y, int lanes) {
        return new Grid(x, y, 1, lanes, 1);
    }

    public static Grid squares(long x, long y, long z, int side) {
        return new Grid(x, y, z, side, side);
    }

    public static long blocks(long n, int size) {
        return (n + size - 1) / size;
    }

    /** Work-items per dimension. */
    public long[] global() {
        return new long[] {groupsX * localX, groupsY * localY, groupsZ};
    }

    /** Those of a group. */
    public long[] local() {
        return new long[] {localX, localY, 1};
    }

    public WorkerGrid worker() {
        WorkerGrid worker = new WorkerGrid3D((int) (groupsX * localX), (int) (groupsY * localY), (int) groupsZ);
        worker.setLocalWork(localX, localY, 1);
        return worker;
    }
}
