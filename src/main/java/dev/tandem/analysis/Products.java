package dev.tandem.analysis;

import java.util.stream.IntStream;

/**
 * Products of dense matrices, on all cores. A matrix is an array of rows: rows that are arrays of their own, read at one
 * common index, are what the JIT turns into vector instructions. Sums run in an order that does not depend on threads.
 */
final class Products {
    /** Columns that an item takes: the rows of a step stay in the first-level cache. */
    private static final int COLUMNS = 512;

    private static final int ROWS = 64;
    private static final int DEPTH = 16;
    private static final int UNROLL = 4;

    private Products() {}

    /** a·b. */
    static double[][] multiply(double[][] a, double[][] b) {
        double[][] c = new double[a.length][b.length == 0 ? 0 : b[0].length];
        addProduct(a, b, c);
        return c;
    }

    /** c += a·b. */
    static void addProduct(double[][] a, double[][] b, double[][] c) {
        addProduct(a, b, c, 0, 0);
    }

    /** c += a·b in the rows from {@code firstRow} and the columns from {@code firstColumn} on. */
    static void addProduct(double[][] a, double[][] b, double[][] c, int firstRow, int firstColumn) {
        forEachBlock(
                c,
                firstRow,
                firstColumn,
                (row, lastRow, column, lastColumn) -> addBlock(a, b, b.length, c, row, lastRow, column, lastColumn));
    }

    /** c += aᵀ·a in the upper triangle; below it c is left as it is or gets the same. */
    static void addSquare(double[][] a, double[][] c) {
        double[][] columns = transpose(a);
        forEachBlock(c, 0, 0, (row, lastRow, column, lastColumn) -> {
            if (lastColumn > row) {
                addBlock(columns, a, a.length, c, row, lastRow, column, lastColumn);
            }
        });
    }

    private interface Block {
        void accept(int row, int lastRow, int column, int lastColumn);
    }

    private static void forEachBlock(double[][] c, int firstRow, int firstColumn, Block body) {
        int rows = c.length - firstRow;
        int columns = c.length == 0 ? 0 : c[0].length - firstColumn;
        int down = (rows + ROWS - 1) / ROWS;
        int across = (columns + COLUMNS - 1) / COLUMNS;
        IntStream.range(0, down * across).parallel().forEach(item -> {
            int row = firstRow + item % down * ROWS;
            int column = firstColumn + item / down * COLUMNS;
            body.accept(row, Math.min(row + ROWS, c.length), column, Math.min(column + COLUMNS, firstColumn + columns));
        });
    }

    /** c += a·b in a block, by the first {@code depth} rows of b; on this thread. */
    static void addBlock(
            double[][] a, double[][] b, int depth, double[][] c, int row, int lastRow, int column, int lastColumn) {
        for (int from = 0; from < depth; from += DEPTH) {
            int to = Math.min(depth, from + DEPTH);
            for (int i = row; i + 1 < lastRow; i += 2) {
                addRows(a[i], a[i + 1], b, from, to, c[i], c[i + 1], column, lastColumn);
            }
            if ((lastRow - row) % 2 != 0) {
                addRow(a[lastRow - 1], b, from, to, c[lastRow - 1], column, lastColumn);
            }
        }
    }

    /** c += Σ a[p]·b[p] over the rows p and the columns given. */
    static void addRow(double[] a, double[][] b, int from, int to, double[] c, int column, int lastColumn) {
        int p = from;
        for (; p + UNROLL <= to; p += UNROLL) {
            add(c, b[p], b[p + 1], b[p + 2], b[p + 3], a[p], a[p + 1], a[p + 2], a[p + 3], column, lastColumn);
        }
        for (; p < to; p++) {
            add(c, b[p], a[p], column, lastColumn);
        }
    }

    private static void addRows(
            double[] a0, double[] a1, double[][] b, int from, int to, double[] c0, double[] c1, int column, int last) {
        int p = from;
        for (; p + UNROLL <= to; p += UNROLL) {
            double s0 = a0[p];
            double s1 = a0[p + 1];
            double s2 = a0[p + 2];
            double s3 = a0[p + 3];
            add(
                    c0, c1, b[p], b[p + 1], b[p + 2], b[p + 3], s0, s1, s2, s3, a1[p], a1[p + 1], a1[p + 2], a1[p + 3],
                    column, last);
        }
        for (; p < to; p++) {
            add(c0, b[p], a0[p], column, last);
            add(c1, b[p], a1[p], column, last);
        }
    }

    private static void add(double[] c, double[] b, double s, int from, int to) {
        for (int j = from; j < to; j++) {
            c[j] = Math.fma(s, b[j], c[j]);
        }
    }

    private static void add(
            double[] c,
            double[] b0,
            double[] b1,
            double[] b2,
            double[] b3,
            double s0,
            double s1,
            double s2,
            double s3,
            int from,
            int to) {
        for (int j = from; j < to; j++) {
            c[j] = Math.fma(s3, b3[j], Math.fma(s2, b2[j], Math.fma(s1, b1[j], Math.fma(s0, b0[j], c[j]))));
        }
    }

    private static void add(
            double[] c0,
            double[] c1,
            double[] b0,
            double[] b1,
            double[] b2,
            double[] b3,
            double s0,
            double s1,
            double s2,
            double s3,
            double t0,
            double t1,
            double t2,
            double t3,
            int from,
            int to) {
        for (int j = from; j < to; j++) {
            double x0 = b0[j];
            double x1 = b1[j];
            double x2 = b2[j];
            double x3 = b3[j];
            c0[j] = Math.fma(s3, x3, Math.fma(s2, x2, Math.fma(s1, x1, Math.fma(s0, x0, c0[j]))));
            c1[j] = Math.fma(t3, x3, Math.fma(t2, x2, Math.fma(t1, x1, Math.fma(t0, x0, c1[j]))));
        }
    }

    static double[][] transpose(double[][] a) {
        int rows = a.length;
        int columns = rows == 0 ? 0 : a[0].length;
        double[][] out = new double[columns][rows];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                out[j][i] = a[i][j];
            }
        }
        return out;
    }

    static double dot(double[] a, double[] b, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
