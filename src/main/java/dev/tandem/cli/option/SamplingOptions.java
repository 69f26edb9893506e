package dev.tandem.cli.option;

import dev.tandem.request.SamplingChoice;
import java.util.List;
import picocli.CommandLine.Option;

/** How codes are drawn. */
public final class SamplingOptions {
    @Option(
            names = "--cfg",
            paramLabel = "X",
            split = ",",
            description = "Strength of the guidance towards the class, at the last scale. This and the next three take"
                    + " one value or one per scale, with commas.")
    private List<Double> cfg;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            split = ",",
            description = "Codes kept per position; 0: all, 1: greedy.")
    private List<Double> topK;

    @Option(names = "--top-p", paramLabel = "P", split = ",", description = "Probability kept per position; 0: all.")
    private List<Double> topP;

    @Option(names = "--temperature", paramLabel = "T", split = ",", description = "Higher is more varied.")
    private List<Double> temperature;

    @Option(
            names = "--smooth",
            negatable = true,
            description = "Mix code vectors instead of choosing one (the original's more_smooth): softer pictures.")
    private Boolean smooth;

    public SamplingChoice choice() {
        return new SamplingChoice(cfg, topK, topP, temperature, smooth);
    }
}
