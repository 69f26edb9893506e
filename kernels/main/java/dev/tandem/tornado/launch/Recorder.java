package dev.tandem.tornado.launch;

import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.KernelContext;

/** Records what a program launches. */
public final class Recorder {
    /** TornadoVM's handle of a work-item; one for all, since its identity enters the names of compiled kernels. */
    public static final KernelContext CONTEXT = new KernelContext();

    private final Consumer<Launch> launches;

    /** A launch that the next one may take over; null where there is none. */
    private Runnable deferred;

    public Recorder(Consumer<Launch> launches) {
        this.launches = launches;
    }

    /** @param key the kernel and its scalars */
    public void launch(String key, Grid grid, Launch.Task task) {
        flush();
        launches.accept(new Launch(key, grid, task));
    }

    /** A library's task. */
    public void library(String key, Launch.Task task) {
        flush();
        launches.accept(new Launch(key, null, task));
    }

    /** Records what {@code later} launches before anything else, unless {@link #takeOver} comes first. */
    public void defer(Runnable later) {
        flush();
        deferred = later;
    }

    /** Whether this is deferred; if so, the caller launches in its place. */
    public boolean takeOver(Runnable later) {
        boolean mine = later != null && deferred == later;
        if (mine) {
            deferred = null;
        }
        return mine;
    }

    /** Records what is deferred. */
    public void flush() {
        Runnable later = deferred;
        deferred = null;
        if (later != null) {
            later.run();
        }
    }
}
