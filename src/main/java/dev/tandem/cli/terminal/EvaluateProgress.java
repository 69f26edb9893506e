package dev.tandem.cli.terminal;

import dev.tandem.evaluate.SampleSet;
import dev.tandem.evaluate.Summariser;

/** Tells how far each set is in turn. */
public final class EvaluateProgress implements Summariser.Progress, AutoCloseable {
    private final Terminal terminal;
    private final boolean quiet;
    private SampleSet set;
    private SampleProgress progress;

    public EvaluateProgress(Terminal terminal, boolean quiet) {
        this.terminal = terminal;
        this.quiet = quiet;
    }

    @Override
    public void at(SampleSet of, long done, long total) {
        if (of != set) {
            close();
            set = of;
            progress = new SampleProgress(terminal, quiet);
            progress.begins(Math.toIntExact(total), 0);
        }
        if (done > 0) {
            progress.done(Math.toIntExact(done));
        }
    }

    /** All pictures are read; what follows can't tell how far it is. */
    public void computing() {
        close();
        set = null;
    }

    @Override
    public void close() {
        if (progress != null) {
            progress.close();
            progress = null;
        }
    }
}
