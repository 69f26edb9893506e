package dev.tandem.study;

import dev.tandem.cli.option.BackendOptions;
import dev.tandem.cli.report.BreakdownReport;
import dev.tandem.cli.terminal.StatusLine;
import dev.tandem.engine.Session;
import dev.tandem.profile.Breakdown;
import dev.tandem.profile.Ceilings;
import dev.tandem.profile.Profile;
import dev.tandem.profile.ProfilingSession;
import java.util.ArrayList;
import java.util.List;

/** Measures where the time of a run goes. */
public final class BreakdownJob {
    private final List<Profile> profiles = new ArrayList<>();
    private final List<Long> wholes = new ArrayList<>();

    /** Times the operations of so many runs, and as many runs in one go, in turns. */
    public void add(ProfilingSession session, Runnable run, int runs, StatusLine line) {
        line.show("taking the run apart");
        session.profile(run); // compiles what the runs that count replay
        for (int i = 0; i < runs; i++) {
            line.show("timing every operation, " + (i + 1) + " of " + runs);
            long start = System.nanoTime();
            run.run();
            wholes.add(System.nanoTime() - start);
            profiles.add(session.profile(run));
        }
    }

    /** Measures what the rates are compared with, in a session of its own, so that both need not fit into memory. */
    public BreakdownReport report(BackendOptions.Chosen backend, StatusLine line) {
        line.show("measuring what this machine does at most");
        try (Session session = backend.open()) {
            Breakdown breakdown = Breakdown.of(profiles, Ceilings.measure(session));
            return new BreakdownReport(breakdown, Breakdown.median(wholes.stream().mapToLong(Long::longValue)));
        }
    }
}
