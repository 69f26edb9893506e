package dev.tandem.cli.option;

import dev.tandem.decode.SamplingSettings;
import dev.tandem.decode.Schedule;
import dev.tandem.folder.ModelFolder;
import dev.tandem.model.VqVaeConfig;
import dev.tandem.pipeline.BatchSize;
import dev.tandem.request.ClassNames;
import dev.tandem.request.ModelParts;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What all commands that draw by one schedule let a person choose: the model, how it draws, and what computes it. */
public final class DrawingOptions {
    @Mixin
    public ModelOptions model;

    @Mixin
    private ScheduleOptions scheduleOptions;

    @Mixin
    private SamplingOptions samplingOptions;

    @Option(names = "--batch", paramLabel = "N", description = "Pictures at a time. Default: as many as are sensible.")
    private Integer batch;

    @Mixin
    public BackendOptions backend;

    @Mixin
    public VerbosityOptions verbosity;

    /**
     * What the options come to for one model.
     *
     * @param classes that its first transformer knows
     */
    public record Drawing(
            ModelFolder model, VqVaeConfig vae, Schedule schedule, SamplingSettings settings, ClassNames classes) {}

    public Drawing drawing(ModelFolder folder) {
        VqVaeConfig vae = ModelParts.tokenizer(folder).config();
        int scales = vae.scales().count();
        Schedule schedule = scheduleOptions.choose(folder.config(), scales, folder.origin());
        SamplingSettings settings =
                samplingOptions.settings(folder.config().sampling(), schedule.stages().size() > 1, scales);
        return new Drawing(folder, vae, schedule, settings, ModelParts.classes(folder.config(), schedule));
    }

    /** How many pictures are made at a time. */
    public int batch(Drawing drawing, boolean whole, int pictures, BackendOptions.Chosen chosen) {
        return BatchSize.choose(batch, whole, pictures, drawing.model(), drawing.schedule(), drawing.settings(), chosen);
    }
}
