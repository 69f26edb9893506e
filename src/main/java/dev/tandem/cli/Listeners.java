package dev.tandem.cli;

import dev.tandem.decode.GenerationListener;
import dev.tandem.decode.Generator;
import dev.tandem.decode.Schedule;
import java.util.List;

/** Several listeners as one. */
record Listeners(List<GenerationListener> all) implements GenerationListener {
    @Override
    public void conditioned(String model, long nanos) {
        all.forEach(l -> l.conditioned(model, nanos));
    }

    @Override
    public void decodedScale(Schedule.Step step, Generator generator, long nanos) {
        all.forEach(l -> l.decodedScale(step, generator, nanos));
    }

    @Override
    public void madePixels(int pictures, long nanos) {
        all.forEach(l -> l.madePixels(pictures, nanos));
    }
}
