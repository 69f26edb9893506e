package dev.tandem.cli.option;

import dev.tandem.folder.Model;
import dev.tandem.pipeline.BatchSize;
import dev.tandem.pipeline.Compute;
import dev.tandem.request.Drawing;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What all commands that draw by one schedule let a person choose: the model, how it draws, and what computes it. */
public final class DrawingOptions {
    @Mixin
    public ModelOptions model;

    @Mixin
    private ScheduleOptions schedule;

    @Mixin
    private SamplingOptions sampling;

    @Option(names = "--batch", paramLabel = "N", description = "Pictures at a time. Default: as many as are sensible.")
    private Integer batch;

    @Mixin
    public BackendOptions backend;

    @Mixin
    public VerbosityOptions verbosity;

    /** What the options come to for one model. */
    public Drawing drawing(Model of) {
        return Drawing.of(of, schedule.choice(), sampling.choice());
    }

    /** How many pictures are made at a time. */
    public int batch(Drawing drawing, boolean whole, int pictures, Compute compute) {
        return BatchSize.choose(batch, whole, pictures, drawing, compute);
    }
}
