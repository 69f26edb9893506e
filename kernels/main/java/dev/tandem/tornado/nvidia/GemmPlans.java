package dev.tandem.tornado.nvidia;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Products by cuBLASLt. A picture's bits must not depend on the batch that it is in, yet few rows want another algorithm
 * than many: one that is good for many says what the bits are, and of those that give the same the fastest is taken, as it
 * is measured once for each size. So timing decides how fast a sum is built, never what it is.
 */
final class GemmPlans implements AutoCloseable {
    /** Rows of which the algorithm that says what the bits are is chosen: enough that it has no reason to split sums. */
    private static final int MANY_ROWS = 4096;

    /** Algorithms asked for, per number of rows. */
    private static final int CANDIDATES = 8;

    /** What trials put where libraries work, behind what cuBLASLt itself may take of it. */
    private static final long ROOM = NvidiaLibraries.WORKSPACE_ROOM - CublasLt.WORKSPACE;

    /** Times that each is timed. */
    private static final int RUNS = 3;

    /** An algorithm so many times slower than the best is not timed again. */
    private static final float HOPELESS = 1.15f;

    private final CublasLt library;
    private final CudaDriver driver;
    private final GemmTrial trial;
    private final Map<Gemm, Plan> plans = new HashMap<>();

    private record Plan(CublasLt.Operation operation, CublasLt.Layouts layouts, MemorySegment algorithm) {}

    GemmPlans(long stream) {
        library = new CublasLt(stream);
        driver = new CudaDriver(stream);
        trial = new GemmTrial(library, driver);
    }

    /** Chooses the algorithm; overwrites nothing but the workspace. */
    void prepare(Gemm g, Operands at) {
        plans.computeIfAbsent(g, k -> plan(k, at));
    }

    /** Queues the product. */
    void run(Gemm g, Operands at) {
        Plan plan = plans.computeIfAbsent(g, k -> plan(k, at));
        if (!library.multiply(plan.operation(), plan.layouts(), plan.algorithm(), at.of(g))) {
            throw new LibraryException("cuBLASLt failed for " + g);
        }
    }

    private Plan plan(Gemm g, Operands at) {
        CublasLt.Operation operation = library.operation(g);
        CublasLt.Layouts layouts = library.layouts(g);
        MemorySegment algorithm = g.count() > 0 ? usual(g, operation, layouts) : fastest(g, at, operation, layouts);
        return new Plan(operation, layouts, algorithm);
    }

    /** Of several products at once the algorithm is the one for a usual number of them. */
    private MemorySegment usual(Gemm g, CublasLt.Operation operation, CublasLt.Layouts layouts) {
        return library.algorithms(operation, library.layouts(g.usual()), CANDIDATES).stream()
                .filter(algorithm -> library.takes(algorithm, operation, layouts))
                .findFirst()
                .orElseThrow(() -> none(g));
    }

    private static LibraryException none(Gemm g) {
        return new LibraryException("cuBLASLt has no algorithm for " + g);
    }

    private MemorySegment fastest(Gemm g, Operands at, CublasLt.Operation operation, CublasLt.Layouts layouts) {
        long room = at.workspace() + CublasLt.WORKSPACE;
        int rows = Math.toIntExact(Math.min(g.rows(), ROOM / ((long) g.outputs() * g.bytes())));
        CublasLt.Layouts timed = library.layouts(g.withRows(rows));
        Operands elsewhere = at.of(g).into(room);
        MemorySegment best = null;
        float least = Float.MAX_VALUE;
        for (MemorySegment algorithm : agreeing(g, trial.prepare(g, room, at.workspace()), operation, layouts)) {
            float time = Float.MAX_VALUE;
            for (int run = 0; run < RUNS && (run == 0 || time < HOPELESS * least); run++) {
                // drives out of the device's caches what an earlier run left there
                driver.clear(room, ROOM);
                time = Math.min(time, time(operation, timed, algorithm, elsewhere));
            }
            if (best == null || time < least) {
                least = time;
                best = algorithm;
            }
        }
        return best;
    }

    /** The algorithm for many rows, and those that take these layouts and give its bits. */
    private List<MemorySegment> agreeing(
            Gemm g, GemmTrial.Prepared small, CublasLt.Operation operation, CublasLt.Layouts layouts) {
        MemorySegment many = library.algorithms(operation, library.layouts(g.withRows(MANY_ROWS)), 1).stream()
                .findFirst()
                .orElseThrow(() -> none(g));
        Optional<byte[]> bits = small.result(many);
        List<MemorySegment> out = candidates(g, operation, many).stream()
                .filter(algorithm -> library.takes(algorithm, operation, layouts))
                .filter(algorithm ->
                        algorithm.equals(many) || bits.isPresent() && agrees(bits.get(), small.result(algorithm)))
                .toList();
        if (out.isEmpty()) {
            throw none(g);
        }
        return out;
    }

    private static boolean agrees(byte[] bits, Optional<byte[]> result) {
        return result.isPresent() && Arrays.equals(bits, result.get());
    }

    private float time(CublasLt.Operation operation, CublasLt.Layouts layouts, MemorySegment algorithm, Operands at) {
        boolean[] taken = new boolean[1];
        float time = driver.time(() -> taken[0] = library.multiply(operation, layouts, algorithm, at));
        return taken[0] ? time : Float.MAX_VALUE;
    }

    /** The one for many rows, what cuBLASLt thinks best for these, and for few also what it thinks best for more. */
    private List<MemorySegment> candidates(Gemm g, CublasLt.Operation operation, MemorySegment many) {
        List<MemorySegment> out = new ArrayList<>(List.of(many));
        int usual = g.usualRows();
        for (int rows : g.rows() < usual ? new int[] {g.rows(), usual, 4 * usual} : new int[] {g.rows()}) {
            for (MemorySegment algorithm :
                    library.algorithms(operation, library.layouts(g.withRows(rows)), CANDIDATES)) {
                if (out.stream().noneMatch(other -> other.mismatch(algorithm) < 0)) {
                    out.add(algorithm);
                }
            }
        }
        return out;
    }

    @Override
    public void close() {
        driver.close();
        library.close();
    }
}
