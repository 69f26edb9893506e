package dev.tandem.tornado;

import dev.tandem.engine.Program;
import java.util.ArrayList;
import java.util.List;

/**
 * Launches in order, cut into task graphs that are built when it first runs (so that by then all programs have said how
 * much memory they need) and replayed from then on.
 */
final class TornadoProgram implements Program {
    /** More tasks per graph cost compilations, fewer cost launches; TornadoVM's own limit is about a hundred. */
    private static final int TASKS = 56;

    private final String name;
    private final Constants constants;
    private final boolean capture;
    private List<Launch> launches;
    private List<Graph> graphs;

    TornadoProgram(String name, Constants constants, List<Launch> launches, boolean capture) {
        this.name = name;
        this.constants = constants;
        this.launches = launches;
        this.capture = capture;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run() {
        DeviceMemory memory = constants.memory();
        if (graphs == null) {
            graphs = new ArrayList<>();
            for (int i = 0; i < launches.size(); i += TASKS) {
                graphs.add(new Graph(constants, launches.subList(i, Math.min(launches.size(), i + TASKS)), capture));
            }
            launches = null;
        }
        for (Graph graph : graphs) {
            graph.run();
        }
        memory.device().sync(memory.planId());
    }
}
