package dev.tandem.cli.option;

import dev.tandem.decode.Prompt;
import dev.tandem.pipeline.GenerateJob;
import dev.tandem.request.ClassNames;
import dev.tandem.request.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which pictures a study looks at: a few of every kind where nobody says which. */
public final class PictureOptions {
    private static final int FEW = 16;

    @Option(
            names = {"-c", "--class"},
            paramLabel = "CLASS",
            description = "Which classes, as for `generate`. Default: 16 that the seed picks.")
    private List<String> classes = new ArrayList<>();

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            defaultValue = "1",
            description = "Pictures per class. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(
            names = {"-s", "--seed"},
            paramLabel = "N",
            defaultValue = "0",
            description = "Seed of each class's first picture. Default: ${DEFAULT-VALUE}.")
    private long seed;

    public List<Prompt> prompts(ClassNames names) {
        if (count < 1) {
            throw new InvalidRequestException("count", "--count must be at least 1, not " + count);
        }
        List<Integer> labels = names.parse(classes);
        if (labels.isEmpty()) {
            labels.addAll(names.random(Math.min(FEW, names.count()), seed));
        }
        return GenerateJob.prompts(labels, count, seed);
    }
}
