package dev.tandem.analysis;

import java.util.stream.IntStream;

/** Squared Euclidean distances between the rows of two sets, a block at a time, on all cores. */
final class Distances {
    /** Rows of a that an item takes: turning b's block round is then little beside the products. */
    private static final int ROWS = 1024;

    private static final int COLUMNS = 256;

    private Distances() {}

    /** Gets distances as they are computed: all those of row {@code row} on one thread, in the order of columns. */
    interface Sink {
        /** @param squared element {@code i} is the distance to row {@code firstColumn + i} of b, for i below count */
        void accept(int row, int firstColumn, double[] squared, int count);
    }

    static void between(float[][] a, float[][] b, Sink sink) {
        if (a.length == 0 || b.length == 0) {
            return;
        }
        double[] squaresOfB = squares(b);
        int cores = Runtime.getRuntime().availableProcessors();
        int rows = Math.clamp(a.length / (4 * cores), 1, ROWS);
        IntStream.range(0, (a.length + rows - 1) / rows).parallel().forEach(item -> {
            int from = item * rows;
            double[][] block = new double[Math.min(rows, a.length - from)][];
            for (int i = 0; i < block.length; i++) {
                block[i] = widened(a[from + i]);
            }
            double[][] turned = new double[a[0].length][COLUMNS];
            double[][] products = new double[block.length][COLUMNS];
            for (int column = 0; column < b.length; column += COLUMNS) {
                int count = Math.min(COLUMNS, b.length - column);
                turn(b, column, count, turned);
                products(block, turned, products, count);
                for (int i = 0; i < block.length; i++) {
                    double square = Products.dot(block[i], block[i], 0, block[i].length);
                    for (int j = 0; j < count; j++) {
                        products[i][j] = Math.max(0, square + squaresOfB[column + j] - 2 * products[i][j]);
                    }
                    sink.accept(from + i, column, products[i], count);
                }
            }
        });
    }

    private static double[] squares(float[][] rows) {
        return IntStream.range(0, rows.length)
                .parallel()
                .mapToDouble(i -> {
                    double[] row = widened(rows[i]);
                    return Products.dot(row, row, 0, row.length);
                })
                .toArray();
    }

    private static double[] widened(float[] row) {
        double[] out = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            out[i] = row[i];
        }
        return out;
    }

    private static void turn(float[][] b, int from, int count, double[][] turned) {
        for (int j = 0; j < count; j++) {
            float[] row = b[from + j];
            for (int d = 0; d < row.length; d++) {
                turned[d][j] = row[d];
            }
        }
    }

    private static void products(double[][] a, double[][] turned, double[][] out, int count) {
        for (double[] row : out) {
            java.util.Arrays.fill(row, 0);
        }
        Products.addBlock(a, turned, turned.length, out, 0, a.length, 0, count);
    }
}
