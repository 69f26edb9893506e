package dev.tandem.tornado;

import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.KernelContext;

/** Takes down what a program launches. */
final class Recorder {
    /** TornadoVM's handle of a work-item; one for all, since its identity enters the names of compiled kernels. */
    static final KernelContext CONTEXT = new KernelContext();

    private final Consumer<Launch> launches;

    Recorder(Consumer<Launch> launches) {
        this.launches = launches;
    }

    /** @param key the kernel and its scalars */
    void launch(String key, Grid grid, Launch.Task task) {
        launches.accept(new Launch(key, grid, task));
    }

    /** A library's task. */
    void library(String key, Launch.Task task) {
        launches.accept(new Launch(key, null, task));
    }
}
