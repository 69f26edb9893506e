package dev.tandem.tornado;

import dev.tandem.engine.Program;
import dev.tandem.tornado.compile.KernelCompiler;
import dev.tandem.tornado.launch.ConstantArrays;
import dev.tandem.tornado.launch.Launch;
import java.util.ArrayList;
import java.util.List;

/**
 * Launches in order, cut into task graphs that are built when it first runs (so that by then all programs have said how
 * much memory they need) and replayed from then on.
 */
final class TornadoProgram implements Program {
    /** Fewer tasks per graph cost launches; TornadoVM's own limit is about a hundred. */
    private static final int TASKS = 56;

    private final String name;
    private final ConstantArrays constants;
    private final KernelCompiler compiler;
    private final boolean capture;

    private List<Launch> launches;
    private List<Graph> graphs;

    TornadoProgram(
            String name, ConstantArrays constants, KernelCompiler compiler, List<Launch> launches, boolean capture) {
        this.name = name;
        this.constants = constants;
        this.compiler = compiler;
        this.launches = launches;
        this.capture = capture;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run() {
        boolean first = graphs == null;
        long begin = System.nanoTime();
        if (first) {
            build();
        }
        graphs.forEach(Graph::run);
        if (first) {
            sync();
            constants.memory().statistics().ran(System.nanoTime() - begin);
        }
    }

    private void build() {
        compiler.compile();
        graphs = new ArrayList<>();
        for (int i = 0; i < launches.size(); i += TASKS) {
            graphs.add(
                    new Graph(constants, compiler, launches.subList(i, Math.min(launches.size(), i + TASKS)), capture));
        }
        launches = null;
    }

    private void sync() {
        constants.memory().sync();
    }
}
