package dev.tandem.request;

import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.folder.Model;
import dev.tandem.model.VqVaeConfig;

/**
 * How pictures are drawn by one model, all choices made and checked.
 *
 * @param classes that its first transformer knows
 */
public record Drawing(Model model, VqVaeConfig vae, Schedule schedule, SamplingSettings settings, ClassNames classes) {

    /** Settles what was not said. */
    public static Drawing of(Model model, ScheduleChoice scheduleChoice, SamplingChoice samplingChoice) {
        VqVaeConfig vae = ModelParts.tokenizer(model).config();
        int scales = vae.scales().count();
        Schedule schedule = scheduleChoice.choose(model.config(), scales, model.origin());
        SamplingSettings settings = samplingChoice.settings(
                model.config().sampling(), schedule.stages().size() > 1, scales);
        return new Drawing(model, vae, schedule, settings, ModelParts.classes(model.config(), schedule));
    }
}
