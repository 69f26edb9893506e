package dev.tandem.cli.option;

import dev.tandem.decode.SamplingSettings;
import dev.tandem.folder.ModelConfig.SamplingDefaults;
import dev.tandem.request.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How codes are drawn. */
public final class SamplingOptions {
    /** Scales that CoDe decodes at temperature 1, the last ones. */
    private static final int CALM_SCALES = 3;

    @Option(
            names = "--cfg",
            paramLabel = "X",
            split = ",",
            description = "Strength of the guidance towards the class, at the last scale. This and the next three take"
                    + " one value or one per scale, with commas.")
    public List<Double> cfg;

    @Option(names = "--top-k", paramLabel = "K", split = ",", description = "Codes kept per position; 0: all, 1: greedy.")
    List<Double> topK;

    @Option(names = "--top-p", paramLabel = "P", split = ",", description = "Probability kept per position; 0: all.")
    List<Double> topP;

    @Option(names = "--temperature", paramLabel = "T", split = ",", description = "Higher is more varied.")
    List<Double> temperature;

    @Option(
            names = "--smooth",
            negatable = true,
            description = "Mix code vectors instead of choosing one (the original's more_smooth): softer pictures.")
    Boolean smooth;

    /** What a person set, else what the model's makers recommend, else the papers' settings. */
    public SamplingSettings settings(SamplingDefaults own, boolean collaborative, int scales) {
        SamplingSettings paper = paper(collaborative, scales);
        try {
            SamplingSettings settings = new SamplingSettings(
                    first(cfg, own.cfg(), paper.cfg()),
                    first(topK, own.topK(), paper.topK()),
                    first(topP, own.topP(), paper.topP()),
                    first(temperature, own.temperature(), paper.temperature()),
                    first(smooth, own.smooth(), paper.smooth()));
            settings.checkScales(scales);
            return settings;
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(e.getMessage(), e);
        }
    }

    /** The settings of the papers' evaluations. */
    private static SamplingSettings paper(boolean collaborative, int scales) {
        if (!collaborative) {
            return new SamplingSettings(List.of(1.5), List.of(900.0), List.of(0.96), List.of(1.0), false);
        }
        List<Double> temperature = new ArrayList<>();
        for (int i = 0; i < scales; i++) {
            temperature.add(i < scales - CALM_SCALES ? 1.1 : 1.0);
        }
        return new SamplingSettings(List.of(1.5), List.of(600.0), List.of(0.96), temperature, false);
    }

    private static <T> T first(T set, T own, T paper) {
        if (set != null) {
            return set;
        }
        return own != null ? own : paper;
    }
}
