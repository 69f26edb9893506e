package dev.tandem.cpu.product;

import static dev.tandem.cpu.work.Lanes.COLUMNS;
import static dev.tandem.cpu.work.Lanes.TALL;

import dev.tandem.cpu.memory.CpuWeight;
import dev.tandem.cpu.work.Lanes;
import dev.tandem.cpu.work.Workers;
import java.util.Arrays;

/**
 * Products of activations with weights that stay as they are stored. The rows are packed once, then every item of work
 * takes a panel or two of {@link Lanes#COLUMNS} columns: it turns their weights into floats, a block of k at a time,
 * runs the {@link MicroKernel} down the rows and hands the finished columns to the {@link Epilogue} while they are in
 * cache.
 */
public final class Gemm {
    /** Where rows come from: packs the tile of {@code height} rows that begins at {@code row}. */
    public interface Rows {
        void pack(int row, int height, float[] to, int at);
    }

    /** Where columns come from: writes a panel [count][COLUMNS] of columns {@code column} …, k from {@code from} on. */
    public interface Panels {
        /** Called before the panels of a column, on the worker that packs them. */
        default void announce(Workspace.Own own, int column) {}

        void pack(Workspace.Own own, int column, int from, int count, float[] panel, int at);
    }

    /** What becomes of a finished tile: {@code c[at + i·COLUMNS + j]} is element (row + i, column + j). */
    public interface Epilogue {
        void accept(float[] c, int at, int row, int rows, int column, int columns);
    }

    /** k that are packed at a time: a panel of this many fits the first-level cache. */
    static final int PANEL_K = 256;

    /** Rows that an item takes: their accumulators, COLUMNS wide, stay in the second-level cache. */
    private static final int BLOCK_ROWS = 40 * TALL;

    /** Panels that an item takes where there are enough: a second saves reading the rows again, more were slower. */
    private static final int MAX_GROUP = 2;

    private static final int ITEMS_PER_THREAD = 4;

    /** Rows packed at a time, which bounds the workspace. */
    private static final int MAX_ROWS = 4 * BLOCK_ROWS;

    /** Elements from which on packing is worth all threads. */
    private static final int PARALLEL_PACK = 1 << 14;

    private final Workers workers;
    private final Workspace workspace;

    public Gemm(Workers workers, Workspace workspace) {
        this.workers = workers;
        this.workspace = workspace;
    }

    /** Multiplies {@code rows} rows of x, which begin at {@code xo}, with Wᵀ, W being [columns, k]. */
    public void run(float[] x, int xo, int rows, CpuWeight w, Epilogue epilogue) {
        int k = w.rowLength();
        Panels panels = new Panels() {
            @Override
            public void announce(Workspace.Own own, int column) {
                own.touched += PanelPacker.touch(w, column);
            }

            @Override
            public void pack(Workspace.Own own, int column, int from, int count, float[] panel, int at) {
                own.packer.pack(w, column, from, count, panel, at);
            }
        };
        Rows source = (row, height, to, at) -> PackedRows.packTile(x, xo, row, rows, height, k, to, at);
        run(source, rows, k, PANEL_K, panels, w.size(0), epilogue);
    }

    /** Multiplies rows from anywhere with columns from anywhere, {@code panelK} of k at a time. */
    public void run(Rows source, int rows, int k, int panelK, Panels panels, int columns, Epilogue epilogue) {
        for (int from = 0; from < rows; from += MAX_ROWS) {
            int first = from;
            int count = Math.min(MAX_ROWS, rows - from);
            float[] packed = workspace.rows(PackedRows.size(count, k));
            int tiles = (count + TALL - 1) / TALL;
            Workers.Body pack = (worker, tile) -> {
                int row = tile * TALL;
                source.pack(first + row, PackedRows.tileRows(row, count), packed, PackedRows.tileAt(row, k));
            };
            if (count * k < PARALLEL_PACK) {
                for (int tile = 0; tile < tiles; tile++) {
                    pack.accept(0, tile);
                }
            } else {
                workers.forEach(tiles, pack);
            }
            multiply(packed, first, count, k, panelK, panels, columns, epilogue);
        }
    }

    private void multiply(
            float[] packed, int first, int rows, int k, int panelK, Panels panels, int n, Epilogue epilogue) {
        int across = (n + COLUMNS - 1) / COLUMNS;
        int group = Math.clamp(across / (ITEMS_PER_THREAD * workers.threads()), 1, MAX_GROUP);
        int groups = (across + group - 1) / group;
        int blockRows = blockRows(rows, groups);
        int blocks = (rows + blockRows - 1) / blockRows;
        workers.forEach(groups * blocks, (worker, item) -> {
            int row = item / groups * blockRows;
            int count = Math.min(blockRows, rows - row);
            int column = item % groups * group * COLUMNS;
            int members = Math.min(group, (n - column + COLUMNS - 1) / COLUMNS);
            int size = PackedRows.padded(count) * COLUMNS;
            Workspace.Own own = workspace.own(worker);
            float[] c = own.accumulators(members * size);
            Arrays.fill(c, 0, members * size, 0);
            int panelSize = Math.min(k, panelK) * COLUMNS;
            float[] panel = own.panel(members * panelSize);
            for (int from = 0; from < k; from += panelK) {
                int depth = Math.min(panelK, k - from);
                for (int i = 0; i < members; i++) {
                    if (from == 0) {
                        panels.announce(own, column + i * COLUMNS);
                    }
                    panels.pack(own, column + i * COLUMNS, from, depth, panel, i * panelSize);
                }
                down(packed, row, count, k, from, depth, panel, panelSize, members, c, size);
            }
            for (int i = 0; i < members; i++) {
                int at = column + i * COLUMNS;
                epilogue.accept(c, i * size, first + row, count, at, Math.min(COLUMNS, n - at));
            }
        });
    }

    /** Blocks as large as may be, unless there are too few items for the threads. */
    private int blockRows(int rows, int groups) {
        int blocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
        while (groups * blocks < 3 * workers.threads() && rows > blocks * 2 * TALL && workers.threads() > 1) {
            blocks++;
        }
        return Lanes.roundUp((rows + blocks - 1) / blocks, TALL);
    }

    /** A tile of rows meets all panels before the next one comes, since rows come from farther away than panels. */
    private static void down(
            float[] packed,
            int row,
            int rows,
            int k,
            int from,
            int depth,
            float[] panel,
            int panelSize,
            int members,
            float[] c,
            int size) {
        for (int r = 0; r < rows; r += TALL) {
            int height = PackedRows.tileRows(r, rows);
            int at = PackedRows.tileAt(row + r, k) + from * height;
            for (int i = 0; i < members; i++) {
                int to = i * size + r * COLUMNS;
                MicroKernel.run(height, packed, at, panel, i * panelSize, COLUMNS, depth, c, to, COLUMNS);
            }
        }
    }
}
