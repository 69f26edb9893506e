package dev.tandem.tornado.launch;

import uk.ac.manchester.tornado.api.TaskGraph;

/**
 * A kernel to be run, as it is recorded: the arrays it names need not exist yet.
 *
 * @param key the kernel and its scalars: launches of equal keys are compiled to the same code
 * @param grid null for a library's task, which is not compiled
 */
public record Launch(String key, Grid grid, Task task) {
    /** Adds itself to a task graph. */
    public interface Task {
        void add(TaskGraph graph, String id, Arguments a);
    }
}
