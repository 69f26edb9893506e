package dev.tandem.cli.option;

import dev.tandem.study.SweepPlans;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which plans a sweep compares. */
public final class PlanOptions {
    @Option(
            names = "--drafter",
            paramLabel = "NAME",
            description = "The large transformer. Default: the model's own drafter.")
    private String drafter;

    @Option(
            names = "--refiner",
            paramLabel = "NAME",
            description = "The small transformer. Default: the model's own refiner.")
    private String refiner;

    @Option(
            names = "--draft-steps",
            paramLabel = "N..M",
            description = "Plans of drafter and refiner, one for each number of drafted scales: 1..9 or 6,8.")
    private String draftSteps;

    @Option(
            names = "--swap-each",
            paramLabel = "NAME",
            description =
                    "Plans of the large transformer where one scale is decoded by this one, for each scale in turn.")
    private String swapEach;

    @Option(names = "--plans", paramLabel = "FILE", description = "Plans of a file, one a line; # begins a comment.")
    private Path file;

    @Option(
            names = "--reference",
            paramLabel = "PLAN",
            description = "The plan that all are compared with. Default: the large transformer alone.")
    private String reference;

    public SweepPlans choice() {
        return new SweepPlans(drafter, refiner, draftSteps, swapEach, file, reference);
    }
}
