package dev.tandem.study;

import dev.tandem.analysis.Gaussian;
import dev.tandem.decode.MemoryEstimate;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.evaluate.FeatureExtractor;
import dev.tandem.evaluate.SampleSet;
import dev.tandem.evaluate.Summariser;
import dev.tandem.evaluate.Summary;
import dev.tandem.folder.Model;
import dev.tandem.pipeline.BatchSize;
import dev.tandem.pipeline.Compute;
import dev.tandem.pipeline.GenerateJob;
import dev.tandem.pipeline.Pipeline;
import dev.tandem.request.InvalidRequestException;
import dev.tandem.request.ModelParts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Compares plans of decoding on the same prompts.
 *
 * @param schedules the first is what the others are compared with
 * @param settings the same for all plans, or they could not be compared
 * @param batch pictures at a time
 * @param warmup batches of each plan before the clock runs
 */
public record SweepJob(
        Model model,
        List<Schedule> schedules,
        SamplingSettings settings,
        List<Prompt> prompts,
        int batch,
        int warmup,
        Compute compute) {

    /** As many pictures at a time as every plan can have. */
    public static int batch(
            Integer asked,
            int pictures,
            Model model,
            List<Schedule> schedules,
            SamplingSettings settings,
            Compute compute) {
        int size = Integer.MAX_VALUE;
        for (Schedule schedule : schedules) {
            size = Math.min(size, BatchSize.choose(asked, false, pictures, model, schedule, settings, compute));
        }
        return size;
    }

    /**
     * What measures the pictures' quality; null where there is no network.
     *
     * @param network null for none
     * @param target pictures or statistics that distances are from; null for the first plan's pictures
     */
    public static SweepQuality quality(FeatureExtractor network, Path target, int pictures) throws IOException {
        if (network == null) {
            if (target != null) {
                throw new InvalidRequestException("target", "‹target› needs ‹features›: distances are of features");
            }
            return null;
        }
        if (pictures < 2) {
            throw new InvalidRequestException(
                    "features", "‹features› needs at least 2 pictures for a covariance, not " + pictures);
        }
        Gaussian moments = target == null
                ? null
                : new Summariser(network, false, (set, done, total) -> {})
                        .summarise(SampleSet.of(target), new Summary.Needs(true, false, false, false))
                        .moments();
        return new SweepQuality(network, moments);
    }

    /**
     * Draws by every plan in turn.
     *
     * @param quality null where nobody measures it
     * @param status hears what is being done
     */
    public List<SweepResult> run(SweepQuality quality, SweepReference reference, Consumer<String> status)
            throws IOException {
        List<SweepResult> results = new ArrayList<>();
        for (Schedule schedule : schedules) {
            status.accept("plan " + (results.size() + 1) + " of " + schedules.size() + ": " + schedule.plan());
            reference.rewind();
            SweepMeter meter =
                    new SweepMeter(schedule, ModelParts.tokenizer(model).config(), reference, results.isEmpty());
            // a session each, so that no plan finds another's memory taken
            try (Pipeline pipeline = Pipeline.open(compute, model, schedule.models())) {
                GenerateJob job = pipeline.generating(schedule, settings, batch);
                for (int i = 0; i < warmup; i++) {
                    job.run(prompts.subList(0, batch), (p, image) -> {}, new GenerateJob.Watcher() {});
                }
                GenerateJob.Receiver receiver = (p, image) -> {
                    meter.picture(image);
                    if (quality != null) {
                        quality.add(image);
                    }
                };
                job.run(prompts, receiver, meter);
            }
            MemoryEstimate memory = MemoryEstimate.of(model, schedule, settings, batch, BatchSize.DECODE, Float.BYTES);
            results.add(meter.result(memory, quality == null ? null : quality.finish()));
        }
        return results;
    }
}
