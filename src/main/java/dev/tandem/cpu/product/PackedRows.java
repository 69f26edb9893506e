package dev.tandem.cpu.product;

import static dev.tandem.cpu.work.Lanes.CHUNK;
import static dev.tandem.cpu.work.Lanes.LOW;
import static dev.tandem.cpu.work.Lanes.TALL;

import dev.tandem.cpu.work.Lanes;
import java.util.Arrays;

/**
 * How the left matrix of a product lies in memory: tiles of {@link Lanes#TALL} rows, the last one of {@link Lanes#LOW}
 * where that is enough; in a tile, chunks of {@link Lanes#CHUNK} k of each row in turn. So a tile is read from one
 * pointer with constant distances, and packing is copying. Rows and k that fill up a tile are zero.
 */
public final class PackedRows {
    private PackedRows() {}

    /** Rows of the tile that begins at row {@code row} of {@code rows}. */
    public static int tileRows(int row, int rows) {
        return rows - row <= LOW ? LOW : TALL;
    }

    /** Rows with those that fill up the last tile. */
    public static int padded(int rows) {
        int whole = rows / TALL * TALL;
        return rows == whole ? whole : whole + tileRows(whole, rows);
    }

    /** Elements that packed rows take. */
    public static int size(int rows, int k) {
        return Math.multiplyExact(padded(rows), Lanes.roundUp(k, CHUNK));
    }

    /** Where the tile of row {@code row} (a multiple of TALL) begins. */
    public static int tileAt(int row, int k) {
        return row * Lanes.roundUp(k, CHUNK);
    }

    /** Packs rows {@code row} … of a row-major matrix of {@code rows} rows that begins at {@code xo}, as one tile. */
    static void packTile(float[] x, int xo, int row, int rows, int height, int k, float[] to, int at) {
        for (int r = 0; r < height; r++) {
            if (row + r < rows) {
                packRow(x, xo + (row + r) * k, k, to, at + r * CHUNK, height);
            } else {
                clearRow(k, to, at + r * CHUNK, height);
            }
        }
    }

    /** Packs k elements of one row into its place in a tile of {@code height} rows. */
    public static void packRow(float[] x, int from, int k, float[] to, int at, int height) {
        int whole = k / CHUNK * CHUNK;
        for (int i = 0; i < whole; i += CHUNK) {
            System.arraycopy(x, from + i, to, at + i * height, CHUNK);
        }
        if (whole < k) {
            System.arraycopy(x, from + whole, to, at + whole * height, k - whole);
            Arrays.fill(to, at + whole * height + k - whole, at + whole * height + CHUNK, 0);
        }
    }

    public static void clearRow(int k, float[] to, int at, int height) {
        for (int i = 0; i < k; i += CHUNK) {
            Arrays.fill(to, at + i * height, at + i * height + CHUNK, 0);
        }
    }
}
