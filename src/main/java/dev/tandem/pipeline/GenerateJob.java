package dev.tandem.pipeline;

import dev.tandem.decode.Ensemble;
import dev.tandem.decode.GenerationListener;
import dev.tandem.decode.Generator;
import dev.tandem.decode.Prompt;
import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.image.RgbImage;
import dev.tandem.request.InvalidRequestException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes any number of pictures, a batch at a time; the weights are there once. */
public record GenerateJob(Ensemble models, Schedule schedule, SamplingSettings settings, int batch, int decodeBatch) {
    /** Hears how the job goes on. */
    public interface Watcher extends GenerationListener {
        /** The next batch begins. */
        default void batchBegins(int pictures) {}

        /** A batch is made; the generator's buffers hold it. */
        default void batchDone(Generator generator) throws IOException {}
    }

    /** Takes the pictures in their order. */
    public interface Receiver {
        void accept(Prompt prompt, RgbImage image) throws IOException;
    }

    /** Makes generators of a number of pictures at a time. */
    interface Generators {
        Generator of(int batch);
    }

    /** More are a slip of the pen, and their list alone would not fit. */
    private static final long MOST = 10_000_000;

    /** Fails where a job would be of more pictures than one run can list. */
    public static void requireFeasible(String parameter, long pictures) {
        if (pictures > MOST) {
            throw new InvalidRequestException(
                    parameter, pictures + " pictures are too many for one run, which draws at most " + MOST);
        }
    }

    /** Every picture's seed is the job's plus how often its class came before: it can be made again alone. */
    public static List<Prompt> prompts(List<Integer> labels, int count, long seed) {
        requireFeasible("count", (long) labels.size() * count);
        Map<Integer, Integer> occurrences = new HashMap<>();
        List<Prompt> prompts = new ArrayList<>();
        for (int label : labels) {
            for (int i = 0; i < count; i++) {
                int before = occurrences.merge(label, 1, Integer::sum) - 1;
                prompts.add(new Prompt(label, seed + before));
            }
        }
        return prompts;
    }

    public void run(List<Prompt> prompts, Receiver receiver, Watcher watcher) throws IOException {
        run(prompts, n -> new Generator(models, schedule, settings, n, decodeBatch), receiver, watcher);
    }

    /** Draws with generators that others make. */
    void run(List<Prompt> prompts, Generators generators, Receiver receiver, Watcher watcher) throws IOException {
        int side = models.vae().config().imageSide();
        int size = RgbImage.CHANNELS * side * side;
        Generator generator = null;
        for (int at = 0; at < prompts.size(); at += batch) {
            List<Prompt> some = prompts.subList(at, Math.min(at + batch, prompts.size()));
            if (generator == null || generator.batch() != some.size()) {
                // the larger one's memory is free before the smaller one's is taken
                generator = null;
                generator = generators.of(some.size());
            }
            watcher.batchBegins(some.size());
            byte[] rgb = generator.generate(some, watcher);
            watcher.batchDone(generator);
            for (int b = 0; b < some.size(); b++) {
                receiver.accept(some.get(b), RgbImage.ofBytes(rgb, b * size, side, side));
            }
        }
    }
}
