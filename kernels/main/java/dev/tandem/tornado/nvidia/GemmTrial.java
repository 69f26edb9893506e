package dev.tandem.tornado.nvidia;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What an algorithm of cuBLASLt makes of a small product whose sums are zero but for what rounding leaves: each summand
 * has its negative elsewhere. Algorithms that add in different orders differ in nearly every bit of it, so that two which
 * agree may stand in for each other.
 */
final class GemmTrial {
    static final int ROWS = 16;
    static final int OUTPUTS = 64;
    private static final float LARGEST = 32;

    private final CublasLt library;
    private final CudaDriver driver;
    private final Map<Integer, MemorySegment> operands = new HashMap<>();

    GemmTrial(CublasLt library, CudaDriver driver) {
        this.library = library;
        this.driver = driver;
    }

    /**
     * A product like g with these operands, to be run by any number of algorithms.
     *
     * @param room where they may lie
     */
    Prepared prepare(Gemm g, long room, long workspace) {
        Gemm small = Gemm.of(ROWS, OUTPUTS, g.inputs(), 0, 0, 0, g.half(), g.epilogue());
        MemorySegment in = operands.computeIfAbsent(g.inputs(), GemmTrial::operands);
        driver.copyIn(in, room);
        long bias = room + in.byteSize();
        long biasBytes = 4L * OUTPUTS;
        driver.clear(bias, biasBytes);
        boolean biased = g.epilogue() != Gemm.Epilogue.NONE;
        Operands at = new Operands(room, room + 2L * ROWS * g.inputs(), bias + biasBytes, biased ? bias : 0, workspace);
        return new Prepared(small, library.operation(small), library.layouts(small), at);
    }

    /** Such a product on the device. */
    final class Prepared {
        private final Gemm gemm;
        private final CublasLt.Operation operation;
        private final CublasLt.Layouts layouts;
        private final Operands at;

        private Prepared(Gemm gemm, CublasLt.Operation operation, CublasLt.Layouts layouts, Operands at) {
            this.gemm = gemm;
            this.operation = operation;
            this.layouts = layouts;
            this.at = at;
        }

        /** The bytes of the result, if the algorithm takes the product. */
        Optional<byte[]> result(MemorySegment algorithm) {
            if (!library.takes(algorithm, operation, layouts) || !library.multiply(operation, layouts, algorithm, at)) {
                return Optional.empty();
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment out = arena.allocate((long) ROWS * OUTPUTS * gemm.bytes());
                driver.copyOut(at.y(), out);
                return Optional.of(out.toArray(JAVA_BYTE));
            }
        }
    }

    /** x, then w: pairs of inputs k and l with x[m, l] = −x[m, k] and w[n, l] = w[n, k]. */
    static MemorySegment operands(int inputs) {
        SplittableRandom random = new SplittableRandom(inputs);
        int[] order = shuffled(inputs, random);
        MemorySegment out = Arena.ofAuto().allocate(2L * (ROWS + OUTPUTS) * inputs, 2);
        for (int row = 0; row < ROWS + OUTPUTS; row++) {
            for (int pair = 0; pair + 1 < inputs; pair += 2) {
                float value = (float) random.nextDouble(-LARGEST, LARGEST);
                put(out, row, inputs, order[pair], value);
                put(out, row, inputs, order[pair + 1], row < ROWS ? -value : value);
            }
        }
        return out;
    }

    private static void put(MemorySegment out, int row, int inputs, int k, float value) {
        out.setAtIndex(JAVA_SHORT, (long) row * inputs + k, Float.floatToFloat16(value));
    }

    private static int[] shuffled(int count, SplittableRandom random) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
