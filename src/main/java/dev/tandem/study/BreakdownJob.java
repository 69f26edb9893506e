package dev.tandem.study;

import dev.tandem.engine.Session;
import dev.tandem.pipeline.Compute;
import dev.tandem.profile.Breakdown;
import dev.tandem.profile.Ceilings;
import dev.tandem.profile.Profile;
import dev.tandem.profile.ProfilingSession;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Measures where the time of a run goes. */
final class BreakdownJob {
    private final List<Profile> profiles = new ArrayList<>();
    private final List<Long> wholes = new ArrayList<>();
    private final Consumer<String> status;

    /** @param status hears what is being done */
    BreakdownJob(Consumer<String> status) {
        this.status = status;
    }

    /** Times the operations of so many runs, and as many runs in one go, in turns. */
    void add(ProfilingSession session, Runnable run, int runs) {
        status.accept("taking the run apart");
        session.profile(run); // compiles what the runs that count replay
        for (int i = 0; i < runs; i++) {
            status.accept("timing every operation, " + (i + 1) + " of " + runs);
            long start = System.nanoTime();
            run.run();
            wholes.add(System.nanoTime() - start);
            profiles.add(session.profile(run));
        }
    }

    /** Measures what the rates are compared with, in a session of its own, so that both need not fit into memory. */
    BreakdownResult result(Compute compute) {
        status.accept("measuring what this machine does at most");
        try (Session session = compute.open()) {
            Breakdown breakdown = Breakdown.of(profiles, Ceilings.measure(session));
            return new BreakdownResult(
                    breakdown, Breakdown.median(wholes.stream().mapToLong(Long::longValue)));
        }
    }
}
