package dev.tandem.cpu;

import static dev.tandem.cpu.Lanes.COLUMNS;
import static dev.tandem.cpu.Lanes.TALL;

import java.util.Arrays;

/**
 * Products of activations with weights that stay as they are stored. The rows are packed once, then every item of work
 * takes {@link Lanes#COLUMNS} columns of the result: it turns a panel of the weights into floats, a block of k at a time,
 * runs the {@link MicroKernel} down the rows and hands the finished columns to the {@link Epilogue} while they are in cache.
 */
final class Gemm {
    /** Where rows come from: packs the tile of {@code height} rows that begins at {@code row}. */
    interface Rows {
        void pack(int row, int height, float[] to, int at);
    }

    /** Where columns come from: a panel [count][COLUMNS] of columns {@code column} …, k from {@code from} on. */
    interface Panels {
        /** Called before the panels of a column, on the worker that packs them. */
        default void announce(Workspace.Own own, int column) {}

        void pack(Workspace.Own own, int column, int from, int count, float[] panel);
    }

    /** What becomes of a finished tile: {@code c[at + i·COLUMNS + j]} is element (row + i, column + j). */
    interface Epilogue {
        void accept(float[] c, int at, int row, int rows, int column, int columns);
    }

    /** k that are packed at a time: a panel of this many fits the first-level cache. */
    static final int PANEL_K = 256;

    /** Rows that an item takes: their accumulators, COLUMNS wide, stay in the second-level cache. */
    private static final int BLOCK_ROWS = 40 * TALL;

    /** Rows packed at a time, which bounds the workspace. */
    private static final int MAX_ROWS = 4 * BLOCK_ROWS;

    /** Elements from which on packing is worth all threads. */
    private static final int PARALLEL_PACK = 1 << 14;

    private final Workers workers;
    private final Workspace workspace;

    Gemm(Workers workers, Workspace workspace) {
        this.workers = workers;
        this.workspace = workspace;
    }

    /** Multiplies {@code rows} rows of x, which begin at {@code xo}, with Wᵀ, W being [columns, k]. */
    void run(float[] x, int xo, int rows, CpuWeight w, Epilogue epilogue) {
        int k = w.rowLength();
        Panels panels = new Panels() {
            @Override
            public void announce(Workspace.Own own, int column) {
                own.touched += PanelPacker.touch(w, column);
            }

            @Override
            public void pack(Workspace.Own own, int column, int from, int count, float[] panel) {
                own.packer.pack(w, column, from, count, panel, 0);
            }
        };
        Rows source = (row, height, to, at) -> PackedRows.packTile(x, xo, row, rows, height, k, to, at);
        run(source, rows, k, PANEL_K, panels, w.size(0), epilogue);
    }

    /** Multiplies rows from anywhere with columns from anywhere, {@code panelK} of k at a time. */
    void run(Rows source, int rows, int k, int panelK, Panels panels, int columns, Epilogue epilogue) {
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

    private void multiply(float[] packed, int first, int rows, int k, int panelK, Panels panels, int n, Epilogue epilogue) {
        int across = (n + COLUMNS - 1) / COLUMNS;
        int blockRows = blockRows(rows, across);
        int blocks = (rows + blockRows - 1) / blockRows;
        workers.forEach(across * blocks, (worker, item) -> {
            int row = item / across * blockRows;
            int count = Math.min(blockRows, rows - row);
            int column = item % across * COLUMNS;
            Workspace.Own own = workspace.own(worker);
            float[] c = own.accumulators(PackedRows.padded(count) * COLUMNS);
            Arrays.fill(c, 0, PackedRows.padded(count) * COLUMNS, 0);
            float[] panel = own.panel(Math.min(k, panelK) * COLUMNS);
            panels.announce(own, column);
            for (int from = 0; from < k; from += panelK) {
                int depth = Math.min(panelK, k - from);
                panels.pack(own, column, from, depth, panel);
                down(packed, row, count, k, from, depth, panel, c);
            }
            epilogue.accept(c, 0, first + row, count, column, Math.min(COLUMNS, n - column));
        });
    }

    /** Blocks as large as may be, unless there are too few items for the threads. */
    private int blockRows(int rows, int across) {
        int blocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
        while (across * blocks < 3 * workers.threads() && rows > blocks * 2 * TALL && workers.threads() > 1) {
            blocks++;
        }
        return Lanes.roundUp((rows + blocks - 1) / blocks, TALL);
    }

    private static void down(float[] packed, int row, int rows, int k, int from, int depth, float[] panel, float[] c) {
        for (int r = 0; r < rows; r += TALL) {
            int height = PackedRows.tileRows(r, rows);
            int at = PackedRows.tileAt(row + r, k) + from * height;
            MicroKernel.run(height, packed, at, panel, 0, COLUMNS, depth, c, r * COLUMNS, COLUMNS);
        }
    }
}
