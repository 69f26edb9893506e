package dev.tandem.job;

import dev.tandem.decode.Prompt;
import dev.tandem.pipeline.GenerateJob;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The order of sampled pictures: mixed, since evaluators take slices of a set for samples of all its classes. */
public final class SampleOrder {
    private SampleOrder() {}

    /** Every label so often, in an order that the seed determines, on any machine and in any version of Java. */
    public static List<Prompt> prompts(List<Integer> labels, int perClass, long seed) {
        List<Prompt> prompts = GenerateJob.prompts(labels, perClass, seed);
        Random random = new Random(seed);
        // Fisher and Yates, written out: how the library shuffles is not promised
        for (int i = prompts.size() - 1; i > 0; i--) {
            Collections.swap(prompts, i, random.nextInt(i + 1));
        }
        return prompts;
    }
}
