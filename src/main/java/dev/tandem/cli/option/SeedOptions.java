package dev.tandem.cli.option;

import dev.tandem.request.InvalidRequestException;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Option;

/** How many pictures of each class, and from which seed on; a random one where nobody says. */
public final class SeedOptions {
    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            defaultValue = "1",
            description = "Pictures per class. Default: ${DEFAULT-VALUE}.")
    public int count;

    @Option(
            names = {"-s", "--seed"},
            paramLabel = "N",
            description =
                    "Seed of each class's first picture, one more for each further. Default: a random one, printed.")
    private Long seed;

    public void check() {
        if (count < 1) {
            throw new InvalidRequestException("count", "--count must be at least 1, not " + count);
        }
    }

    /** A new one at every call where none was named. */
    public long firstSeed() {
        return seed != null ? seed : ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
    }
}
