package dev.tandem.cli.option;

import dev.tandem.request.ScheduleChoice;
import picocli.CommandLine.Option;

/** Which transformers decode which scales. */
public final class ScheduleOptions {
    @Option(
            names = "--drafter",
            paramLabel = "NAME",
            description =
                    "Transformer that decodes the first scales. With neither it nor a refiner named: the model's own"
                            + " pair, or its only transformer.")
    private String drafter;

    @Option(
            names = "--refiner",
            paramLabel = "NAME",
            description = "Transformer that decodes the rest. With only one of the two named: plain VAR.")
    private String refiner;

    @Option(
            names = "--draft-steps",
            paramLabel = "N",
            description = "How many scales the drafter decodes, 1 to one less than there are.")
    private Integer draftSteps;

    @Option(
            names = "--plan",
            paramLabel = "PLAN",
            description = "Any number of transformers over any ranges of scales, counted from 1:"
                    + " var_d30:1-8,var_d16:9-10. In place of the three options above.")
    private String plan;

    public ScheduleChoice choice() {
        return new ScheduleChoice(drafter, refiner, draftSteps, plan);
    }
}
