package dev.tandem.pipeline;

import dev.tandem.decode.Generator;
import dev.tandem.decode.Schedule;
import java.io.IOException;
import java.util.List;

/** Several watchers as one. */
public record JobListeners(List<GenerateJob.Watcher> all) implements GenerateJob.Watcher {
    @Override
    public void batchBegins(int pictures) {
        all.forEach(w -> w.batchBegins(pictures));
    }

    @Override
    public void conditioned(String model, long nanos) {
        all.forEach(w -> w.conditioned(model, nanos));
    }

    @Override
    public void decodedScale(Schedule.Step step, Generator generator, long nanos) {
        all.forEach(w -> w.decodedScale(step, generator, nanos));
    }

    @Override
    public void madePixels(int pictures, long nanos) {
        all.forEach(w -> w.madePixels(pictures, nanos));
    }

    @Override
    public void batchDone(Generator generator) throws IOException {
        for (GenerateJob.Watcher w : all) {
            w.batchDone(generator);
        }
    }
}
