package dev.tandem.tornado;

import dev.tandem.engine.Backends;
import dev.tandem.engine.Kernels;
import dev.tandem.engine.Program;
import dev.tandem.engine.Session;
import dev.tandem.op.Buffer;
import dev.tandem.op.Linear;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Times products with weights at the sizes of VAR-d30, on the device that the tests take, by the kernels that the
 * first argument names (java, library, auto). Each product of a run has weights of its own, so that few rows find none
 * cached.
 */
final class LinearBench {
    private static final int[][] SIZES = {{7680, 1920}, {1920, 7680}, {5760, 1920}, {1920, 1920}};

    /** Rows per position, and positions. */
    private static final int[][] ROWS = {{16, 256}, {2, 256}, {2, 64}, {2, 16}, {2, 1}};

    private static final int PRODUCTS = 8;
    private static final int RUNS = 20;

    private LinearBench() {}

    public static void main(String[] arguments) {
        Kernels by = Kernels.valueOf(arguments[0].toUpperCase(Locale.ROOT));
        String device = System.getProperty("tandem.test.device");
        try (Session session = Backends.choose("tornado").provider().open(TensorCoreTest.options(device, by))) {
            System.out.println(session.description());
            OpsBench b = new OpsBench(session, new Random(1));
            copy(session);
            for (int[] size : SIZES) {
                Linear[] weights = new Linear[PRODUCTS];
                Arrays.setAll(weights, i -> b.linear(size[0], size[1]));
                for (int[] rows : ROWS) {
                    Buffer x = b.aligned(false, rows[0], rows[1], size[1]);
                    Buffer out = session.activations("out", rows[0], rows[1], size[0]);
                    double micros = micros(session, session.program("products", o -> {
                        for (Linear w : weights) {
                            o.linear(x, w, out);
                        }
                    }));
                    double flops = 2.0 * rows[0] * rows[1] * size[0] * size[1];
                    System.out.printf(
                            Locale.ROOT,
                            "%5d,%5d,%5d %8.1f µs %6.1f TFLOP/s %6.0f GB/s of weights%n",
                            rows[0] * rows[1],
                            size[0],
                            size[1],
                            micros,
                            flops / micros / 1e6,
                            2.0 * size[0] * size[1] / micros / 1e3);
                }
            }
        }
    }

    /** What the device's memory gives a plain kernel. */
    private static void copy(Session session) {
        int floats = 1 << 26;
        Buffer x = session.floats("x", 1, 1, 1, floats);
        Buffer y = session.floats("y", 1, 1, 1, floats);
        double micros = micros(session, session.program("copies", o -> {
            for (int i = 0; i < PRODUCTS; i++) {
                o.clamp(x, -1, 1, y);
            }
        }));
        System.out.printf(Locale.ROOT, "copy %.0f GB/s%n", 8.0 * floats / micros / 1e3);
    }

    /** The median time of one of the operations. */
    private static double micros(Session session, Program program) {
        double[] times = new double[RUNS];
        for (int i = -3; i < RUNS; i++) {
            long start = System.nanoTime();
            program.run();
            session.await();
            if (i >= 0) {
                times[i] = (System.nanoTime() - start) / 1e3 / PRODUCTS;
            }
        }
        Arrays.sort(times);
        return times[RUNS / 2];
    }
}
