package dev.tandem.request;

import dev.tandem.decode.SamplingSettings;
import dev.tandem.folder.ModelConfig.SamplingDefaults;
import java.util.ArrayList;
import java.util.List;

/**
 * How codes are to be drawn, as far as somebody said; what was not said is null. Lists have one value for all scales or
 * one per scale.
 *
 * @param cfg strength of the guidance towards the class, at the last scale
 * @param topK codes kept per position, 0 for all
 * @param topP probability kept per position, 0 for all
 * @param temperature higher is more varied
 * @param smooth whether code vectors are mixed instead of one chosen
 */
public record SamplingChoice(
        List<Double> cfg, List<Double> topK, List<Double> topP, List<Double> temperature, Boolean smooth) {
    /** Nothing is said. */
    public static final SamplingChoice NONE = new SamplingChoice(null, null, null, null, null);

    /** Scales that CoDe decodes at temperature 1, the last ones. */
    private static final int CALM_SCALES = 3;

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
        } catch (SamplingSettings.InvalidSettingException e) {
            throw new InvalidRequestException(e.setting(), e.getMessage(), e);
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
